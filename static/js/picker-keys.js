// The picker by keyboard: arrows move from file to file, Space picks, Shift extends, Enter links. And with
// the mouse: Shift picks all from the last one to this.
import { boxes, pick, whenListed } from "./picks.js";
import { Range, beside } from "./ranges.js";

const dialog = document.getElementById("picker");
const isBox = (element) => element?.name === "media";
const stops = () => boxes().filter((box) => !box.disabled && box.checkVisibility());
const range = new Range(stops, pick);

// One file is a stop for Tab, with its preview: else it would be hundreds of steps to the button below.
function stopAt(box) {
  for (const other of boxes()) {
    other.tabIndex = other === box ? 0 : -1;
    const preview = other.closest("li").querySelector("[data-previews]");
    if (preview) preview.tabIndex = other.tabIndex;
  }
}

dialog?.addEventListener("keydown", (event) => {
  const { target, key, shiftKey } = event;
  if (target.type === "search" && key === "ArrowDown") {
    event.preventDefault();
    stops()[0]?.focus();
  }
  if (!isBox(target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "Enter") {
    event.preventDefault();
    const button = dialog.querySelector("[data-picker-submit]");
    if (!button.disabled) button.click();
    return;
  }
  const to = beside(stops(), target, key, dialog.querySelector(".picker-grid")?.checkVisibility());
  if (!to) return;
  event.preventDefault();
  if (to === target) {
    if (key === "ArrowUp") dialog.querySelector("[type=search]").focus();
    return;
  }
  if (shiftKey) range.extend(target, to);
  else range.beginAnew();
  to.focus();
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
