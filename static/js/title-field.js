// A title that is its own form: marked while it differs from what is saved and from what is on its way there;
// Escape puts back what is saved.
import { extend } from "./studio.js";
import { forget } from "./drafts.js";
import { forgive } from "./field-errors.js";
import { fieldOf } from "./texts.js";
import { complain } from "./toasts.js";

const titleForm = (event) => event.target.closest?.("form[data-title-field]");
const input = (form) => form.querySelector("[name=title], [name=name]");

const sent = new WeakMap(); // form → the text of it that has no answer yet
const believed = new WeakMap(); // form → the text that an edit from elsewhere will give it

function mark(form) {
  const { value, defaultValue } = input(form);
  form.toggleAttribute("data-dirty", value !== defaultValue);
  form.toggleAttribute("data-sent", value === (believed.get(form) ?? sent.get(form)));
}

// Answers with what takes it back.
export function believeTitle(form, text) {
  believed.set(form, text);
  input(form).value = text;
  mark(form);
  return () => {
    if (believed.get(form) !== text) return;
    believed.delete(form);
    if (input(form).value === text) takeBack(form);
  };
}

// While somebody types in a form, morphs leave it alone. What they would have brought is kept beside it,
// unless it is what was typed: saved by an answer that was lost.
function remember(theirs) {
  const mine = document.getElementById(input(theirs).id)?.form;
  if (!mine?.matches("[data-dirty], :focus-within")) return;
  mine.dataset.latestTitle = input(theirs).defaultValue;
  mine.dataset.latestVersion = theirs.elements.version?.value ?? "";
  if (input(mine).value === mine.dataset.latestTitle) rest(mine);
}

function catchUp(form) {
  const { latestTitle, latestVersion } = form.dataset;
  if (latestTitle === undefined) return;
  input(form).value = input(form).defaultValue = latestTitle;
  if (form.elements.version) form.elements.version.value = latestVersion;
  outdate(form);
}

// Nothing is being typed any more.
function rest(form) {
  catchUp(form);
  mark(form);
  forget(input(form));
  forgive(input(form));
}

function outdate(form) {
  delete form.dataset.latestTitle;
  delete form.dataset.latestVersion;
}

document.addEventListener("input", (event) => {
  const form = titleForm(event);
  if (form) mark(form);
});

function takeBack(form) {
  input(form).value = input(form).defaultValue;
  rest(form);
}

document.addEventListener("keydown", (event) => {
  const form = titleForm(event);
  if (!form || event.key !== "Escape" || event.isComposing) return;
  takeBack(form);
  input(form).blur();
});

// What the answer that said so brought with it: see remember.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-takes-theirs]")) return;
  event.preventDefault();
  const form = titleForm(event);
  takeBack(form);
  input(form).focus();
});

document.addEventListener("focusout", (event) => {
  const form = titleForm(event);
  if (form && !form.hasAttribute("data-dirty")) catchUp(form);
});

// Out of sight nobody would see what is said beside it.
function pointTo(form) {
  const { top, bottom } = form.getBoundingClientRect();
  if (!form.isConnected || (bottom > 0 && top < innerHeight)) return;
  complain(`“${input(form).value}” is not saved: see what is said beside it.`, "Show it", () => input(form).focus());
}

// Not another button of the form.
const isSave = (form, ctx) => form.matches?.("[data-title-field]") && fieldOf(ctx.request) === input(form).id;

extend("title-field", {
  htmx_before_morph_node(_old, { newNode }) {
    for (const child of newNode.children ?? []) {
      if (child.matches("form[data-title-field]")) remember(child);
    }
  },

  htmx_config_request(form, { ctx }) {
    if (!isSave(form, ctx)) return;
    if (form.contains(document.activeElement)) input(form).focus(); // the button goes
    // What is sent again is not what stands there now.
    sent.set(form, (ctx.sentTitle = (ctx.sent ?? ctx.request.body).get(input(form).name)));
    mark(form);
  },

  htmx_finally_request(form, { ctx }) {
    if (isSave(form, ctx) && [409, 422].includes(ctx.response?.status)) pointTo(form);
    if (ctx.sentTitle === undefined || sent.get(form) !== ctx.sentTitle) return;
    sent.delete(form);
    mark(form);
  },

  htmx_before_request(form, { ctx }) {
    if (isSave(form, ctx)) ctx.titleBefore = input(form).defaultValue;
  },

  // Before the answer is merged: a form that is clean again may take the server's value.
  htmx_before_swap(form, { ctx }) {
    if (!isSave(form, ctx) || !ctx.response?.raw.ok) return;
    const saved = new URLSearchParams(ctx.request.body).get(input(form).name);
    if (!form.hasAttribute("data-dirty") && !believed.has(form)) {
      // Cancelled, but it was under way. Or the feed was here first: it knows this, or better.
      if (input(form).defaultValue !== ctx.titleBefore) return;
      input(form).value = saved;
    }
    input(form).defaultValue = saved;
    outdate(form);
    forgive(input(form));
    mark(form);
  },
});
