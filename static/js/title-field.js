// A title that is its own form: marked while it differs from what is saved, Escape puts that back.
import { extend } from "./studio.js";
import { forget } from "./drafts.js";
import { forgive } from "./field-errors.js";

const titleForm = (event) => event.target.closest?.("form[data-title-field]");
const input = (form) => form.querySelector("[name=title], [name=name]");

const mark = (form) =>
  form.toggleAttribute("data-dirty", input(form).value !== input(form).defaultValue);

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

document.addEventListener("keydown", (event) => {
  const form = titleForm(event);
  if (!form || event.key !== "Escape" || event.isComposing) return;
  input(form).value = input(form).defaultValue;
  rest(form);
  input(form).blur();
});

document.addEventListener("focusout", (event) => {
  const form = titleForm(event);
  if (form && !form.hasAttribute("data-dirty")) catchUp(form);
});

const savedFrom = new WeakMap(); // form → the version that its last save replaced

// Not another button of the form.
const isSave = (form, ctx) =>
  form.matches?.("[data-title-field]") && /\/(title|name)\/$/.test(ctx.request.action);

extend("title-field", {
  htmx_before_morph_node(_old, { newNode }) {
    for (const child of newNode.children ?? []) {
      if (child.matches("form[data-title-field]")) remember(child);
    }
  },

  htmx_before_request(form, { ctx }) {
    if (!isSave(form, ctx)) return;
    ctx.titleBefore = input(form).defaultValue;
    // Saved again before the answer to the save before it was here: that made the next version.
    const version = ctx.request.body.get("version");
    if (version && version === savedFrom.get(form)) {
      ctx.request.body.set("version", Number(version) + 1);
    }
  },

  // Before the answer is merged: a form that is clean again may take the server's value.
  htmx_before_swap(form, { ctx }) {
    if (!isSave(form, ctx) || !ctx.response?.raw.ok) return;
    const sent = new URLSearchParams(ctx.request.body);
    const saved = sent.get(input(form).name);
    savedFrom.set(form, sent.get("version"));
    if (!form.hasAttribute("data-dirty")) {
      // Cancelled, but it was under way. Or the feed was here first: it knows this, or better.
      if (input(form).defaultValue !== ctx.titleBefore) return;
      input(form).value = saved;
    }
    input(form).defaultValue = saved;
    outdate(form);
    forgive(input(form));
    mark(form);
    if (!form.hasAttribute("data-dirty")) forget(input(form));
  },
});
