// Choosing files or rows with the mouse and by keyboard. Once one is chosen, a click on a card
// chooses it, and with Shift the first one, too; Shift chooses all from the last one to this. Arrows or j and k move from it, x or Space chooses, Shift
// extends, Ctrl or Cmd and A chooses all that are loaded, Escape none.
import { boxes, choose, chooseShown, isAnyChosen, letGo, list, stops } from "./chosen.js";
import { Range, beside } from "./ranges.js";

const range = new Range(stops, choose);
const isBox = (element) => element?.matches?.("input.chooser");
const boxOf = (element) => element?.closest?.("[data-choosable] li")?.querySelector("input.chooser");
const types = (element) => element?.closest?.("input:not(.chooser), textarea, select, [contenteditable]");
const VIM = { j: "ArrowDown", k: "ArrowUp" };

// One file is a stop for Tab, with its menu; the names are links, and stops in any case.
function stopAt(box) {
  for (const other of boxes()) other.tabIndex = other === box ? 0 : -1;
}

function isBusy({ target, altKey, defaultPrevented }) {
  if (altKey || defaultPrevented || types(target)) return true;
  return document.querySelector("dialog[open], details[data-menu][open]") !== null;
}

function step(event, box, key) {
  const to = beside(stops(), box, key, list().matches(".media-grid"));
  if (!to) return;
  event.preventDefault();
  if (event.shiftKey && to !== box) range.extend(box, to);
  else range.beginAnew();
  to.focus();
}

document.addEventListener("keydown", (event) => {
  if (!list() || isBusy(event)) return;
  const { key, target } = event;
  const box = boxOf(target);
  const isPlain = !event.ctrlKey && !event.metaKey;
  if (!isPlain && key.toLowerCase() === "a" && stops().length) {
    event.preventDefault();
    chooseShown();
  } else if (!isPlain) {
    return;
  } else if (key === "Escape" && isAnyChosen()) {
    letGo();
  } else if (key === "x" && box) {
    choose([box], !box.checked);
  } else if (box && key.toLowerCase() in VIM) {
    step(event, box, VIM[key.toLowerCase()]);
  } else if (box && (isBox(target) || key.startsWith("Arrow"))) {
    step(event, box, key);
  }
});

for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, (event) => range.noteShift(event), true);
}

// Before chosen.js hears of the one box: what lies between comes first.
document.addEventListener("change", ({ target }) => isBox(target) && range.clicked(target), true);

document.addEventListener("focusin", ({ target }) => isBox(target) && stopAt(target));

// By keyboard, a link stays a link: only a pointer's click has a count.
document.addEventListener("click", (event) => {
  const box = boxOf(event.target);
  const isElse = event.target.closest("input, button, summary, .menu-items, [data-grip]");
  if (!box || isElse || !event.detail || event.ctrlKey || event.metaKey) return;
  if (!isAnyChosen() && !event.shiftKey) return;
  event.preventDefault();
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
  box.focus({ preventScroll: true });
});

document.addEventListener("htmx:after:swap", () => {
  range.forgetWhatIsGone();
  if (list() && !isBox(document.activeElement)) stopAt(stops()[0]);
});
if (list()) stopAt(stops()[0]);
