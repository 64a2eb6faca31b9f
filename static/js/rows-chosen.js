// What is done with the chosen rows of a course, in the order of choosing: see courses/bulk.py.
import { extend } from "./studio.js";
import { ask, stopAsking } from "./asking.js";
import { chosenNow } from "./chosen.js";
import { isSentAgain, send } from "./csrf.js";

const dialog = document.getElementById("asking");
const fields = () => chosenNow().ids.map((id) => ["video", id]);

// What asks first changes nothing, so it waits for nothing.
document.addEventListener("click", (event) => {
  const asks = event.target.closest("#chosen[data-rows] [data-asks]");
  if (!asks) return;
  event.preventDefault();
  ask();
  send(dialog, asks.getAttribute("formaction"), fields());
});

let latest; // what was asked for before it is of no interest any more

extend("rows-chosen", {
  htmx_config_request(form, { ctx }) {
    if (form === dialog) latest = ctx;
    if (!form.matches?.("#chosen[data-rows]") || ctx.sent) return;
    ctx.request.body.delete("video");
    for (const field of fields()) ctx.request.body.append(...field);
  },

  htmx_finally_request(element, { ctx }) {
    if (ctx === latest && !ctx.response?.raw.ok && !isSentAgain(element, ctx)) stopAsking();
  },
});
