// The picker: opens at once, and links what is picked in the order of picking.
import { extend, htmx } from "./studio.js";
import { forgetPicks, picks } from "./picks.js";
import { showIn } from "./toasts.js";

const dialog = document.getElementById("picker");
const body = dialog?.firstElementChild; // the messages stand beside it, while it is open
let warned = false;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens-picker]");
  if (opener && dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.button) {
    event.preventDefault();
    open(opener.getAttribute("href"));
  }
  if (event.target.closest("[data-closes-picker]")) dialog.close();
});

function open(address) {
  forgetPicks();
  warned = false;
  body.replaceChildren(document.getElementById("picker-waiting").content.cloneNode(true));
  dialog.showModal();
  showIn(dialog);
  htmx.ajax("GET", address, { source: dialog, target: body, swap: "innerHTML" });
}

// What optimistic-rows.js links: the picked files, each with its poster to show.
export const picked = () =>
  [...picks].map(([media, { title, poster, time }]) => ({ media, title, poster, time }));

// True once: the person is asked whether files that are in the chapter shall come a second time.
export function asksFirst() {
  const again = [...picks.values()].filter((facts) => facts.isHere).length;
  if (!again || warned) return false;
  warned = true;
  const [are, it] = again === 1 ? ["1 of these is", "it"] : [`${again} of these are`, "them"];
  note(`${are} in this chapter already. Link ${it} once more?`);
  button().textContent = picks.size === 1 ? "Link it again" : `Link all ${picks.size} videos`;
  return true;
}

const button = () => dialog.querySelector("[data-picker-submit]");
const note = (text) => (dialog.querySelector("[data-picker-note]").textContent = text);

dialog?.addEventListener("close", () => showIn(null));

dialog?.addEventListener("picks", () => {
  warned = false;
  note("");
  button().textContent =
    picks.size === 1 ? "Link 1 video" : picks.size ? `Link ${picks.size} videos` : "Link videos";
  button().disabled = !picks.size;
});

extend("picker", {
  htmx_finally_request(element, { ctx }) {
    const failed = !ctx.response?.raw.ok && !ctx.request.signal?.aborted;
    if (failed && element === dialog) dialog.close();
  },
});
