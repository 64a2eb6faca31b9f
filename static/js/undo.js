// Ctrl+Z (Cmd+Z) takes back what was done last on this page, also before the studio has answered.
import { extend } from "./studio.js";
import { isSentAgain, send } from "./csrf.js";
import { putAway } from "./toasts.js";

const done = []; // what takes it back: its address and fields, and the request of what was done
const takenBack = new Set(); // addresses: buttons for them come too late

function forget(isIt) {
  const index = done.findLastIndex(isIt);
  if (index >= 0) done.splice(index, 1);
}

const isTyped = (field) => field.matches("textarea, input:not([type=checkbox], [type=radio], [type=file])");
let hasTyped = false; // in the field that has the focus: then the keys are the field's
document.addEventListener("focusin", () => (hasTyped = false));
document.addEventListener("input", ({ target }) => (hasTyped ||= isTyped(target)));

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const isUndo = key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  if (!isUndo || hasTyped || !done.length || event.defaultPrevented) return;
  if (target.matches("textarea, [data-dirty]:not([data-sent]) input") || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  const takesBack = done.pop();
  takenBack.add(takesBack.address);
  clearToasts();
  send(document.getElementById("again"), takesBack.address, takesBack.fields, { takesBack });
});

const buttons = () => [...document.querySelectorAll("#toasts [data-undo]")];
const addressOf = (button) => button.form.getAttribute("action");

function clearToasts() {
  for (const button of buttons()) {
    if (takenBack.has(addressOf(button))) putAway(button.closest("[data-toast]"));
  }
}

extend("undo", {
  htmx_config_request(_element, { ctx }) {
    const address = new URL(ctx.request.action, location).pathname;
    if (!ctx.takesBack) forget((one) => !one.fields.length && one.address === address); // by its toast
    const undo = ctx.guess?.undo;
    if (!undo || ctx.takesBack) return;
    takenBack.delete(undo.address);
    hasTyped = false; // it is saved
    done.push({ ...undo, ctx });
  },

  // What came to nothing needs nobody to take it back.
  htmx_before_request(_element, { ctx }) {
    if (!ctx.takesBack?.ctx?.cameToNothing) return;
    ctx.isNeedless = true;
    return false;
  },

  htmx_finally_request(form, { ctx }) {
    // Without an answer it may have been done: then it can be taken back.
    if (ctx.response && !ctx.response.raw.ok && !ctx.isNeedless) {
      forget((one) => one.ctx === ctx);
      ctx.cameToNothing = !isSentAgain(form, ctx);
    }
    // What has a guess says itself that it came to nothing, and offers Retry.
    if (ctx.takesBack && !ctx.guess && !(ctx.response?.status < 500)) done.push(ctx.takesBack);
  },

  htmx_after_swap: (_element, { ctx }) => look(ctx),
});

// What only the studio knows how to take back. But an undo that can be undone by its toast is not what was done last.
function look(ctx) {
  clearToasts();
  for (const button of buttons()) {
    if ("known" in button.dataset) continue;
    button.dataset.known = "";
    const address = addressOf(button);
    if (ctx?.takesBack) continue;
    if (!done.some((one) => one.address === address)) done.push({ address, fields: [] });
  }
}

look();
