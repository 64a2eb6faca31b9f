// Some links lead to a form, which has a page of its own; here it opens over the page that one is on.
import { extend, htmx } from "./studio.js";
import { putAway, showIn } from "./toasts.js";

const dialog = document.getElementById("form-dialog");
const body = document.getElementById("form-dialog-body"); // the messages stand beside it, while it is open

export function openForm(address, toast) {
  body.replaceChildren();
  if (toast) document.getElementById("main").focus(); // to which the focus returns: the toast will be gone
  dialog.showModal();
  showIn(dialog);
  htmx.ajax("GET", address, { source: dialog, target: body, swap: "innerHTML", toast });
}

dialog?.addEventListener("close", () => showIn(null));

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-grip], a[data-opens-form]");
  if (link && dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.defaultPrevented) {
    event.preventDefault();
    openForm(link.getAttribute("href"), link.closest("[data-toast]"));
  }
  const open = event.target.closest("[data-closes]")?.closest("dialog");
  if (!open) return;
  event.preventDefault();
  open.close();
});

extend("form-dialog", {
  // In the task of the click: what it does is seen behind it.
  htmx_config_request(form) {
    if (form.matches?.("[data-closes-dialog]")) form.closest("dialog")?.close();
  },

  htmx_finally_request(element, { ctx }) {
    if (element !== dialog) return;
    if (!ctx.response?.raw.ok) dialog.close();
    else putAway(ctx.toast); // what it asks for is done
  },
});
