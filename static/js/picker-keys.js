// The picker by keyboard: arrows move from file to file, Space picks, Shift extends, Enter links. And with
// the mouse: Shift picks all from the last one to this.
import { isAnswered } from "./picker-found.js";
import { boxes, pick, whenListed } from "./picks.js";
import { Range, beside } from "./ranges.js";

const dialog = document.getElementById("picker");
const KEYS = ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End", " ", "Enter"];
const search = () => dialog.querySelector("[type=search]");
const isBox = (element) => element?.name === "media";
const stops = () => boxes().filter((box) => !box.disabled && box.checkVisibility());
const range = new Range(stops, pick);
let waiting = []; // keys for rows that are on their way

// One file is a stop for Tab, with its preview: else it would be hundreds of steps to the button below.
function stopAt(box) {
  for (const other of boxes()) {
    other.tabIndex = other === box ? 0 : -1;
    const preview = other.closest("li").querySelector("[data-previews]");
    if (preview) preview.tabIndex = other.tabIndex;
  }
}

// In the field it is the first one that leads to the rows, and what comes after it is for them.
function isForRows({ target, key, ctrlKey, metaKey, altKey }) {
  if (ctrlKey || metaKey || altKey || !KEYS.includes(key)) return false;
  return isBox(target) || (target.type === "search" && (key === "ArrowDown" || waiting.length > 0));
}

// False, if it is left to the browser.
function press(target, { key, shiftKey }) {
  if (!isBox(target)) {
    if (key === "ArrowDown") stops()[0]?.focus();
    return true;
  }
  if (key === "Enter") {
    const button = dialog.querySelector("[data-picker-submit]");
    if (!button.disabled) button.click();
    return true;
  }
  const to = beside(stops(), target, key, dialog.querySelector(".picker-grid")?.checkVisibility());
  if (!to) return false;
  if (to === target) {
    if (key === "ArrowUp") search().focus();
    return true;
  }
  if (shiftKey) range.extend(target, to);
  else range.beginAnew();
  to.focus();
  return true;
}

dialog?.addEventListener("keydown", (event) => {
  if (!isForRows(event)) {
    if (event.key !== "Shift") waiting = []; // who types on looks for something else
  } else if (!isAnswered()) {
    event.preventDefault();
    if (!event.repeat) waiting.push(event);
  } else if (press(event.target, event)) {
    event.preventDefault();
  }
});

dialog?.addEventListener("focusout", () => (waiting = []));

dialog?.addEventListener("answered", ({ detail: { isListed, hadFocus } }) => {
  if (hadFocus && !dialog.contains(document.activeElement)) (stops()[0] ?? search()).focus();
  if (!isAnswered()) return; // something else is looked for by now
  const keys = waiting;
  waiting = [];
  // What was meant for a row that is gone is for no other.
  if (!isListed || keys[0]?.target !== document.activeElement) return;
  for (const key of keys) {
    range.noteShift(key);
    if (!press(document.activeElement, key) && key.key === " ") document.activeElement.click();
  }
});

dialog?.addEventListener("focusin", ({ target }) => isBox(target) && stopAt(target));

for (const kind of ["pointerdown", "keydown"]) {
  dialog?.addEventListener(kind, (event) => range.noteShift(event), true);
}

// Before picks.js hears of the one box: what lies between comes first.
dialog?.addEventListener("change", ({ target }) => isBox(target) && range.clicked(target), true);

whenListed(() => {
  range.forgetWhatIsGone();
  stopAt(isBox(document.activeElement) ? document.activeElement : stops()[0]);
});
