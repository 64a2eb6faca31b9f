// Whether the rows of the picker are those that are looked for. They are not from the first letter on, until they are
// there or it is known that they do not come; without a network that is never, but what they were found by can be
// typed again.
import { extend } from "./studio.js";

const dialog = document.getElementById("picker");
const form = () => dialog?.querySelector(".finding");
const sought = () => new URLSearchParams(new FormData(form())).toString();
let answered;

export const isAnswered = () => sought() === answered;

extend("picker-found", {
  htmx_config_request(element, { ctx }) {
    if (element === form()) ctx.sought = sought();
  },

  htmx_before_swap(element, { ctx }) {
    ctx.hadFocus = element === form() && ctx.target.contains(document.activeElement);
  },

  htmx_finally_request(element, { ctx }) {
    const { signal } = ctx.request;
    if (element === dialog && form()) answered = sought(); // it was just opened
    if (element !== form() || (signal.aborted && signal.reason !== "timeout")) return;
    answered = ctx.sought;
    const isListed = ctx.status === "swapped" && ctx.response.raw.ok;
    dialog.dispatchEvent(new CustomEvent("answered", { detail: { isListed, hadFocus: ctx.hadFocus } }));
  },
});
