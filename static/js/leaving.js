// What is removed leaves the page in the task of the click. When its request is over, whatever the server
// did not take away stands there again. What is restored gets the focus that its toast had.
import htmx from "../vendor/htmx/htmx.esm.min.js";
import { leaveFocus } from "./keyed.js";

const ADDRESS = /^\/(videos|chapters|library)\/([^/]+)\/(remove|cancel-links|restore|restore-links)\//;
const KINDS = { videos: "video", chapters: "chapter", library: "media" };

function asked(address) {
  const [, room, id, verb] = new URL(address, location).pathname.match(ADDRESS) ?? [];
  // What is restored leaves the trash.
  const row = verb === "restore" && document.getElementById(`trash-${id}`);
  if (row) return { element: row, verb: "remove" };
  return { element: document.getElementById(`${KINDS[room]}-${id}`), verb, room };
}

function leavingBy({ element, verb }) {
  if (!element || verb?.startsWith("restore")) return [];
  return verb === "remove" ? [element] : [...element.querySelectorAll("[data-status=linking]")];
}

// Unless the person went on to something else meanwhile.
function focusOn(address) {
  const { element, verb, room } = asked(address);
  // It is in the library again, but something else has been looked for since.
  if (room === "library" && verb === "restore" && !element) {
    document.querySelector(".finding")?.requestSubmit();
  }
  const main = document.getElementById("main");
  if (!verb?.startsWith("restore") || ![main, document.body].includes(document.activeElement)) return;
  element?.querySelector("input:not([type=hidden])")?.focus();
}

htmx.registerExtension("leaving", {
  // Also when the request has to wait for others.
  htmx_config_request(_form, { ctx }) {
    if (ctx.request.method === "GET") return;
    ctx.leaving = leavingBy(asked(ctx.request.action));
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
    if (ctx.request.method !== "GET") setTimeout(focusOn, 0, ctx.request.action);
  },
});
