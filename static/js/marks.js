// What the page believes of an element, beside what the studio said of it: attributes called data-guess-….
// Each mark belongs to one edit and goes with it; of several of one name the last one shows.
import { stand } from "./keyed.js";

const marks = new Map(); // id of an element, which may be drawn anew meanwhile → its marks

// Answers with what takes exactly this mark away. A value of null says that it is not so, whatever others say.
export function mark({ id }, name, value = "") {
  const one = { name, value };
  marks.set(id, [...(marks.get(id) ?? []), one]);
  show(id, name);
  return () => {
    const others = marks.get(id).filter((other) => other !== one);
    if (others.length) marks.set(id, others);
    else marks.delete(id);
    show(id, name);
  };
}

function show(id, name) {
  const element = document.getElementById(id);
  if (!element) return;
  draw(element, name);
  if (name === "pos" || name === "list") stand(element);
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
