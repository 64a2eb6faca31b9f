// Where something stands, or is believed to stand: as courses/positions.py does it, with numbers that only have to
// be in order.
import { positionOf, standing } from "./keyed.js";
import { markAll } from "./marks.js";

export const STEP = 1_000_000;
export const LAST = 10_000;

export const idOf = ({ id }) => id.slice(id.indexOf("-") + 1);

// Beyond what is here of it yet, the studio counts.
export const isWhole = (list) => !list.parentElement.querySelector(":scope > .videos-later > *");

export function after(element) {
  const all = standing(element.parentElement);
  return all[all.indexOf(element) + 1];
}

// Sent a second time, or after others have moved something, it goes where it was seen to go.
export function pinned(body, list, others, wanted) {
  const named = others.findIndex((one) => idOf(one) === body.get("before"));
  const there = named < 0 ? Math.min(Math.max(wanted, 0), others.length) : named;
  const next = others[there];
  body.delete("steps");
  body.set("place", next ? there + 1 : isWhole(list) ? LAST : wanted + 1);
  if (next) body.set("before", idOf(next));
  else body.delete("before");
  return there;
}

// After all that is there.
export const lastIn = (list) => Math.max(0, ...[...list.children].map(positionOf).filter(Number.isFinite));

export function standAt(elements, list, index) {
  const moving = new Set(elements);
  const others = standing(list).filter((one) => !moving.has(one));
  const above = index ? positionOf(others[index - 1]) : 0;
  const below = index < others.length ? positionOf(others[index]) : above + 2 * STEP;
  const step = (below - above) / (elements.length + 1);
  const places = elements.map((one, place) => [one, "pos", above + step * (place + 1)]);
  return [markAll([...places, ...elements.map((one) => [one, "list", list.id])])];
}
