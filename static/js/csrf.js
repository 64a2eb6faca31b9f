// Signing in again, in another tab too, makes the tokens of this page old. The server refuses and sends
// new ones; what was refused is sent once more by itself.
import htmx from "../vendor/htmx/htmx.esm.min.js";

export const hasNewTokens = (ctx) => ctx.response?.headers.get("HX-New-Tokens") === "1";
// Once: what is refused again, or whose form is gone, is not.
export const isSentAgain = (form, ctx) =>
  hasNewTokens(ctx) && !ctx.links && !ctx.refused && form.isConnected;
export const newToken = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

htmx.registerExtension("csrf", {
  htmx_config_request(_form, { ctx }) {
    if (ctx.refused) ctx.request.body = ctx.refused;
  },

  htmx_finally_request(form, { ctx }) {
    if (!isSentAgain(form, ctx)) return;
    const refused = new FormData();
    for (const [name, value] of new URLSearchParams(ctx.request.body)) refused.append(name, value);
    refused.set("csrfmiddlewaretoken", newToken());
    const { method, action } = ctx.request;
    setTimeout(() => htmx.ajax(method, action, { source: form, swap: ctx.swap, refused }));
  },
});
