// An edit is a form. What it is about to do is shown in the task of the click, as marks on what it concerns;
// when its request is over its marks go, and what the studio said stands there, or what was there before.
import { extend } from "./studio.js";
import { isSentAgain, sendAgain } from "./csrf.js";
import { chooseAgain, isAnyChosen, letGoOf } from "./chosen.js";
import { guessOf } from "./edit-guesses.js";
import { carryOver } from "./marks.js";
import { complain, putAway } from "./toasts.js";

const RESTORED = /^\/(videos|chapters|library)\/([^/]+)\/restore(-links)?\//;
const KINDS = { videos: "video", chapters: "chapter", library: "media" };

// What is restored gets the focus that its toast had, unless the person went on to something else meanwhile.
function focusOn(address) {
  const [, room, id] = new URL(address, location).pathname.match(RESTORED) ?? [];
  if (!room || document.getElementById(`trash-${id}`)) return;
  const element = document.getElementById(`${KINDS[room]}-${id}`);
  // It is in the library again, but something else has been looked for since.
  if (room === "library" && !element) document.querySelector(".finding")?.requestSubmit();
  const isFree = [document.getElementById("main"), document.body].includes(document.activeElement);
  if (isFree) element?.querySelector("input:not([type=hidden], .chooser)")?.focus();
}

let latest = null; // the request that was made last
let count = 0;
const newest = new Map(); // by edit: the number of the request in which it was made last

// What is sent again by itself comes behind what was done meanwhile: the older text or place is of no use any more.
function isOutdated(ctx) {
  ctx.begun ??= ++count;
  const { key } = ctx.guess ?? {};
  if (!key) return false;
  if (newest.get(key) > ctx.begun) return true;
  newest.set(key, ctx.begun);
  return false;
}

function takeBack({ marks }) {
  for (const takeAway of marks.splice(0)) takeAway();
}

extend("edits", {
  // Also when the request has to wait for others. The same edit again makes the one before it needless, if that
  // still waits; not if something else was done between them.
  htmx_config_request(form, { ctx }) {
    if (ctx.request.method === "GET") return;
    if (!ctx.links) ctx.guess = guessOf(ctx.request, form, Boolean(ctx.sent));
    if (ctx.guess && ctx.chosen) letGoOf((ctx.guess.chosen = ctx.chosen));
    if (isOutdated(ctx)) {
      takeBack(ctx.guess);
      ctx.isNeedless = true;
      return;
    }
    if (ctx.guess?.key && latest?.guess?.key === ctx.guess.key && !latest.isSent) latest.isNeedless = true;
    latest = ctx;
  },

  htmx_before_request(_form, { ctx }) {
    ctx.isSent = true;
    if (ctx.isNeedless) return false;
  },

  // What is taken back says so itself, better than the page for a broken server does.
  htmx_before_swap(_form, { ctx }) {
    if (ctx.guess && ctx.response.status >= 500) return false;
  },

  htmx_before_morph_node(old, { newNode }) {
    if (old.id) carryOver(old.id, newNode);
  },

  htmx_finally_request(form, { ctx }) {
    if (ctx.guess) takeBack(ctx.guess);
    if (ctx.guess && !ctx.isNeedless) tell(form, ctx);
    if (ctx.request.method !== "GET") setTimeout(focusOn, 0, ctx.request.action);
  },
});

const complaints = new Map(); // by edit: of the same one only the last is of interest

function tell(form, ctx) {
  const { key, failed, chosen } = ctx.guess;
  const isDone = ctx.response?.raw.ok || isSentAgain(form, ctx);
  if (chosen && !isDone && !isAnyChosen()) chooseAgain(chosen); // or something else was chosen meanwhile
  putAway(complaints.get(key));
  complaints.delete(key);
  const status = ctx.response?.status;
  if (status < 500 && ![401, 429].includes(status)) return; // it says itself what it did
  const because =
    status === 401
      ? "you are signed out"
      : status
        ? `the studio could not do it (${status})`
        : "the studio cannot be reached";
  const seems = status ? "" : ", it seems"; // without an answer nobody knows
  const toast = complain(`${failed}${seems}: ${because}.`, "Retry", () => again(form, ctx));
  if (key) complaints.set(key, toast);
}

// What is still typed in its field goes as it stands there now.
function again(form, ctx) {
  if (form.isConnected && form.matches("[data-dirty]") && /\/(title|name)\/$/.test(ctx.request.action)) form.requestSubmit();
  else sendAgain(form, ctx);
}
