// The link of a grip leads to a form that moves its video to a place by name: here it opens over the editor.
import { extend, htmx } from "./studio.js";

const dialog = document.getElementById("move");

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-grip]");
  if (link && dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.defaultPrevented) {
    event.preventDefault();
    dialog.replaceChildren();
    dialog.showModal();
    htmx.ajax("GET", link.getAttribute("href"), { source: dialog, target: dialog, swap: "innerHTML" });
  }
  if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
});

extend("move-dialog", {
  // In the task of the click: what it does is seen behind it.
  htmx_config_request(form) {
    if (form.matches?.("[data-closes-dialog]")) form.closest("dialog")?.close();
  },

  htmx_finally_request(element, { ctx }) {
    if (element === dialog && !ctx.response?.raw.ok) dialog.close();
  },
});
