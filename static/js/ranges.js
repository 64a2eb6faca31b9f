// All files between two, and the file that an arrow leads to: for lists of checkboxes, in the picker and in
// the library. `stops` are the boxes that can be chosen, in the order of the page.
export function between(stops, one, other) {
  const [from, to] = [stops.indexOf(one), stops.indexOf(other)];
  if (from < 0 || to < 0) return [other];
  return from <= to ? stops.slice(from, to + 1) : stops.slice(to, from + 1).reverse();
}

// Undefined, if the key is none that leads anywhere.
export function beside(stops, box, key, isGrid) {
  const here = stops.indexOf(box);
  const across = isGrid ? columns(stops) : 1;
  const steps = { ArrowDown: across, ArrowUp: -across, Home: -here, End: stops.length - 1 - here };
  if (isGrid) Object.assign(steps, { ArrowRight: 1, ArrowLeft: -1 });
  if (!(key in steps)) return undefined;
  return stops[Math.max(0, Math.min(stops.length - 1, here + steps[key]))];
}

function columns(stops) {
  const top = (box) => box.closest("li").offsetTop;
  const second = stops.findIndex((box) => top(box) !== top(stops[0]));
  return second < 0 ? stops.length : second;
}

// Shift with the keyboard, and with the mouse: `choose(boxes, wanted)` is told what comes of it.
export class Range {
  #anchor = null;
  #withShift = false;

  constructor(stops, choose) {
    this.stops = stops;
    this.choose = choose;
  }

  // Away from where it began, it chooses; back towards it, it lets go.
  extend(from, to) {
    const stops = this.stops();
    this.#anchor ??= from;
    const way = between(stops, from, to);
    const goesOn = between(stops, this.#anchor, to).length > between(stops, this.#anchor, from).length;
    this.choose(goesOn ? way : way.filter((box) => box !== to), goesOn);
  }

  // The click that a label passes on to its box need not know of the Shift key.
  noteShift({ shiftKey }) {
    this.#withShift = shiftKey;
  }

  // What lies between the last one and this becomes what this one has become.
  clicked(box) {
    if (this.#withShift && this.#anchor?.isConnected) {
      this.choose(between(this.stops(), this.#anchor, box), box.checked);
    }
    this.#withShift = false;
    this.#anchor = box;
  }

  beginAnew() {
    this.#anchor = null;
  }

  forgetWhatIsGone() {
    if (!this.#anchor?.isConnected) this.#anchor = null;
  }
}
