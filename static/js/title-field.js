// A title that is its own form: marked while it differs from what is saved, Escape puts that back.
import htmx from "../vendor/htmx/htmx.esm.min.js";
import { forget } from "./drafts.js";
import { forgive } from "./field-errors.js";

const titleForm = (event) => event.target.closest?.("form[data-title-field]");
const input = (form) => form.elements.title;

const mark = (form) =>
  form.toggleAttribute("data-dirty", input(form).value !== input(form).defaultValue);

document.addEventListener("input", (event) => {
  const form = titleForm(event);
  if (form) mark(form);
});

document.addEventListener("keydown", (event) => {
  const form = titleForm(event);
  if (!form || event.key !== "Escape" || event.isComposing) return;
  input(form).value = input(form).defaultValue;
  mark(form);
  forget(input(form));
  forgive(input(form));
  input(form).blur();
});

htmx.registerExtension("title-field", {
  // Before the answer is merged: a form that is clean again may take the server's value.
  htmx_before_swap(form, { ctx }) {
    if (!form.matches?.("[data-title-field]") || !ctx.response?.raw.ok) return;
    if (!ctx.request.action.endsWith("/title/")) return; // another button of the form
    input(form).defaultValue = new URLSearchParams(ctx.request.body).get("title");
    forgive(input(form));
    mark(form);
    if (!form.hasAttribute("data-dirty")) forget(input(form));
  },
});
