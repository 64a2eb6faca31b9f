// How fast something comes, by what came in the last seconds: bytes per second, while that can be said.
const OVER = 5000; // milliseconds

export class Pace {
  #marks = []; // [time, bytes]

  note(bytes) {
    const now = performance.now();
    this.#marks = [...this.#marks.filter(([time]) => now - time < OVER), [now, bytes]];
  }

  forget() {
    this.#marks = [];
  }

  get speed() {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    const isKnown = last && last[0] - first[0] > 500 && performance.now() - last[0] < OVER;
    return isKnown ? ((last[1] - first[1]) * 1000) / (last[0] - first[0]) : 0;
  }
}
