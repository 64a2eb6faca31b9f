// What is chosen in the library, in its trash, or in a course, in the order of choosing; it stays while other
// files are looked for. The checkboxes belong to the form with the bar, which works without this.
import { say } from "./toasts.js";

const bar = document.getElementById("chosen");
const choosesShown = document.querySelector("[data-chooses-shown]");
const chosen = new Set(); // ids of files, or of videos
let everything = null; // the query of what is looked for, once all that match are chosen

export const list = () => document.querySelector("[data-choosable]");
export const boxes = () => [...(list()?.querySelectorAll("li:not([data-optimistic]) > .chooser") ?? [])];
// By attributes: of rows far from view, to ask the browser whether they are visible lays each of them out.
const GONE = "[hidden], [data-leaving], [data-guess-gone]";
export const stops = () => boxes().filter((box) => !box.closest(GONE));
export const chosenNow = () => ({ ids: [...chosen], everything });
export const isAnyChosen = () => chosen.size > 0;

export function choose(which, wanted) {
  everything = null;
  for (const { value } of which) {
    if (wanted) chosen.add(value);
    else chosen.delete(value);
  }
  show();
  say(bar.querySelector("[data-chosen-said]").textContent || "Nothing is selected.");
}

export function chooseNothing() {
  const hadFocus = bar.contains(document.activeElement);
  everything = null;
  chosen.clear();
  show();
  if (hadFocus) (firstInView() ?? document.getElementById("main")).focus({ preventScroll: true });
}

export function letGo() {
  chooseNothing();
  say("Nothing is selected.");
}

// Of what is tried again.
export function letGoOf(ids) {
  for (const id of ids) chosen.delete(id);
  show();
}

// Of what came to nothing.
export function chooseAgain(ids) {
  for (const id of ids) chosen.add(id);
  show();
}

export const firstInView = () =>
  stops().find((box) => box.closest("li").getBoundingClientRect().bottom > 0);

function show() {
  const here = boxes();
  const there = new Set(here.map((box) => box.value));
  // Of a course all rows are here: the others are gone.
  if ("rows" in bar.dataset) for (const id of chosen) if (!there.has(id)) chosen.delete(id);
  for (const box of here) {
    if (box.closest(GONE)) chosen.delete(box.value);
    box.checked = everything !== null || chosen.has(box.value);
  }
  list()?.toggleAttribute("data-choosing", chosen.size > 0);
  bar.toggleAttribute("data-any", chosen.size > 0);
  if (choosesShown) choosesShown.hidden = !stops().length;
  tell();
}

function tell() {
  if (everything === null) bar.querySelector("[data-chosen-said]").textContent = chosen.size ? howMany() : "";
  offerAll();
}

// With those that were chosen before something else was looked for.
function howMany() {
  const unseen = chosen.size - stops().filter((box) => chosen.has(box.value)).length;
  const all = `${chosen.size.toLocaleString("en")} selected`;
  if (!unseen) return all;
  return unseen === chosen.size ? `${all}, not shown` : `${all}, ${unseen.toLocaleString("en")} of them not shown`;
}

// The number comes when there is something to offer: counting is not free.
const offer = bar?.querySelector("[data-chooses-all]");
let counted;
const isExact = () => /^[\d,]+$/.test(counted);

async function offerAll() {
  if (!offer) return;
  const here = stops();
  const isOffered =
    everything === null &&
    here.length > 0 &&
    document.getElementById("found-more") &&
    here.every((box) => chosen.has(box.value));
  offer.hidden = !isOffered;
  if (!isOffered) {
    delete offer.dataset.query; // counted anew when it is offered again
    return;
  }
  const query = list().dataset.allOf;
  if (offer.dataset.query === query) return;
  offer.dataset.query = query;
  counted = undefined;
  offer.textContent = "Select all that match";
  const room = bar.elements.room.value;
  const answer = await fetch(`${bar.dataset.counts}?${query}&room=${room}`).catch(() => null);
  if (!answer?.ok || offer.dataset.query !== query) return;
  counted = await answer.text();
  offer.textContent = isExact() ? `Select all ${counted} that match` : `Select all that match (${counted})`;
}

offer?.addEventListener("click", () => {
  everything = list().dataset.allOf;
  bar.querySelector("[data-chosen-said]").textContent = isExact()
    ? `All ${counted} that match are selected`
    : "All that match are selected";
  offer.hidden = true;
  say(bar.querySelector("[data-chosen-said]").textContent);
});

export const chooseShown = () => choose(stops(), true);
choosesShown?.addEventListener("click", chooseShown);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-clears-chosen]")) letGo();
});

if (bar) {
  document.addEventListener("change", ({ target }) => {
    if (target.matches("input.chooser")) choose([target], target.checked);
  });
  document.addEventListener("htmx:after:swap", () => {
    // Something else is looked for: what was chosen stays, but it is no longer all that match.
    if (everything !== null && list()?.dataset.allOf !== everything) everything = null;
    show();
  });
  chooseNothing(); // what a browser kept of the last visit
}
