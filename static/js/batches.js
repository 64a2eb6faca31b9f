// What becomes of batches: asked once a second while something is under way. When one is over, the cards of
// its files are drawn as they are now.
import { extend, htmx } from "./studio.js";
import { firstInView, isAnyChosen, list } from "./chosen.js";
import { say } from "./toasts.js";

const ASK_AGAIN = 1000;
const LONGEST = 15_000;
const MOST_AT_ONCE = 50; // or the address becomes too long
const BRINGS_TO = { library: "restore", trash: "delete" };
const region = () => document.getElementById("batches");
const known = new Map(); // id of a batch → { ids of its files, or isAll; takesAway, isOver }
const moving = new Set();
let failures = 0;
let hadFocus = false;
let timer;

const items = () => [...document.querySelectorAll("[data-choosable] > [data-file]")];
const of = ({ ids }) => items().filter(({ dataset }) => ids.has(dataset.file));
// Which of them there are is known to the studio alone: any card may be one.
const unknown = () => ({ ids: new Set(), isAll: true });

// Of all that match, these are the ones that stand here now.
export function expectBatch(id, { ids, takesAway }) {
  const here = items().map(({ dataset }) => dataset.file);
  known.set(id, { ids: new Set(ids ?? here), isAll: !ids, takesAway });
  hide();
}

export const isListed = (id) => Boolean(document.getElementById(`batch-${id}`));

// It never began.
export function forgetBatch(id) {
  const batch = known.get(id);
  known.delete(id);
  if (!batch?.takesAway) return;
  for (const item of of(batch)) item.removeAttribute("data-leaving");
  hide();
}

function hide() {
  for (const batch of known.values()) {
    if (!batch.takesAway || batch.isOver) continue;
    for (const item of of(batch)) item.toggleAttribute("data-leaving", true);
  }
}

function show(batch) {
  for (const item of of(batch)) {
    item.removeAttribute("data-leaving");
    item.hidden = false;
  }
}

function arm() {
  clearTimeout(timer);
  if (region()?.hasAttribute("data-moving")) {
    timer = setTimeout(ask, Math.min(LONGEST, ASK_AGAIN * 2 ** failures));
  }
}

function ask() {
  if (!document.hidden) askNow();
}

export function askNow() {
  return htmx.ajax("GET", region().dataset.address, { source: region(), swap: "none" });
}

// Each batch that has just ended is told of once, and its files are drawn anew.
function look() {
  for (const element of region().querySelectorAll(".batch")) {
    const id = element.id.replace("batch-", "");
    const { undoes } = element.dataset;
    if (undoes && known.has(undoes) && !known.has(id)) {
      const { ids, isAll } = known.get(undoes);
      known.set(id, { ids, isAll });
      known.get(undoes).isOver = true;
    }
    if (element.hasAttribute("data-waiting")) {
      moving.add(id);
    } else if (moving.delete(id) || (known.has(id) && !known.get(id).isOver)) {
      over(id, element);
    }
  }
}

function over(id, element) {
  const batch = known.get(id) ?? unknown();
  known.set(id, { ...batch, isOver: true });
  say(element.querySelector(".batch-said").textContent);
  const isBack = element.dataset.verb === BRINGS_TO[region().dataset.place];
  const there = batch.isAll ? items() : of(batch);
  if (isBack && (batch.isAll || there.length < batch.ids.size)) findAnew();
  else settle(there.map(({ dataset }) => dataset.file));
}

// All that stood here is gone: there may be others, or words for it.
function lookForMore() {
  const isSettled = ![...known.values()].some((batch) => !batch.isOver);
  const here = items();
  if (isSettled && here.length && here.every((item) => item.hidden)) findAnew();
}

// Files that are back, but have no card here.
function findAnew() {
  const form = document.querySelector(".finding");
  if (form) form.requestSubmit();
  else if (!isAnyChosen()) location.reload();
}

function settle(ids) {
  for (let from = 0; from < ids.length; from += MOST_AT_ONCE) {
    const settles = ids.slice(from, from + MOST_AT_ONCE);
    const query = new URLSearchParams(settles.map((id) => ["media", id]));
    htmx.ajax("GET", `${region().dataset.cards}&${query}`, { source: list(), swap: "none", settles });
  }
}

extend("batches", {
  htmx_config_request(form, { ctx }) {
    const { undoesBatch, retriesBatch } = form.dataset ?? {};
    if (retriesBatch) {
      known.set(retriesBatch, { ...(known.get(retriesBatch) ?? unknown()), isOver: false });
      hide();
    } else if (undoesBatch) {
      ctx.undone = { ...(known.get(undoesBatch) ?? unknown()), isOver: true };
      known.set(undoesBatch, ctx.undone);
      show(ctx.undone);
    }
  },

  htmx_before_swap(element, { ctx }) {
    hadFocus = Boolean(region()?.contains(document.activeElement));
    // A failed question is nobody's business but ours; only who is signed out is told.
    if (element === region()) return ctx.response.status < 400 || ctx.response.status === 401;
    if (!ctx.settles || !ctx.response.raw.ok) return;
    for (const item of items()) {
      if (ctx.settles.includes(item.dataset.file)) item.removeAttribute("data-leaving");
    }
  },

  htmx_after_swap() {
    if (!region()) return;
    hide();
    look();
    arm();
    lookForMore();
    // The button that had it is gone: pressed once more, the next one shall do no harm.
    if (hadFocus && document.activeElement === document.body) {
      const button = region().querySelector("[id$=-dismiss] button") ?? region().querySelector("button");
      (button ?? firstInView() ?? document.getElementById("main")).focus();
    }
    hadFocus = false;
  },

  htmx_finally_request(element, { ctx }) {
    if (ctx.undone && !ctx.response?.raw.ok) settle(of(ctx.undone).map(({ dataset }) => dataset.file));
    if (element !== region()) return;
    failures = ctx.response?.raw.ok ? 0 : failures + 1;
    arm();
  },
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && region()?.hasAttribute("data-moving")) ask();
});
if (region()) {
  look();
  arm();
}
