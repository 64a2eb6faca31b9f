// What is removed leaves the page in the task of the click. When its request is over, whatever the server
// did not take away stands there again.
import htmx from "../vendor/htmx/htmx.esm.min.js";
import { leaveFocus } from "./keyed.js";

const ADDRESS = /^\/(video|chapter)s\/([^/]+)\/(remove|cancel-links)\/$/;

function leavingBy(address) {
  const [, kind, id, verb] = new URL(address, location).pathname.match(ADDRESS) ?? [];
  const element = document.getElementById(`${kind}-${id}`);
  if (!element) return [];
  return verb === "remove" ? [element] : [...element.querySelectorAll("[data-status=linking]")];
}

htmx.registerExtension("leaving", {
  // Also when the request has to wait for others.
  htmx_config_request(_form, { ctx }) {
    if (ctx.request.method === "GET") return;
    ctx.leaving = leavingBy(ctx.request.action);
    for (const element of ctx.leaving) {
      leaveFocus(element);
      element.toggleAttribute("data-leaving", true);
    }
  },

  // What others do with it meanwhile does not bring it back.
  htmx_before_morph_node(old, { newNode }) {
    if (old.hasAttribute?.("data-leaving")) newNode.toggleAttribute?.("data-leaving", true);
  },

  htmx_finally_request(_form, { ctx }) {
    for (const element of ctx.leaving ?? []) element.removeAttribute("data-leaving");
  },
});
