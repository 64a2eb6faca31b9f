// "Show only picked": the rows of what is picked, in its order, wherever it was found.
import { pick, picks } from "./picks.js";

const dialog = document.getElementById("picker");
const toggle = () => dialog.querySelector("[data-picker-only]");
const isOn = () => toggle()?.getAttribute("aria-pressed") === "true";

function turn(on) {
  const only = document.getElementById("picker-picked");
  toggle().setAttribute("aria-pressed", on);
  document.getElementById("picker-files").hidden = on;
  only.hidden = !on;
  only.replaceChildren();
  if (!on) return;
  const list = document.createElement("ul");
  list.className = dialog.querySelector("#picker-files ul")?.className ?? "picker-list";
  list.append(...[...picks.values()].map(({ row }) => row.cloneNode(true)));
  only.append(list);
  pick([], true);
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
});
