// Signing in again, in another tab too, makes the tokens of this page old. The server refuses and sends
// new ones; what was refused is sent once more by itself.
import { extend, htmx } from "./studio.js";

export const hasNewTokens = (ctx) => ctx.response?.headers.get("HX-New-Tokens") === "1";
// Once: what is refused again, or whose form is gone, is not.
export const isSentAgain = (form, ctx) =>
  hasNewTokens(ctx) && !ctx.links && !ctx.refused && form.isConnected;
export const newToken = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

// As it was, but for the token; by another form if its own is gone.
export function sendAgain(form, { request, swap, guess, takesBack }, more = {}) {
  const source = form.isConnected ? form : document.getElementById("again");
  const as = { swap, takesBack, chosen: guess?.chosen };
  return send(source, request.action, new URLSearchParams(request.body), { ...as, ...more });
}

export function send(source, address, fields, more = {}) {
  const sent = new FormData();
  for (const [name, value] of fields) sent.append(name, value);
  sent.set("csrfmiddlewaretoken", newToken());
  return htmx.ajax("POST", address, { source, swap: "none", sent, ...more });
}

extend("csrf", {
  htmx_config_request(_form, { ctx }) {
    if (ctx.sent) ctx.request.body = ctx.sent;
  },

  htmx_finally_request(form, { ctx }) {
    if (isSentAgain(form, ctx)) setTimeout(() => sendAgain(form, ctx, { refused: true, begun: ctx.begun }));
  },
});
