// A title that is its own form: marked while it differs from what is saved, Escape puts that back.
import htmx from "../vendor/htmx/htmx.esm.min.js";
import { forget } from "./drafts.js";
import { forgive } from "./field-errors.js";

const titleForm = (event) => event.target.closest?.("form[data-title-field]");
const input = (form) => form.elements.title;

const mark = (form) =>
  form.toggleAttribute("data-dirty", input(form).value !== input(form).defaultValue);

// While somebody types in a form, morphs leave it alone. What they would have brought is kept beside it.
export function remember(fresh) {
  for (const theirs of fresh.querySelectorAll("form[data-title-field]")) {
    const mine = document.getElementById(input(theirs).id)?.form;
    if (!mine?.matches("[data-dirty], :focus-within")) continue;
    mine.dataset.latestTitle = input(theirs).defaultValue;
    mine.dataset.latestVersion = theirs.elements.version?.value ?? "";
  }
}

function catchUp(form) {
  const { latestTitle, latestVersion } = form.dataset;
  if (latestTitle === undefined) return;
  input(form).value = input(form).defaultValue = latestTitle;
  if (form.elements.version) form.elements.version.value = latestVersion;
  outdate(form);
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
  catchUp(form);
  mark(form);
  forget(input(form));
  forgive(input(form));
  input(form).blur();
});

document.addEventListener("focusout", (event) => {
  const form = titleForm(event);
  if (form && !form.hasAttribute("data-dirty")) catchUp(form);
});

htmx.registerExtension("title-field", {
  // Before the answer is merged: a form that is clean again may take the server's value.
  htmx_before_swap(form, { ctx }) {
    if (!form.matches?.("[data-title-field]") || !ctx.response?.raw.ok) return;
    if (!ctx.request.action.endsWith("/title/")) return; // another button of the form
    input(form).defaultValue = new URLSearchParams(ctx.request.body).get("title");
    outdate(form);
    forgive(input(form));
    mark(form);
    if (!form.hasAttribute("data-dirty")) forget(input(form));
  },
});
