// One question per page, asked again and again: what changed since? The server sets the pace.
// <div id="feed" hx-get="…/changes/" hx-trigger="ask" hx-swap="none" data-since="41" data-poll="10">
import { extend, htmx } from "./studio.js";

const LONGEST = 30_000;
const SOON = 300;
const PATIENCE = 3; // failures in a row, until the person is told
const feed = document.getElementById("feed");
const isWrite = (element, ctx) => feed && element !== feed && ctx.request.method !== "GET";
let seconds = Number(feed?.dataset.poll ?? 0);
let failures = 0;
let timer;

function tell() {
  document.getElementById("feed-trouble").hidden = failures < PATIENCE;
}

function arm(milliseconds) {
  clearTimeout(timer);
  if (feed && milliseconds) timer = setTimeout(ask, milliseconds);
}

// As the server says; after a failure 2, 4, 8 … seconds. With some chance in it, so that the pages of a
// class do not ask in step.
function pause() {
  const wanted = failures ? Math.min(LONGEST, 1000 * 2 ** failures) : seconds * 1000;
  return wanted * (0.85 + 0.3 * Math.random());
}

function ask() {
  if (!feed) return;
  arm(pause()); // first: a question that is dropped while another is under way reports nothing
  if (!document.hidden && navigator.onLine) htmx.trigger(feed, "ask");
}

extend("feed", {
  htmx_config_request(element, { ctx }) {
    if (element === feed) ctx.request.headers["HX-PTag"] = ctx.asked = feed.dataset.since;
    else if (isWrite(element, ctx)) ctx.since = feed.dataset.since;
  },

  htmx_before_swap(element, { ctx }) {
    // A failed question is nobody's business but ours; only who is signed out is told.
    if (element === feed) return ctx.response.status < 400 || ctx.response.status === 401;
    // What the feed is about to bring may be from before this write.
    if (isWrite(element, ctx)) htmx.trigger(feed, "htmx:abort");
  },

  htmx_finally_request(element, { ctx }) {
    if (element === feed) {
      const { signal } = ctx.request;
      if (signal?.aborted && signal.reason !== "timeout") return arm(SOON);
      const revision = ctx.response?.headers.get("HX-PTag");
      // Only what was merged is behind us: an answer may break off after its head.
      const merged = ctx.status === "swapped" && ctx.response.status < 300 && revision;
      failures = merged ? 0 : failures + 1;
      if (merged) {
        if (ctx.asked === feed.dataset.since) feed.dataset.since = revision; // or it went back meanwhile
        document.getElementById("signed-out")?.remove();
      }
      const given = Number(ctx.response?.headers.get("HX-Poll"));
      if (given) seconds = given;
      if (ctx.response?.status === 401) failures = 0; // which has a message of its own
      tell();
      arm(pause());
    } else if (isWrite(element, ctx)) {
      // Its answer may be older than what the feed brought meanwhile: what came since comes again.
      if (Number(ctx.since) < Number(feed.dataset.since)) feed.dataset.since = ctx.since;
      failures = 0;
      arm(SOON);
    } else if (feed && Number(ctx.response?.headers.get("HX-PTag") ?? Infinity) < Number(feed.dataset.since)) {
      // Rows as they were before what the feed brought meanwhile, which comes again.
      feed.dataset.since = ctx.response.headers.get("HX-PTag");
      arm(SOON);
    }
  },
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else ask();
});
addEventListener("online", ask);
addEventListener("pageshow", (event) => event.persisted && ask());
if (seconds) arm(pause());
