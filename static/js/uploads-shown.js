// What uploads bring is shown where files are listed, and on the page of the file that they are a new version of;
// in the picker it is picked as soon as it is announced.
import { extend, htmx } from "./studio.js";
import { boxes, pick, pickInstead, whenListed } from "./picks.js";
import { clearSettled } from "./upload-rows.js";
import { isMoving } from "./uploads.js";

const dialog = document.getElementById("picker");
const toPick = new Set();
const finding = () => document.querySelector(".finding");
const fileHere = () => document.getElementById("media-file");
const SOON = 200;
const EVERY = 1000;
let latest = -EVERY;
let timer;
let isBehind = false; // what is listed is older than what became of uploads
let isAskedHere = false;
let isToBeEmptied = false; // what is sought: what was brought since is called otherwise

// Of many that come one after the other: every second, and never before the last answer.
function findAnew() {
  timer ??= setTimeout(find, Math.max(SOON, latest + EVERY - performance.now()));
}

function find() {
  timer = undefined;
  latest = performance.now();
  const form = finding();
  if (form?.matches(".htmx-request")) findAnew();
  else if (form) ask(form);
  else if (fileHere()) showFile();
  else if (!dialog && !isMoving()) location.reload(); // nothing is listed here yet
}

function ask(form) {
  isBehind = false;
  isAskedHere = true;
  form.requestSubmit();
  isAskedHere = false;
}

// Loaded anew, the page would lose where the player stands and what is typed, also for a version that was refused.
function showFile() {
  const source = document.getElementById("upload-zone"); // the file itself may be asking already
  const address = location.pathname + location.search;
  htmx.ajax("GET", address, { source, target: fileHere(), swap: "outerMorph", isOfFile: true });
}

// Who has gone on through the list has it as it is while others are on their way: it begins anew with its first page.
function isGoneThrough() {
  const found = document.querySelector("#found, #picker-files");
  return found.scrollTop > 0 || found.getBoundingClientRect().top < -innerHeight;
}

document.addEventListener("uploads:brought", ({ target }) => {
  if (target.closest("dialog[open]")) isToBeEmptied = true;
});

document.addEventListener("uploads:announced", ({ target, detail }) => {
  if (!target.closest("dialog[open]")) return;
  toPick.add(detail);
  if (isToBeEmptied) {
    const { q, filter } = finding().elements;
    q.value = "";
    filter.value = "";
    isToBeEmptied = false; // others may be announced for minutes, while something else is typed
  }
  findAnew();
});

document.addEventListener("uploads:settled", ({ detail: { isAll } }) => {
  if ((isAll && !isMoving()) || fileHere() || (finding() && !isGoneThrough())) findAnew();
  else isBehind = true;
});

document.addEventListener("uploads:over", () => {
  if (isBehind && finding()) findAnew();
});

// Another tab or somebody else may have changed what is listed.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && navigator.onLine && !dialog && finding() && !isGoneThrough()) findAnew();
});

extend("uploads-shown", {
  // Nobody has asked for it: focus, scroll and what is open or plays stay.
  htmx_config_request(_form, { ctx }) {
    if (isAskedHere) ctx.swap = "outerMorph";
  },

  htmx_before_morph_node(row) {
    if (row.querySelector?.(":scope > .picker-preview")) return false;
  },

  htmx_finally_request(form, { ctx }) {
    if (ctx.isOfFile && ctx.response?.raw.ok) clearSettled(); // the page says it now
    const isEnd = /\/uploads\/[^/]+\/end\/$/.test(ctx.request.action);
    if (isEnd && (finding() || fileHere())) findAnew(); // its card goes with its row
    const [, id] = ctx.request.action.match(/([^/]+)\/use-other\/$/) ?? [];
    if (!id || !dialog || !ctx.response?.raw.ok) return;
    pickInstead(id, form.dataset.takesPlace);
    findAnew();
  },
});
dialog?.addEventListener("close", () => {
  toPick.clear();
  isToBeEmptied = false;
});

whenListed(() => {
  const brought = boxes().filter((box) => toPick.delete(box.value));
  brought.sort((one, other) => (one.value < other.value ? -1 : 1)); // as they were chosen
  if (brought.length) pick(brought, true);
});
