// Without a network nothing that a person does is lost: what is written waits in its order, with what it shows, and is
// sent when the network is back; so is what is looked for. The page says so.
import { extend, htmx } from "./studio.js";
import { say } from "./toasts.js";

const notice = document.getElementById("offline");
const waiting = new Set(); // edits and picks that are not over
let hasWaited = false;

const PAUSES = [500, 1000, 2000, 4000, 8000]; // a network that has just come back may not lead to the studio yet

// It is tried in any case: a browser may believe that it has no network, where the studio is on the same machine.
async function send(ctx, address, request) {
  let pauses = [];
  for (;;) {
    try {
      return await fetch(address, request);
    } catch (error) {
      const isAway = !navigator.onLine;
      // Where there is a network it is the studio that does not answer: the person is told, and may try again.
      if (request.signal.aborted || (!isAway && !pauses.length)) throw error;
      clearTimeout(ctx.requestTimeout); // no time passes in which the studio should have answered
      if (isAway) {
        await new Promise((resolve) => {
          addEventListener("online", resolve, { once: true });
          request.signal.addEventListener("abort", resolve); // something else is looked for
        });
        pauses = [...PAUSES];
      } else {
        await new Promise((resolve) => setTimeout(resolve, pauses.shift()));
      }
      ctx.requestTimeout = setTimeout(ctx.request.abort, htmx.config.defaultTimeout, "timeout");
    }
  }
}

function tell() {
  if (!notice) return;
  const changes = waiting.size === 1 ? "1 change" : `${waiting.size} changes`;
  if (!navigator.onLine) {
    hasWaited ||= waiting.size > 0;
    const kept = waiting.size ? `${changes} will be` : "What you do is kept, and";
    notice.textContent = `You are offline. ${kept} sent when the network is back.`;
  } else if (hasWaited && waiting.size) {
    notice.textContent = `The network is back. Sending ${changes}…`;
  } else {
    if (notice.textContent) say(hasWaited ? "The network is back, and what waited was sent." : "The network is back.");
    hasWaited = false;
    notice.textContent = "";
  }
  notice.hidden = !notice.textContent;
}

// Browsers keep 64 kB alive.
const isSmall = (body) => new URLSearchParams(body).toString().length < 30_000;

// The last to hear of a request that begins: others may have refused it.
extend("offline", {
  htmx_config_request(element, { ctx }) {
    if (ctx.request.method === "GET" && !element.matches(".finding")) return;
    ctx.fetch ??= (address, request) => send(ctx, address, request);
    if (ctx.guess || ctx.links) {
      waiting.add(ctx);
      ctx.request.keepalive ||= isSmall(ctx.request.body); // it arrives also if the page is left meanwhile
    }
    tell();
  },

  htmx_finally_request(_element, { ctx }) {
    if (waiting.delete(ctx)) tell();
  },
});

addEventListener("online", tell);
addEventListener("offline", tell);
tell();

addEventListener("beforeunload", (event) => {
  const isUnsent = [...waiting].some((ctx) => !navigator.onLine || !(ctx.isSent || ctx.isNeedless));
  if (isUnsent) event.preventDefault();
});
