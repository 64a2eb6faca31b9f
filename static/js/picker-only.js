// "Show only picked": the rows of what is picked, in its order, wherever it was found.
import { boxes, picks, rowOf, showPicks, whenListed } from "./picks.js";

const dialog = document.getElementById("picker");
const only = () => document.getElementById("picker-picked");
const toggle = () => dialog.querySelector("[data-picker-only]");
const isOn = () => toggle()?.getAttribute("aria-pressed") === "true";
const byFile = (within) => new Map(boxes(within).map((box) => [box.value, box.closest("li")]));

function turn(on) {
  toggle().setAttribute("aria-pressed", on);
  only().hidden = !on;
  only().replaceChildren();
  if (!on) return;
  const list = document.createElement("ul");
  list.className = dialog.querySelector("#picker-files ul")?.className ?? "picker-list";
  only().append(list);
  draw();
}

// What stands here stays, also what was let go, so that it can be picked again; what was picked since comes last.
function draw() {
  const listed = byFile(document.getElementById("picker-files"));
  const here = byFile(only());
  for (const [id, row] of here) {
    const known = picks.get(id)?.row ?? (listed.has(id) && rowOf(listed.get(id)));
    if (known && known !== row && !row.querySelector(".picker-preview")) replace(row, known);
  }
  only().firstElementChild.append(...[...picks].filter(([id]) => !here.has(id)).map(([, { row }]) => row));
  showPicks();
}

function replace(row, other) {
  const held = row.contains(document.activeElement) && document.activeElement;
  row.replaceWith(other);
  if (held) other.querySelector(held.matches("[data-previews]") ? "[data-previews]" : "input")?.focus();
}

dialog?.addEventListener("click", ({ target }) => {
  if (target.closest("[data-picker-only]")) turn(!isOn());
});

// Who looks for something else wants to see it.
dialog?.addEventListener("input", ({ target }) => {
  if (target.closest(".finding") && isOn()) turn(false);
});

dialog?.addEventListener("picks", () => {
  toggle().disabled = !picks.size && !isOn();
  const here = isOn() && byFile(only());
  if (here && [...picks.keys()].some((id) => !here.has(id))) draw(); // one was brought
});

// Of what is listed anew, some is known better: posters, say.
whenListed(() => isOn() && draw());
