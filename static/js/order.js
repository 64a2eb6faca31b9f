// Rows and chapters go elsewhere by their grips: dragged, or grabbed by the keyboard. What is let go is sent
// as the form for it would be, and shown by the same guess.
import { atHome, stand, standing } from "./keyed.js";
import { chosenNow } from "./chosen.js";
import { send } from "./csrf.js";
import { idOf, standAt } from "./places.js";
import { say } from "./toasts.js";

const ITEMS = ".video-row, .chapter";
const CHAPTERS = "chapters";
const chapterOf = (list) => (list.id === CHAPTERS ? null : list.closest(".chapter"));
const others = (list, item) => standing(list).filter((one) => one !== item);
const indexIn = (item) => standing(item.parentElement).indexOf(item);

// One that is chosen takes the others with it.
function companyOf(item) {
  const { ids } = chosenNow();
  return item.matches(".video-row") && ids.length > 1 && ids.includes(idOf(item)) ? ids : null;
}

function sendMove(item, list, index) {
  const chapter = chapterOf(list);
  const ids = companyOf(item);
  if (ids) {
    const above = others(list, item).slice(0, index).filter((one) => !ids.includes(idOf(one)));
    const fields = [["chapter", idOf(chapter)], ["place", above.length + 1], ...ids.map((id) => ["video", id])];
    send(document.getElementById("again"), `${document.getElementById("chosen").dataset.rows}move/`, fields);
    return;
  }
  const fields = { place: index + 1, ...(chapter && { chapter: idOf(chapter) }) };
  const kind = chapter ? "videos" : "chapters";
  send(document.getElementById("again"), `/${kind}/${idOf(item)}/move/`, Object.entries(fields));
}

// By pointer and by touch.

let library;
let dragged = false;
const lists = new WeakSet();

async function makeSortable() {
  library ??= import("../vendor/sortable/sortable.esm.js").catch(() => (library = null)); // the network is gone
  const { default: Sortable } = (await library) ?? {};
  if (!Sortable) return;
  for (const list of document.querySelectorAll("#chapters, .videos")) {
    if (lists.has(list)) continue;
    lists.add(list);
    Sortable.create(list, {
      group: list.id === CHAPTERS ? CHAPTERS : "videos",
      handle: list.id === CHAPTERS ? ".chapter-head > [data-grip]" : "[data-grip]",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      forceFallback: true, // the same for mouse and touch
      fallbackOnBody: true,
      fallbackTolerance: 4,
      emptyInsertThreshold: 24,
      // Before the copy of it is made that follows the pointer.
      onChoose: ({ item }) => {
        const ids = companyOf(item);
        if (ids) item.dataset.carries = `${ids.length} videos`;
      },
      onUnchoose: ({ item }) => delete item.dataset.carries,
      onStart: ({ item }) => {
        dragged = true;
        atHome(item);
        item.toggleAttribute("data-dragged", true);
      },
      onEnd: ({ item, from, to, oldIndex, newIndex }) => {
        item.removeAttribute("data-dragged");
        setTimeout(() => (dragged = false));
        const index = indexIn(item);
        stand(item); // first: what takes it back is read from where it stood
        if (from !== to || oldIndex !== newIndex) sendMove(item, to, index);
      },
    });
  }
}

for (const event of ["pointerover", "touchstart"]) {
  document.addEventListener(event, ({ target }) => target.closest?.("#chapters") && makeSortable(), { passive: true });
}

// Where the pointer lets go, the link of the grip would be followed.
document.addEventListener(
  "click",
  (event) => {
    if (!dragged || !event.target.closest("[data-grip]")) return;
    event.preventDefault();
    event.stopPropagation();
  },
  { capture: true },
);

// By keyboard.

let held = null; // the item, and what puts it back

function grab(item) {
  held = { item, takeBack: [] };
  item.toggleAttribute("data-grabbed", true);
  tell("Grabbed");
}

function step(by) {
  const { item } = held;
  let list = item.parentElement;
  let index = indexIn(item) + by;
  if (index < 0 || index > others(list, item).length) {
    const all = [...document.querySelectorAll(".videos")];
    const next = list.id === CHAPTERS ? null : all[all.indexOf(list) + by];
    if (!next) return;
    list = next;
    index = by > 0 ? 0 : others(list, item).length;
  }
  const before = held.takeBack;
  held.takeBack = standAt([item], list, index);
  before.forEach((takeBack) => takeBack());
  item.scrollIntoView({ block: "nearest" });
  tell("Now");
}

function letGo({ drop }) {
  const { item, takeBack } = held;
  held = null;
  item.removeAttribute("data-grabbed");
  if (!item.isConnected) {
    takeBack.forEach((take) => take());
    return say("It was removed.");
  }
  const [list, index] = [item.parentElement, indexIn(item)];
  takeBack.forEach((take) => take());
  if (drop && takeBack.length) sendMove(item, list, index);
  say(drop ? "Dropped." : "Put back.");
}

function tell(word) {
  const { item } = held;
  const chapter = chapterOf(item.parentElement);
  const where = chapter ? ` in “${chapter.querySelector("[name=title]").value}”` : "";
  const count = others(item.parentElement, item).length + 1;
  say(`${word} at place ${indexIn(item) + 1} of ${count}${where}.`);
}

document.addEventListener("keydown", (event) => {
  const item = event.target.closest?.("[data-grip]")?.closest(ITEMS);
  if (!item) return;
  const isHeld = held?.item === item;
  const act = {
    " ": () => (isHeld ? letGo({ drop: true }) : grab(item)),
    ...(isHeld && {
      Enter: () => letGo({ drop: true }),
      Escape: () => letGo({ drop: false }),
      ArrowUp: () => step(-1),
      ArrowDown: () => step(1),
    }),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// A button is pressed by the end of the space bar.
document.addEventListener("keyup", (event) => {
  if (event.key === " " && event.target.closest?.("[data-grip]")) event.preventDefault();
});

document.addEventListener("focusout", ({ target }) => {
  // Where an element cannot be moved without losing the focus, it has it again by now.
  if (held && target.closest?.("[data-grip]")) setTimeout(() => held && !held.item.contains(document.activeElement) && letGo({ drop: false }));
});
