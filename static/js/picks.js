// What is picked in the picker, in the order of picking; it stays while other files are looked for.
import { complain } from "./toasts.js";

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
  showPicks();
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
    row: rowOf(row),
  };
}

// As it is listed, to stand elsewhere.
export function rowOf(listed) {
  const row = listed.cloneNode(true);
  row.removeAttribute("id");
  row.querySelector(".picker-preview")?.remove();
  row.querySelector("[data-previews]")?.setAttribute("aria-expanded", "false");
  return row;
}

export function showPicks() {
  const places = new Map([...picks.keys()].map((id, index) => [id, index + 1]));
  for (const box of boxes()) {
    box.checked = places.has(box.value);
    box.nextElementSibling.textContent = places.get(box.value) ?? "";
  }
}

dialog?.addEventListener("change", ({ target }) => {
  if (target.name === "media") pick([target], target.checked);
});

// Answers to the poll of uploads and to forms in messages reach the dialog, too, and list nothing.
export const whenListed = (act) =>
  dialog?.addEventListener("htmx:after:swap", ({ detail }) => detail.ctx.swap !== "none" && act());

// New rows know nothing of what is picked; a dialog that was just opened has its button to set.
whenListed(() => {
  if (!dialog.querySelector("[data-picker-submit]")) return;
  const listed = boxes(document.getElementById("picker-files")).filter((box) => picks.has(box.value));
  const broken = listed.filter((box) => box.disabled);
  for (const box of listed) picks.set(box.value, facts(box));
  for (const box of broken) picks.delete(box.value);
  showPicks();
  if (broken.length) {
    const more = broken.length > 1 ? ` and ${broken.length - 1} more are` : " is";
    complain(`“${broken[0].dataset.title}”${more} broken and no longer picked.`);
  }
  if (broken.length || !picks.size) dialog.dispatchEvent(new CustomEvent("picks"));
});
