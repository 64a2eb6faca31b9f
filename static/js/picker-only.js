// "Show only picked": the rows of what is picked, in its order, wherever it was found.
import { boxes, pick, picks } from "./picks.js";

const dialog = document.getElementById("picker");
const toggle = () => dialog.querySelector("[data-picker-only]");
const isOn = () => toggle()?.getAttribute("aria-pressed") === "true";

function turn(on) {
  const only = document.getElementById("picker-picked");
  const { value } = only.contains(document.activeElement) ? document.activeElement : {};
  toggle().setAttribute("aria-pressed", on);
  only.hidden = !on;
  only.replaceChildren();
  if (!on) return;
  const list = document.createElement("ul");
  list.className = dialog.querySelector("#picker-files ul")?.className ?? "picker-list";
  list.append(...[...picks.values()].map(({ row }) => row.cloneNode(true)));
  only.append(list);
  pick([], true);
  boxes(only).find((box) => box.value === value)?.focus();
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
  const here = isOn() && new Set(boxes(document.getElementById("picker-picked")).map(({ value }) => value));
  if (here && [...picks.keys()].some((id) => !here.has(id))) turn(true); // one was brought
});

// Of what is listed anew, some is known better: posters, say.
dialog?.addEventListener("htmx:after:swap", () => isOn() && turn(true));
