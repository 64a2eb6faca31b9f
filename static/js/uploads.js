// Bringing files to the studio by tus, a few at a time. What has arrived is the studio's to know; here is only
// what moves: a transfer tells `watch(transfer)` of every change, and the page draws it.

const AT_ONCE = 3;
const PAUSES = [500, 1000, 2000, 4000, 8000, 15000, 30000, 30000, 30000, 30000];
const SPEED_OVER = 5000; // milliseconds

const waiting = [];
const moving = new Set();
let tus;

export const isMoving = () => moving.size + waiting.length > 0;

export class Transfer {
  state = "waiting"; // uploading, paused (it tries again), done, failed, ended
  sent = 0;
  reason = "";
  #marks = []; // [time, bytes] of the last seconds
  #upload;

  constructor({ id, file, there, metadata, address, piece, watch }) {
    Object.assign(this, { id, file, there, metadata, address, piece, watch });
    this.sent = there ?? 0;
  }

  begin() {
    this.reason = "";
    this.#become("waiting");
    waiting.push(this);
    pump();
  }

  // Bytes per second, once that can be said.
  get speed() {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    return last && last[0] - first[0] > 500 ? ((last[1] - first[1]) * 1000) / (last[0] - first[0]) : 0;
  }

  end() {
    this.#upload?.abort();
    this.#stop("ended");
  }

  async start() {
    moving.add(this);
    this.#become("uploading");
    try {
      tus ??= await library();
    } catch {
      this.#fail("The studio cannot be reached.");
      return;
    }
    if (this.state !== "uploading") return;
    const known = this.there !== undefined; // the studio has it announced: it says how far it is
    this.#upload = new tus.Upload(this.file, {
      endpoint: this.address,
      uploadUrl: known ? `${this.address}${this.id}/` : null,
      metadata: { ...this.metadata, filename: this.file.name, id: this.id },
      chunkSize: this.piece,
      retryDelays: PAUSES,
      storeFingerprintForResuming: false,
      onShouldRetry: (error) => this.#mayPass(error),
      onUploadUrlAvailable: () => {
        this.there ??= 0;
        if (this.state !== "ended") this.watch(this);
      },
      onProgress: (sent) => this.#moved(sent),
      onSuccess: () => this.#stop("done"),
      onError: (error) => this.#fail(reasonOf(error)),
    });
    this.#upload.start();
  }

  #moved(sent) {
    const now = performance.now();
    this.sent = sent;
    this.#marks = [...this.#marks.filter(([time]) => now - time < SPEED_OVER), [now, sent]];
    this.#become("uploading");
  }

  #mayPass(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    const passes = status === 0 || [409, 423, 429, 460].includes(status) || (status >= 500 && status !== 507);
    this.#marks = [];
    if (passes) this.#become("paused");
    return passes;
  }

  #fail(reason) {
    this.reason = reason;
    this.#stop("failed");
  }

  #stop(state) {
    moving.delete(this);
    if (waiting.includes(this)) waiting.splice(waiting.indexOf(this), 1);
    this.#become(state);
    pump();
  }

  #become(state) {
    this.state = state;
    this.watch(this);
  }
}

function pump() {
  while (moving.size < AT_ONCE && waiting.length) waiting.shift().start();
}

async function library() {
  await import("../vendor/tus/tus.min.js"); // only who uploads needs it
  return window.tus;
}

function reasonOf(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  if (!status) return "The studio cannot be reached.";
  if (status === 401) return "You are signed out. Sign in again in another tab, then retry.";
  if (status === 404 || status === 410) return "The studio knows nothing of this upload any more.";
  const isText = error.originalResponse.getHeader("Content-Type")?.startsWith("text/plain");
  return (isText && error.originalResponse.getBody().trim()) || `The studio could not do it (${status}).`;
}

addEventListener("beforeunload", (event) => {
  if (isMoving()) event.preventDefault();
});
