// What is wrong stands beside the field, in the element that its aria-describedby names; the server
// fills it, and it goes as soon as the person types on.
import { extend } from "./studio.js";

const errorOf = (field) => document.getElementById(`${field.id}-error`);

export function forgive(field) {
  if (errorOf(field)?.contains(document.activeElement)) field.focus(); // a choice was made in it
  errorOf(field)?.replaceChildren();
  field.removeAttribute("aria-invalid");
}

// Somebody else's text stays in view until there is a choice.
document.addEventListener("input", ({ target }) => {
  if (!errorOf(target)?.querySelector("[data-conflict]")) forgive(target);
});

extend("field-errors", {
  htmx_finally_request(form) {
    for (const field of form.elements ?? []) {
      if (errorOf(field)?.textContent) field.setAttribute("aria-invalid", "true");
    }
  },
});
