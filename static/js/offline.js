// Without a network nothing that a person does is lost: what is written waits in its order, with what it shows, and is
// sent when the network is back. The page says so.
import { extend, htmx } from "./studio.js";
import { say } from "./toasts.js";

const notice = document.getElementById("offline");
const waiting = new Set(); // edits and picks that are not over
let hasWaited = false;

async function send(ctx, address, request) {
  for (;;) {
    if (!navigator.onLine) await network(ctx);
    try {
      return await fetch(address, request);
    } catch (error) {
      // Where there is a network it is the studio that does not answer: the person is told, and may try again.
      if (navigator.onLine || request.signal.aborted) throw error;
    }
  }
}

// While it is away, no time passes in which the studio should have answered.
async function network(ctx) {
  clearTimeout(ctx.requestTimeout);
  await new Promise((resolve) => addEventListener("online", resolve, { once: true }));
  ctx.requestTimeout = setTimeout(ctx.request.abort, htmx.config.defaultTimeout, "timeout");
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

// The last to hear of a request that begins: others may have refused it.
extend("offline", {
  htmx_config_request(_element, { ctx }) {
    if (ctx.request.method === "GET") return;
    ctx.fetch ??= (address, request) => send(ctx, address, request);
    if (ctx.guess || ctx.links) waiting.add(ctx);
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
  if (!navigator.onLine && waiting.size) event.preventDefault();
});
