// The picker by keyboard: arrows move from file to file, Space picks, Shift extends, Enter links. And with
// the mouse: Shift picks all from the last one to this.
import { boxes, pick } from "./picks.js";

const dialog = document.getElementById("picker");
let anchor = null;
let withShift = false;

const isBox = (element) => element?.name === "media";
const stops = () => boxes().filter((box) => !box.disabled && box.checkVisibility());

function between(one, other) {
  const all = stops();
  const [from, to] = [all.indexOf(one), all.indexOf(other)];
  if (from < 0 || to < 0) return [other];
  return from <= to ? all.slice(from, to + 1) : all.slice(to, from + 1).reverse();
}

// One file is a stop for Tab, with its preview: else it would be hundreds of steps to the button below.
function stopAt(box) {
  for (const other of boxes()) {
    other.tabIndex = other === box ? 0 : -1;
    const preview = other.closest("li").querySelector("[data-previews]");
    if (preview) preview.tabIndex = other.tabIndex;
  }
}

function step(box, key) {
  const all = stops();
  const here = all.indexOf(box);
  const across = dialog.querySelector(".picker-grid")?.checkVisibility() ? columns(all) : 1;
  const steps = { ArrowDown: across, ArrowUp: -across, Home: -here, End: all.length - 1 - here };
  if (across > 1) Object.assign(steps, { ArrowRight: 1, ArrowLeft: -1 });
  if (!(key in steps)) return undefined;
  return all[Math.max(0, Math.min(all.length - 1, here + steps[key]))];
}

function columns(all) {
  const top = (box) => box.closest("li").offsetTop;
  return Math.max(1, all.findIndex((box) => top(box) !== top(all[0])));
}

// Away from where it began, it picks; back towards it, it lets go.
function extend(from, to) {
  anchor ??= from;
  const way = between(from, to);
  if (between(anchor, to).length > between(anchor, from).length) pick(way, true);
  else pick(way.filter((box) => box !== to), false);
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
  const to = step(target, key);
  if (!to) return;
  event.preventDefault();
  if (to === target) {
    if (key === "ArrowUp") dialog.querySelector("[type=search]").focus();
    return;
  }
  if (shiftKey) extend(target, to);
  else anchor = null;
  to.focus();
});

dialog?.addEventListener("focusin", ({ target }) => isBox(target) && stopAt(target));

// The click that a label passes on to its box need not know of the Shift key.
for (const kind of ["pointerdown", "keydown"]) {
  dialog?.addEventListener(kind, ({ shiftKey }) => (withShift = shiftKey), true);
}

// Before picks.js hears of the one box: what lies between comes first.
function chosen({ target }) {
  if (!isBox(target)) return;
  if (withShift && anchor?.isConnected) pick(between(anchor, target), target.checked);
  withShift = false;
  anchor = target;
}

dialog?.addEventListener("change", chosen, true);

dialog?.addEventListener("htmx:after:swap", () => {
  if (!anchor?.isConnected) anchor = null;
  if (!isBox(document.activeElement)) stopAt(stops()[0]);
});
