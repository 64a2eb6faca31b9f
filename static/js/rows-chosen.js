// What is done with the chosen rows of a course, in the order of choosing: see courses/bulk.py.
import { extend } from "./studio.js";
import { ask, stopAsking } from "./asking.js";
import { chosenNow } from "./chosen.js";

extend("rows-chosen", {
  htmx_config_request(form, { ctx }) {
    if (!form.matches?.("#chosen[data-rows]") || ctx.sent) return;
    const { body } = ctx.request;
    body.delete("video");
    for (const id of chosenNow().ids) body.append("video", id);
    ctx.asks = ctx.sourceEvent?.submitter?.matches("[data-asks]");
    if (ctx.asks) ask();
  },

  htmx_finally_request(_form, { ctx }) {
    if (ctx.asks && !ctx.response?.raw.ok) stopAsking();
  },
});
