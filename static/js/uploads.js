// Bringing files to the studio by tus, a few at a time. What has arrived is the studio's to know; here is only
// what moves: a transfer tells `watch(transfer)` of every change, and the page draws it.
//
// All are announced first: so each has its place, or its refusal, before the bytes of any other.

import { endsOf } from "./file-ends.js";
import { Pace } from "./pace.js";

const AT_ONCE = 3;
const ANNOUNCED_AT_ONCE = 2; // browsers keep six connections to a place
const PAUSES = [500, 1000, 2000, 4000, 8000, 15000, 30000]; // the last one again and again

const unannounced = [];
const announcing = new Set();
const waiting = [];
const moving = new Set();
let tus;

export const isMoving = () => [unannounced, waiting].some((queue) => queue.length) || announcing.size + moving.size > 0;

export class Transfer {
  state = "waiting"; // uploading, paused (it tries again), done, failed, ended
  sent = 0;
  reason = ""; // why it failed, or is paused
  isSignedOut = false;
  #pace = new Pace();
  #pauses = 0; // since anything of it arrived
  #timer;
  #upload;

  constructor({ id, file, there, metadata, address, piece, watch }) {
    Object.assign(this, { id, file, there, metadata, address, piece, watch });
    this.sent = there ?? 0;
  }

  begin() {
    this.reason = "";
    this.#become("waiting");
    (this.there === undefined ? unannounced : waiting).push(this);
    pump();
  }

  // Whatever may pass is left to tus, which announces it again when its turn has come.
  async announce() {
    announcing.add(this);
    this.metadata = { ...this.metadata, ends: await endsOf(this.file).catch(() => "") };
    const headers = { "Upload-Length": this.file.size, "Upload-Metadata": encoded(this.#metadata) };
    const answer = await request("POST", this.address, headers).catch(() => null);
    announcing.delete(this);
    if (this.state === "ended") {
      if (answer?.ok) request("DELETE", `${this.address}${this.id}/`).catch(() => {});
    } else if (answer?.ok) {
      this.there = 0;
      waiting.push(this);
      this.watch(this);
    } else if (mayPass(answer?.status ?? 0)) waiting.push(this);
    else this.#fail(sentence(answer.status, answer.headers.get("Content-Type"), await answer.text()));
    pump();
  }

  get #metadata() {
    return { ...this.metadata, filename: this.file.name, id: this.id };
  }

  get speed() {
    return this.#pace.speed;
  }

  end() {
    this.#upload?.abort();
    this.#stop("ended");
  }

  start() {
    moving.add(this);
    this.#send();
  }

  goOn() {
    if (this.state !== "paused") return;
    this.#pauses = 0; // what has just come back may not lead to the studio yet
    this.#send();
  }

  async #send() {
    clearTimeout(this.#timer);
    this.#become("uploading");
    tus ??= await library().catch(() => null);
    if (this.state !== "uploading") return;
    if (!tus) {
      this.#pause(0, sentence(0));
      return;
    }
    const known = this.there !== undefined; // the studio has it announced: it says how far it is
    this.#upload = new tus.Upload(this.file, {
      endpoint: this.address,
      uploadUrl: known ? `${this.address}${this.id}/` : null,
      metadata: this.#metadata,
      chunkSize: this.piece,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => {
        this.there ??= 0;
        this.isSignedOut = false;
        if (this.state !== "ended") this.watch(this);
      },
      onProgress: (sent) => this.#moved(sent),
      onChunkComplete: () => (this.#pauses = 0),
      onSuccess: () => this.#stop("done"),
      onError: (error) => this.#brokenOff(error),
    });
    this.#upload.start();
  }

  #moved(sent) {
    this.sent = sent;
    this.#pace.note(sent);
    this.#become("uploading");
  }

  async #brokenOff({ originalResponse: answer }) {
    const status = answer?.getStatus() ?? 0;
    // To the browser, a drive that was unplugged is a request that came to nothing.
    const isThere = status || (await this.file.slice(0, 1).arrayBuffer().catch(() => null));
    if (this.state === "ended") return;
    if (!isThere) this.#fail("The file cannot be read any more: it was moved or changed. Choose it again.");
    else {
      const reason = sentence(status, answer?.getHeader("Content-Type"), answer?.getBody());
      if (mayPass(status)) this.#pause(status, reason);
      else this.#fail(reason);
    }
  }

  #pause(status, reason) {
    this.reason = reason;
    this.isSignedOut = status === 401;
    this.#pace.forget();
    const pause = PAUSES[Math.min(this.#pauses++, PAUSES.length - 1)];
    // There are too many, and those that end this by coming to an end may be waiting for this place.
    const isTooMany = status === 429;
    if (isTooMany) moving.delete(this);
    this.#timer = setTimeout(() => (isTooMany ? this.#queue() : this.#send()), pause);
    this.#become("paused");
    pump();
  }

  #queue() {
    waiting.push(this);
    pump();
  }

  #fail(reason) {
    this.reason = reason;
    this.#stop("failed");
  }

  #stop(state) {
    clearTimeout(this.#timer);
    moving.delete(this);
    for (const queue of [unannounced, waiting]) {
      if (queue.includes(this)) queue.splice(queue.indexOf(this), 1);
    }
    this.#become(state);
    pump();
  }

  #become(state) {
    if (this.state === "ended") return; // what left before is still heard of
    this.state = state;
    this.watch(this);
  }
}

function pump() {
  while (announcing.size < ANNOUNCED_AT_ONCE && unannounced.length) unannounced.shift().announce();
  while (moving.size < AT_ONCE && waiting.length) waiting.shift().start();
}

async function library() {
  await import("../vendor/tus/tus.min.js"); // only who uploads needs it
  return window.tus;
}

const request = (method, address, headers) =>
  fetch(address, { method, headers: { "Tus-Resumable": "1.0.0", ...headers } });

const encoded = (metadata) =>
  Object.entries(metadata)
    .map(([name, value]) => `${name} ${btoa(String.fromCharCode(...new TextEncoder().encode(value)))}`)
    .join(",");

const mayPass = (status) =>
  !status || [401, 408, 409, 423, 429, 460].includes(status) || (status >= 500 && status !== 507);

function sentence(status, type, text) {
  if (!status) return "The connection is lost.";
  if (status === 401) return "You are signed out: sign in, and it goes on.";
  if (status === 404 || status === 410) return "The studio knows nothing of this upload any more.";
  return (type?.startsWith("text/plain") && text.trim()) || `The studio could not do it (${status}).`;
}

// The network is back, or somebody is, who may have signed in elsewhere.
for (const event of ["online", "focus"]) {
  addEventListener(event, () => [...moving].forEach((transfer) => transfer.goOn()));
}

// Of one that has come to a stop nothing else is heard.
setInterval(() => {
  for (const transfer of moving) if (transfer.state === "uploading") transfer.watch(transfer);
}, 1000);

addEventListener("beforeunload", (event) => {
  if (isMoving()) event.preventDefault();
});
