// Ways of swapping for lists whose children have ids and are ordered by data-pos:
// "keyed" updates the children that are there, adds the new and puts each in its place;
// "remove" takes the target away and leaves the focus with its neighbour;
// "only" takes away whatever the studio has drawn in the target and names no more.
import { extend, htmx } from "./studio.js";
import { offerDrafts } from "./drafts.js";

let api;

extend("keyed", {
  init(internal) {
    api = internal;
  },

  handle_swap(style, target, fragment) {
    if (style === "keyed") return [...fragment.children].map((fresh) => merge(target, fresh));
    if (style === "remove") remove(target);
    else if (style === "only") leaveOnly(target, new Set(fragment.textContent.split(/\s+/)));
    else return false;
    return [];
  },
});

function merge(list, fresh) {
  const old = document.getElementById(fresh.id);
  // A list inside brings only what changed of it: its rows are merged one by one, not the whole. Also
  // where the list is new: they may have come from another one.
  const inner = fresh.querySelector(":scope > [data-keyed]");
  const rows = inner ? [...inner.children] : [];
  const isAllOfIt = inner && old?.matches("[data-brought-back]"); // what it had when it went may be gone by now
  inner?.replaceChildren();
  if (!old) {
    place(list, fresh);
    offerDrafts(fresh);
    // An answer that was overtaken by another one brings nothing new of the element itself.
  } else if (!(Number(fresh.dataset.revision) < Number(old.dataset.revision))) {
    const holder = new DocumentFragment();
    holder.append(fresh);
    api.morph(old, holder, false);
    place(list, old);
  }
  for (const row of rows) htmx.process(merge(document.getElementById(inner.id), row));
  if (isAllOfIt) leaveOnly(document.getElementById(inner.id), new Set(rows.map(({ id }) => id.slice(-36))));
  return old ?? fresh;
}

const homes = new WeakMap(); // row → the list in which the studio has it

function place(list, row) {
  homes.set(row, list);
  stand(row);
}

// Of a list: what the person sees, whether the studio has taken it away yet or not.
export const standing = (list) =>
  [...list.children].filter((one) => !one.matches("[data-guess-gone]"));

// Where it is, or where it is believed to be: see marks.js.
export const positionOf = ({ dataset }) => Number(dataset.guessPos ?? dataset.pos ?? Infinity);

export function atHome(row) {
  if (!homes.has(row)) homes.set(row, row.parentNode);
}

// Of many that come in order each stands beside the one before it: found without going through the list.
let latest;

function nextFor(row, list) {
  const at = positionOf(row);
  const past = (one, way) => (one[way] === row ? row[way] : one[way]);
  const places = [row, latest].filter((one) => one?.parentNode === list).flatMap((one) => {
    const [above, below] = [past(one, "previousElementSibling"), past(one, "nextElementSibling")];
    return one === row ? [[above, below]] : [[one, below], [above, one]];
  });
  latest = row;
  const place = places.find(
    ([above, below]) => !(above && positionOf(above) > at) && !(below && positionOf(below) <= at),
  );
  if (place) return place[1];
  // From the end: rows mostly come in their order, and of some lists there are hundreds.
  let next = null;
  for (let other = list.lastElementChild; other; other = other.previousElementSibling) {
    if (other === row) continue;
    if (!(positionOf(other) > at)) break;
    next = other;
  }
  return next;
}

export function stand(row) {
  if (row.matches("[data-dragged]")) return; // it is in somebody's hand
  atHome(row);
  const list = document.getElementById(row.dataset.guessList) ?? homes.get(row);
  if (!list.isConnected) return discard(row); // it went with its chapter
  const next = nextFor(row, list);
  if (row.parentNode === list && row.nextElementSibling === next) return;
  // moveBefore keeps focus and state of what is inside; not every browser has it yet.
  if (row.isConnected && list.moveBefore) {
    list.moveBefore(row, next);
  } else {
    const focused = row.contains(document.activeElement) ? document.activeElement : null;
    list.insertBefore(row, next);
    focused?.focus();
  }
}

const removed = new Map(); // by id: who takes a removal back sees it at once

function remove(element) {
  atHome(element);
  removed.set(element.id, element);
  // That it was taken away is no news to who has just taken that back.
  if (element.matches("[data-guess-back]")) return element.toggleAttribute("data-brought-back", true);
  discard(element);
}

// Rows that are only believed to be in it go back to where the studio has them.
export function discard(element) {
  const guests = [...element.querySelectorAll("[data-guess-list]")].filter((row) => !element.contains(homes.get(row)));
  leaveFocus(element);
  element.remove();
  guests.forEach(stand);
}

function leaveOnly(target, ids) {
  const drawn = [...target.querySelectorAll("[data-revision]")];
  drawn.filter(({ id }) => !ids.has(id.slice(-36))).forEach(remove);
}

// As it was when it went, until the studio says how it is now.
export function bringBack(id) {
  const element = removed.get(id);
  if (!element || !homes.get(element)?.isConnected) return null;
  for (const name of element.getAttributeNames()) {
    if (name.startsWith("data-guess-")) element.removeAttribute(name);
  }
  element.toggleAttribute("data-brought-back", true);
  stand(element);
  return element;
}

// What was brought back in vain.
export function goAgain(element) {
  if (element.matches("[data-brought-back]")) discard(element);
}

// With the next one, or the one before, or with what comes after the list.
export function leaveFocus(element) {
  if (!element.contains(document.activeElement)) return;
  const staying = standing(element.parentElement);
  const here = staying.indexOf(element);
  const stop = staying[here + 1] ?? staying[here - 1] ?? element.parentElement.nextElementSibling;
  // Who was typing goes on typing: not into another title.
  const field = document.activeElement.closest("[data-dirty]") ? null : stop?.querySelector("input:not([type=hidden], .chooser)");
  const inside = field ?? stop?.querySelector("button, a");
  (inside ?? element.closest(".chapter")?.querySelector("[data-opens-picker]"))?.focus();
}
