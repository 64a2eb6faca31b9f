// A title that is its own form: marked while it differs from what is saved, Escape puts that back.
import htmx from "../vendor/htmx/htmx.esm.min.js";

const form = (event) => event.target.closest?.("form[data-title-field]");
const input = (field) => field.elements.title;
const error = (field) => field.querySelector("[role=alert]");

document.addEventListener("input", (event) => {
  const field = form(event);
  if (!field) return;
  field.toggleAttribute("data-dirty", input(field).value !== input(field).defaultValue);
  settle(field);
});

document.addEventListener("keydown", (event) => {
  const field = form(event);
  if (!field || event.key !== "Escape" || event.isComposing) return;
  input(field).value = input(field).defaultValue;
  field.removeAttribute("data-dirty");
  settle(field);
  input(field).blur();
});

function settle(field) {
  error(field).textContent = "";
  input(field).removeAttribute("aria-invalid");
}

htmx.registerExtension("title-field", {
  // Before the answer is merged: a form that is clean again may take the server's value.
  htmx_before_swap(field, { ctx }) {
    if (!field.matches?.("[data-title-field]") || !ctx.response?.raw.ok) return;
    const sent = new URLSearchParams(ctx.request.body).get("title");
    input(field).defaultValue = sent;
    settle(field);
    if (input(field).value === sent) field.removeAttribute("data-dirty");
  },

  htmx_finally_request(field) {
    if (!field.matches?.("[data-title-field]") || !error(field).textContent) return;
    input(field).setAttribute("aria-invalid", "true");
  },
});
