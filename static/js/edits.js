// An edit is a form. What it is about to do is shown in the task of the click, as marks on what it concerns;
// when its request is over its marks go, and what the studio said stands there, or what was there before.
import htmx from "../vendor/htmx/htmx.esm.min.js";
import { sendAgain } from "./csrf.js";
import { guessOf } from "./edit-guesses.js";
import { carryOver } from "./marks.js";
import { complain } from "./toasts.js";

const RESTORED = /^\/(videos|chapters|library)\/([^/]+)\/restore(-links)?\//;
const KINDS = { videos: "video", chapters: "chapter", library: "media" };

// What is restored gets the focus that its toast had, unless the person went on to something else meanwhile.
function focusOn(address) {
  const [, room, id] = new URL(address, location).pathname.match(RESTORED) ?? [];
  if (!room || document.getElementById(`trash-${id}`)) return;
  const element = document.getElementById(`${KINDS[room]}-${id}`);
  // It is in the library again, but something else has been looked for since.
  if (room === "library" && !element) document.querySelector(".finding")?.requestSubmit();
  const isFree = [document.getElementById("main"), document.body].includes(document.activeElement);
  if (isFree) element?.querySelector("input:not([type=hidden], .chooser)")?.focus();
}

htmx.registerExtension("edits", {
  // Also when the request has to wait for others.
  htmx_config_request(form, { ctx }) {
    if (ctx.request.method !== "GET" && !ctx.links) ctx.guess = guessOf(ctx.request, form);
  },

  // What is taken back says so itself, better than the page for a broken server does.
  htmx_before_swap(_form, { ctx }) {
    if (ctx.guess && ctx.response.status >= 500) return false;
  },

  htmx_before_morph_node(old, { newNode }) {
    if (old.id) carryOver(old.id, newNode);
  },

  htmx_finally_request(form, { ctx }) {
    for (const takeBack of ctx.guess?.marks ?? []) takeBack();
    const answered = ctx.response && ctx.response.status < 500;
    if (ctx.guess && !answered) {
      const because = ctx.response
        ? `the studio could not do it (${ctx.response.status})`
        : "the studio cannot be reached";
      complain(`${ctx.guess.failed}: ${because}.`, "Retry", () => sendAgain(form, ctx));
    }
    if (ctx.request.method !== "GET") setTimeout(focusOn, 0, ctx.request.action);
  },
});
