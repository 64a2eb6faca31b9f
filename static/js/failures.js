// Requests that brought no words of their own: the network is gone, a proxy answered, time ran out.
import { extend } from "./studio.js";
import { hasNewTokens, isSentAgain } from "./csrf.js";
import { complain } from "./toasts.js";

// The feed, the batches and uploads ask again by themselves, links tell what became of their rows, edits what was taken
// back, and rows that did not come are missed in their places.
const speaksForItself = (element, ctx) =>
  ["feed", "batches", "upload-rows"].includes(element.id) || ctx.links || ctx.guess || ctx.places;

extend("failures", {
  htmx_error(element, { ctx, error }) {
    if (!ctx || ctx.response || speaksForItself(element, ctx)) return;
    if (ctx.request.method === "GET") return complain("The studio cannot be reached: try again in a moment.");
    complain(
      error === "timeout"
        ? "The studio took too long to answer. Look whether it was done before you try again."
        : "The studio cannot be reached. What you typed is still here: try again in a moment.",
    );
  },

  htmx_response_error(element, { ctx }) {
    const isExplained = hasNewTokens(ctx)
      ? isSentAgain(element, ctx)
      : ctx.text?.includes("<hx-partial");
    const isTold = speaksForItself(element, ctx) && !(ctx.guess && ctx.response.status < 500);
    if (!isTold && !isExplained) {
      complain(`The studio could not do that (${ctx.response.status}). Try again in a moment.`);
    }
  },
});
