// The rows of uploads: what moves is drawn from here, everything else by the studio.
import { extend, htmx } from "./studio.js";
import { endsIn, endsOf } from "./file-ends.js";
import { guessesFrom } from "./guesses.js";
import { uuid7 } from "./ids.js";
import { Pace } from "./pace.js";
import { Transfer } from "./uploads.js";
import { complain, putAway, say } from "./toasts.js";

const ASK_AGAIN = 1000;
const LONGEST = 15_000;
const DONE = ".upload-row:is([data-status=ready], [data-status=broken])";
const BECAME = { ready: "Ready", broken: "Broken" };
const MOST_AT_ONCE = 100; // or the address becomes too long: gunicorn takes 4,094 letters
const zone = () => document.getElementById("upload-zone");
const list = () => document.getElementById("upload-rows");
const row = (transfer) => document.getElementById(`upload-${transfer.id}`);
const idOf = (element) => element?.id.replace("upload-", "");
const transfers = new Map(); // id → transfer
const together = new Map(); // and those that are there, until all are
const pace = new Pace(); // of all
let complaint;
let timer;
let failures = 0;
let turns = 0;
let wasMoving = false;

// What names keep of media_library/names.py, whatever that takes out or puts in for people to read.
const essence = (name) => name.replace(/^.*[\\/]|[\p{C}\s]/gsu, "").normalize("NFC");

// One that was broken off goes on: of the same name, as many bytes as the studio waits for, and the same ends.
async function interrupted(file) {
  for (const one of list()?.querySelectorAll("[data-status=uploading]") ?? []) {
    const transfer = transfers.get(idOf(one));
    if (transfer && (transfer.state !== "failed" || transfer.file.lastModified !== file.lastModified)) continue;
    if (Number(one.dataset.size) !== file.size || essence(one.dataset.name) !== essence(file.name)) continue;
    const known = endsIn(one.dataset.metadata);
    if (!known || known === (await endsOf(file))) return one;
  }
}

// By what the zone said when they came: the picker that it stood in may be closed by now.
export async function bring(files, { uploads, piece, versionOf }) {
  const begun = [];
  for (const file of files) {
    const going = await interrupted(file);
    const id = idOf(going) ?? uuid7();
    const transfer = new Transfer({
      id,
      file,
      there: going && (transfers.has(id) ? transfers.get(id).there : 0),
      metadata: versionOf ? { versionOf } : {},
      address: uploads,
      piece: Number(piece),
      watch: tell,
    });
    transfer.isResumed = Boolean(going);
    transfers.set(id, transfer);
    begun.push(transfer);
  }
  drawMissing();
  announce("brought");
  for (const transfer of begun) transfer.begin();
}

function drawMissing() {
  if (!list()) return;
  const guessOf = guessesFrom("upload-row-template");
  const missing = [...transfers.values()].filter((transfer) => !row(transfer));
  const guesses = missing.map(({ id, file }) => {
    const guess = guessOf(id);
    guess.dataset.name = file.name;
    guess.dataset.size = file.size;
    guess.querySelector(".upload-row-name").textContent = file.name;
    guess.querySelector("form button").ariaLabel = `Cancel the upload of “${file.name}”`;
    guess.querySelector("progress").ariaLabel = file.name;
    return guess;
  });
  list().prepend(...guesses);
  guesses.forEach((guess) => htmx.process(guess));
}

// A picker that was closed is open again: the studio takes for interrupted what comes from here.
extend("upload-rows", {
  htmx_before_swap(form, { ctx }) {
    if (ctx.response.raw.ok && ctx.request.action.endsWith("/end/")) passFocus(form.closest(".upload-row"));
    if (ctx.isOfUploads) ctx.unsettled = unsettled();
  },

  htmx_after_swap(_element, { ctx }) {
    tellElsewhere();
    if (ctx.isOfUploads) tellSettled(ctx.unsettled);
    if (!list() || !transfers.size) return;
    drawMissing();
    transfers.forEach(draw);
    tellAll();
  },

  htmx_finally_request(_element, { ctx }) {
    if (ctx.isOfUploads) failures = ctx.response?.raw.ok ? 0 : failures + 1;
  },
});

function tell(transfer) {
  const element = row(transfer);
  if (transfer.there !== undefined && !transfer.isTold) {
    transfer.isTold = true;
    announce("announced", transfer.id);
  }
  if (transfer.state === "done") transfers.delete(transfer.id);
  if (transfer.state === "ended") together.delete(transfer.id);
  else together.set(transfer.id, transfer);
  if (leavesOrJoins(transfer)) pace.forget();
  const isUnseen = !element || element.closest("dialog:not([open])");
  if (transfer.state === "failed" && isUnseen) complainOf(transfer);
  draw(transfer);
  if (transfer.state === "done" && element) {
    element.dataset.status = "processing";
    arm();
  }
  tellElsewhere(`[data-sent="${transfer.id}"]`);
  tellAll();
}

// With what it has: that did not come just now.
function leavesOrJoins(transfer) {
  if (transfer.isResumed && transfer.sent) {
    transfer.isResumed = false;
    return true;
  }
  return ["ended", "failed"].includes(transfer.state) || (transfer.state === "waiting" && transfer.sent > 0);
}

function draw(transfer) {
  const element = row(transfer);
  if (!element) return;
  element.dataset.transfer = transfer.state;
  const bar = element.querySelector("progress");
  if (bar) bar.value = percent(transfer);
  element.querySelector("[data-facts]").textContent = facts(transfer);
  offer(element, transfer);
}

// Where else its file is listed: the studio knows only of what is stored, and not whether anybody sends the rest.
function tellElsewhere(these = "[data-sent]") {
  for (const one of document.querySelectorAll(these)) {
    const id = one.dataset.sent;
    const transfer = transfers.get(id);
    const there = document.getElementById(`upload-${id}`);
    if (!transfer && !there) continue; // another page brings it
    const isOver = !transfer && there.dataset.status !== "uploading";
    const isInterrupted = !isOver && (!transfer || transfer.state === "failed");
    const words = `${isInterrupted ? "Interrupted at" : "Uploading"} ${transfer ? percent(transfer) : there.querySelector("progress")?.value} %`;
    one.toggleAttribute("data-interrupted", isInterrupted);
    one.textContent = isOver ? (BECAME[there.dataset.status] ?? "Processing…") : words;
  }
}

function announce(what, detail) {
  zone()?.dispatchEvent(new CustomEvent(`uploads:${what}`, { detail, bubbles: true }));
}

const failed = () => [...transfers.values()].filter(({ state }) => state === "failed");

// The picker is closed, and nobody sees its rows.
function complainOf({ file, reason }) {
  putAway(complaint);
  const others = failed().length - 1;
  const more = others ? ` and ${others} more were` : " was";
  complaint = complain(`“${file.name}”${more} not uploaded: ${reason}`, "Retry", retryAll);
}

const retryAll = () => failed().forEach((transfer) => transfer.begin());

// What a person can do about it.
function offer(element, transfer) {
  show(element.querySelector("[data-retries]"), transfer.state === "failed");
  show(element.querySelector("[data-signs-in]"), transfer.isSignedOut && transfer.state !== "failed");
}

function show(button, isOffered) {
  if (!button) return; // the studio has drawn the row as something else meanwhile
  if (!isOffered && document.activeElement === button) {
    (button.closest(".upload-row") ?? list()).querySelector("form button")?.focus();
  }
  button.hidden = !isOffered;
}

const percent = (transfer) => Math.floor((100 * transfer.sent) / (transfer.file.size || 1));

function facts(transfer) {
  const of = `${percent(transfer)} % of ${bytes(transfer.file.size)}`;
  if (transfer.state === "done") return `${bytes(transfer.file.size)} · arrived`;
  if (transfer.state === "waiting") return `${bytes(transfer.file.size)} · waiting for the others`;
  if (transfer.state === "failed") return transfer.reason;
  if (transfer.state === "paused") return `${of} · ${transfer.reason}${transfer.isSignedOut ? "" : " Trying again…"}`;
  if (!transfer.speed || transfer.sent === transfer.file.size) return of;
  return `${of} · ${bytes(transfer.speed)}/s · ${timeLeft((transfer.file.size - transfer.sent) / transfer.speed)}`;
}

// What was refused is on no way, and counts again when it is tried again.
function tellAll() {
  const all = [...together.values()].filter(({ state }) => state !== "failed");
  const there = all.filter(({ state }) => state === "done").length;
  const isMoving = there < all.length;
  const sent = total(all, ({ sent }) => sent);
  pace.note(sent);
  if (!isMoving) {
    together.clear();
    pace.forget();
    if (wasMoving) {
      say("The uploads are over.");
      announce("over");
    }
  }
  wasMoving = isMoving;
  const line = document.getElementById("upload-all");
  if (!line) return;
  show(document.querySelector("[data-retries-uploads]"), failed().length > 1);
  line.textContent = isMoving ? factsOfAll(there, all, sent) : "";
}

function factsOfAll(there, all, sent) {
  const files = all.length === 1 ? "1 file on the way" : `${there} of ${all.length} files`;
  const size = total(all, ({ file }) => file.size);
  return `${files} · ${bytes(sent)} of ${bytes(size)}${pace.speed > 0 ? ` · ${timeLeft((size - sent) / pace.speed)}` : ""}`;
}

const total = (all, number) => all.reduce((sum, one) => sum + number(one), 0);

// As config/template_tags.py says it.
function bytes(size) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1000;
  return `${size >= 10 || !unit ? size.toFixed(0) : size.toFixed(1)} ${units[unit]}`;
}

function timeLeft(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s left`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min left`;
  return `${(seconds / 3600).toFixed(1)} h left`;
}

// What the studio makes of those that have arrived, and of those that another page brings.
const unsettled = () =>
  [...(list()?.children ?? [])]
    .filter((one) => one.dataset.status === "processing" && !transfers.has(idOf(one)))
    .map(idOf);

// Others that arrive meanwhile put nothing off, and while one question is on its way no other is asked.
function arm() {
  timer ??= setTimeout(ask, Math.min(LONGEST, ASK_AGAIN * 2 ** failures));
}

async function ask() {
  if (!document.hidden) await askFor(unsettled());
  clearTimeout(timer);
  timer = undefined;
  if (unsettled().length) arm();
}

addEventListener("online", () => {
  failures = 0;
  ask();
});

function tellSettled(before) {
  const left = new Set(unsettled());
  if (before.some((id) => !left.has(id))) announce("settled", { isAll: !left.size });
}

async function askFor(ids) {
  if (!ids.length) return;
  const from = (turns++ * MOST_AT_ONCE) % ids.length; // where there are more, each has its turn
  const some = [...ids.slice(from), ...ids.slice(0, from)].slice(0, MOST_AT_ONCE);
  const query = new URLSearchParams(some.map((id) => ["id", id]));
  await htmx.ajax("GET", `${zone().dataset.rows}?${query}`, { source: list(), swap: "none", isOfUploads: true });
  offerToClear();
}

// Before htmx: what the studio was never told of is ended here, and nowhere else.
document.addEventListener(
  "submit",
  (event) => {
    const element = event.target.closest?.(".upload-row");
    const transfer = transfers.get(idOf(element));
    if (!transfer) return;
    transfer.end();
    transfers.delete(transfer.id);
    if (transfer.there !== undefined) return;
    event.preventDefault();
    event.stopPropagation();
    passFocus(element);
    element.remove();
    tellAll();
  },
  { capture: true },
);

// To the next that can be cancelled, or the one before, or to where others are chosen.
function passFocus(element) {
  if (!element?.contains(document.activeElement)) return;
  const all = [...list().children];
  const here = all.indexOf(element);
  const others = [...all.slice(here + 1), ...all.slice(0, here).reverse()];
  const next = others.map((one) => one.querySelector(":scope > form button")).find(Boolean);
  (next ?? zone().querySelector("[type=file]")).focus();
}

// What broke off with the page before: the studio has stored the last of it only by now.
function askForInterrupted() {
  const left = [...list().querySelectorAll("[data-status=uploading]")].map(idOf);
  askFor(left.filter((id) => !transfers.has(id)));
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-retries-uploads]")) retryAll();
  if (target.closest("[data-retries]")) transfers.get(idOf(target.closest(".upload-row"))).begin();
  if (target.closest("[data-clears-uploads]")) clearSettled();
});

export function clearSettled() {
  for (const row of list().querySelectorAll(DONE)) row.remove();
  offerToClear();
}

// Nothing is under way, and rows say only what their cards say.
function offerToClear() {
  const button = document.querySelector("[data-clears-uploads]");
  if (button) button.hidden = transfers.size > 0 || !list().querySelector(DONE);
}

if (zone()) {
  arm();
  tellElsewhere();
  setTimeout(askForInterrupted, 2 * ASK_AGAIN);
}
