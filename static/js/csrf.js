// Signing in again, in another tab too, makes the tokens of this page old. The server refuses and sends
// new ones; what was refused is sent once more by itself.
import htmx from "../vendor/htmx/htmx.esm.min.js";

const sentAgain = new WeakSet();

export const hasNewTokens = (ctx) => ctx.response?.headers.get("HX-New-Tokens") === "1";

htmx.registerExtension("csrf", {
  htmx_finally_request(form, { ctx }) {
    if (!hasNewTokens(ctx)) {
      sentAgain.delete(form);
    } else if (!ctx.links && form.isConnected && !sentAgain.has(form)) {
      sentAgain.add(form);
      setTimeout(() => form.requestSubmit(ctx.sourceEvent?.submitter));
    }
  },
});
