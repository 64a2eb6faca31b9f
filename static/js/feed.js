// One question per page, asked again and again: what changed since? The server sets the pace.
// <div id="feed" hx-get="…/changes/" hx-trigger="ask" hx-swap="none" data-since="41" data-poll="10">
import htmx from "../vendor/htmx/htmx.esm.min.js";

const LONGEST = 30_000;
const feed = document.getElementById("feed");
let seconds = Number(feed?.dataset.poll ?? 0);
let failures = 0;
let timer;

function arm(milliseconds) {
  clearTimeout(timer);
  if (feed && milliseconds) timer = setTimeout(ask, milliseconds);
}

// With some chance in it, so that the pages of a class do not ask in step.
function pause() {
  return Math.min(LONGEST, seconds * 1000 * 2 ** failures) * (0.85 + 0.3 * Math.random());
}

export function ask() {
  if (!feed) return;
  arm(pause()); // first: a question that is dropped behind a write reports nothing
  if (!document.hidden) htmx.trigger(feed, "ask");
}

// Something was begun that will change rows soon.
export function hurry() {
  seconds = 1;
  failures = 0;
  arm(pause());
}

htmx.registerExtension("feed", {
  htmx_config_request(element, { ctx }) {
    if (element === feed) ctx.request.headers["HX-PTag"] = feed.dataset.since;
  },

  htmx_finally_request(element, { ctx }) {
    const status = ctx.response?.status ?? 0;
    if (element === feed) {
      const gone = status === 401 || status === 404; // signed out, or no longer an author
      if (ctx.request.signal?.aborted && !status) return; // a write came first
      failures = status >= 200 && status < 300 ? 0 : failures + 1;
      if (!failures) feed.dataset.since = ctx.response.headers.get("HX-PTag");
      if (gone) seconds = LONGEST / 1000;
    }
    const pace = ctx.response?.headers.get("HX-Poll");
    if (pace) seconds = Number(pace);
    if (element === feed || pace) arm(pause());
    else if (ctx.request.method !== "GET" && (!status || status >= 500)) hurry(); // it may have been done
  },
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else ask();
});
addEventListener("online", () => ask());
addEventListener("pageshow", (event) => event.persisted && ask());
if (seconds) arm(pause());
