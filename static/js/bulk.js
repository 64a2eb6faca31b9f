// What is done with the chosen files. Those that leave are gone in the task of the click; when their
// request is refused, or their batch is over, the studio says which of them stand there again.
import { ask, stopAsking } from "./asking.js";
import { extend } from "./studio.js";
import { askNow, expectBatch, forgetBatch, isListed } from "./batches.js";
import { chooseAgain, chooseNothing, chosenNow } from "./chosen.js";
import { isSentAgain } from "./csrf.js";
import { uuid7 } from "./ids.js";

const isBar = (element) => element?.matches?.("#chosen[data-counts]");
const startsBatch = (element) => element?.matches?.("form[data-starts-batch]");

function bodyFor(form, submitter) {
  const body = new FormData();
  const { ids, everything } = chosenNow();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("room", form.elements.room.value);
  if (submitter?.name) body.set(submitter.name, submitter.value);
  if (everything === null) for (const id of ids) body.append("media", id);
  else body.set("all_of", everything);
  return body;
}

// What was not answered may have begun all the same: tried again, it has the same id, and is done once.
let unanswered = null;
const wish = (body) => {
  const fields = [...body].filter(([name]) => !["csrfmiddlewaretoken", "batch"].includes(name));
  return JSON.stringify(fields);
};

function begin(ctx, body, takesAway) {
  const id = unanswered?.wish === wish(body) ? unanswered.id : uuid7();
  body.set("batch", id);
  ctx.wish = wish(body);
  ctx.chosen = chosenNow().ids;
  ctx.batch = id;
  expectBatch(id, { ids: body.has("all_of") ? null : body.getAll("media"), takesAway });
}

async function doubt({ batch, wish, chosen, response }) {
  if (!response || response.status >= 500) {
    unanswered = { id: batch, wish };
    await askNow().catch(() => {});
    if (isListed(batch)) return;
  }
  forgetBatch(batch);
  chooseAgain(chosen);
}

extend("bulk", {
  htmx_config_request(form, { ctx }) {
    const submitter = ctx.sourceEvent?.submitter;
    if (isBar(form) && !ctx.refused) {
      const body = bodyFor(form, submitter);
      ctx.request.body = body;
      if (submitter?.hasAttribute("formaction")) return ask();
      begin(ctx, body, submitter?.hasAttribute("data-takes-away"));
      chooseNothing();
    } else if (startsBatch(form) && !ctx.refused) {
      begin(ctx, ctx.request.body, false);
    }
  },

  htmx_finally_request(form, { ctx }) {
    const ok = ctx.response?.raw.ok && !ctx.response.raw.redirected;
    if (ctx.batch) unanswered = null;
    if (ctx.batch && !ok && !isSentAgain(form, ctx)) doubt(ctx);
    if (isBar(form) && !ctx.batch && !ok && !isSentAgain(form, ctx)) stopAsking();
    if (startsBatch(form) && ok) {
      stopAsking();
      chooseNothing();
    }
  },
});
