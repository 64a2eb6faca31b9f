// What the page believes of an element, beside what the studio said of it: attributes called data-guess-….
// Each mark belongs to one edit and goes with it; of several of one name the last one shows.
import { leaveFocus, positionOf, stand } from "./keyed.js";

const marks = new Map(); // id of an element, which may be drawn anew meanwhile → its marks

// Answers with what takes exactly this mark away. A value of null says that it is not so, whatever others say.
export const mark = (element, name, value) => markAll([[element, name, value]]);

// Out of sight, and the focus with its neighbour.
export function takeAway(element) {
  leaveFocus(element);
  return mark(element, "gone");
}

// Many at once: [element, name, value] each. All are drawn before the first is put in its place.
export function markAll(wishes) {
  const ours = wishes.map(([{ id }, name, value = ""]) => ({ id, name, value }));
  for (const one of ours) marks.set(one.id, [...(marks.get(one.id) ?? []), one]);
  show(ours);
  return () => {
    for (const one of ours) {
      const others = marks.get(one.id).filter((other) => other !== one);
      if (others.length) marks.set(one.id, others);
      else marks.delete(one.id);
    }
    show(ours);
  };
}

function show(ours) {
  const places = new Set();
  for (const { id, name } of ours) {
    const element = document.getElementById(id);
    if (!element) continue;
    draw(element, name);
    if (name === "pos" || name === "list") places.add(element);
  }
  // The last first: what is yet to be put in its place lies in nobody's way then.
  for (const element of [...places].sort((a, b) => positionOf(b) - positionOf(a))) stand(element);
}

function draw(element, name) {
  const last = marks.get(element.id)?.findLast((one) => one.name === name);
  if (last && last.value !== null) element.setAttribute(`data-guess-${name}`, last.value);
  else element.removeAttribute(`data-guess-${name}`);
}

// What the studio draws anew is believed to be as it was.
export function carryOver(id, fresh) {
  for (const { name } of marks.get(id) ?? []) draw(fresh, name);
}
