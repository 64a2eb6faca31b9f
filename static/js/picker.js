// The picker: opens at once, counts what is picked in the order of picking, keeps it while searching.
import htmx from "../vendor/htmx/htmx.esm.min.js";

const dialog = document.getElementById("picker");
let picks = new Map(); // file id → what its row needs, in pick order
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
  picks = new Map();
  warned = false;
  dialog.replaceChildren(document.getElementById("picker-waiting").content.cloneNode(true));
  dialog.showModal();
  htmx.ajax("GET", address, { source: dialog, target: dialog, swap: "innerHTML" });
}

// What optimistic-rows.js links: the picked files, each with its poster to show.
export const picked = () => [...picks].map(([media, facts]) => ({ media, ...facts }));

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

function show() {
  const order = [...picks.keys()];
  for (const box of dialog.querySelectorAll("input[name=media]")) {
    const place = order.indexOf(box.value) + 1;
    box.checked = place > 0;
    box.nextElementSibling.textContent = place || "";
  }
  if (!button()) return;
  button().textContent =
    order.length === 1 ? "Link 1 video" : order.length ? `Link ${order.length} videos` : "Link videos";
  button().disabled = order.length === 0;
}

dialog?.addEventListener("change", ({ target }) => {
  if (target.name !== "media") return;
  if (target.checked) {
    const row = target.closest("label");
    picks.set(target.value, {
      title: target.dataset.title,
      isHere: "isHere" in target.dataset,
      poster: row.querySelector(".poster"),
      time: row.querySelector(".video-row-time").textContent,
    });
  } else {
    picks.delete(target.value);
  }
  warned = false;
  note("");
  show();
});

dialog?.addEventListener("htmx:after:swap", show);

htmx.registerExtension("picker", {
  // What went wrong is told by a toast, which nobody could reach under the dialog.
  htmx_finally_request(element, { ctx }) {
    if (element === dialog && !ctx.response?.raw.ok && !ctx.request.signal?.aborted) dialog.close();
  },
});
