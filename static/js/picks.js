// What is picked in the picker, in the order of picking; it stays while other files are looked for.
const dialog = document.getElementById("picker");

export const picks = new Map(); // file id → what its row in the chapter needs, and its row here

export const boxes = (within = dialog) => [...within.querySelectorAll("input[name=media]")];

export function forgetPicks() {
  picks.clear();
}

export function pick(chosen, wanted) {
  for (const box of chosen) {
    if (box.disabled) continue;
    if (!wanted) picks.delete(box.value);
    else if (!picks.has(box.value)) picks.set(box.value, facts(box));
  }
  show();
  dialog.dispatchEvent(new CustomEvent("picks"));
}

// Of two that are the same, at the place of the one that goes.
export function pickInstead(id, other) {
  const all = [...picks];
  picks.clear();
  for (const [one, known] of all) {
    if (one === id) known.row.querySelector("input").value = other;
    picks.set(one === id ? other : one, known);
  }
  dialog.dispatchEvent(new CustomEvent("picks"));
}

function facts(box) {
  const row = box.closest("li");
  return {
    title: box.dataset.title,
    isHere: "isHere" in box.dataset,
    poster: row.querySelector(".poster"),
    time: row.querySelector(".video-row-time").textContent,
    row: row.cloneNode(true),
  };
}

function show() {
  const places = new Map([...picks.keys()].map((id, index) => [id, index + 1]));
  for (const box of boxes()) {
    box.checked = places.has(box.value);
    box.nextElementSibling.textContent = places.get(box.value) ?? "";
  }
}

dialog?.addEventListener("change", ({ target }) => {
  if (target.name === "media") pick([target], target.checked);
});

// New rows know nothing of what is picked; a dialog that was just opened has its button to set.
dialog?.addEventListener("htmx:after:swap", () => {
  if (!dialog.querySelector("[data-picker-submit]")) return;
  for (const box of boxes(document.getElementById("picker-files"))) {
    if (picks.has(box.value)) picks.set(box.value, facts(box));
  }
  show();
  if (!picks.size) dialog.dispatchEvent(new CustomEvent("picks"));
});
