// Rows that stand in the chapter before the server knows of them. Each is a guess, drawn from the
// template of the real row under its final id; when its request is over, a guess that the server did
// not confirm is taken back, whatever the cause.
import { extend, htmx } from "./studio.js";
import { hasNewTokens, newToken } from "./csrf.js";
import { offerDrafts } from "./drafts.js";
import { guessesFrom } from "./guesses.js";
import { uuid7 } from "./ids.js";
import { asksFirst, picked } from "./picker.js";
import { STEP, lastIn } from "./places.js";
import { follow } from "./progress.js";
import { complain } from "./toasts.js";

const row = (item) => document.getElementById(`video-${item.id}`);
const listOf = (chapter) => document.getElementById(`chapter-${chapter}-videos`);
const unanswered = new Set(); // requests that ended without an answer, with their toasts

const isLinkForm = (element) => element.matches?.("form[data-optimistic-rows]");

extend("optimistic-rows", {
  // In the task of the click, also when the request has to wait for others.
  htmx_config_request(form, { ctx }) {
    if (!ctx.links && !isLinkForm(form)) return;
    const dialog = form.closest("dialog");
    if (!ctx.links) {
      if (dialog && !dialog.open) return false; // the second click of a double click
      if (asksFirst()) return false;
      ctx.links = begin(form, ctx.request);
    }
    const { links } = ctx;
    const stand = links.items.length > 0 && show(links);
    dialog?.close(); // after the rows: to give the focus back it lays out the page
    if (!stand) return false;
    ctx.request.body = links.body;
    ctx.request.action = links.address;
  },

  // A redirect that was followed, to the page for signing in, say, brings no rows.
  htmx_before_response(_form, { ctx }) {
    if (ctx.links && ctx.response.raw.redirected) return false;
  },

  // Success, refusal, no network, time out, abort: all end here. Keep it simple: a throw in it would
  // stop the queue for good.
  htmx_finally_request(_form, { ctx }) {
    if (!ctx.links) return;
    const { links } = ctx;
    const left = links.items.map(row).filter((one) => one?.hasAttribute("data-optimistic"));
    for (const one of left) one.remove();
    // With the chapter its guesses have gone.
    const count = listOf(links.chapter) ? left.length : links.items.length;
    if (!count) return;
    if (hasNewTokens(ctx) && !links.sentAgain) {
      links.sentAgain = true;
      setTimeout(again, 0, links);
      return;
    }
    const answered = ctx.response && !ctx.response.raw.redirected && ctx.response.status < 500;
    if (answered && ![401, 403, 429].includes(ctx.response.status)) return; // it says why itself
    links.toast = complain(reason(ctx, count), "Retry", () => {
      unanswered.delete(links);
      links.sentAgain = false;
      again(links);
    });
    unanswered.add(links);
  },

  // Its own toast says it better than the page for a broken server does.
  htmx_before_swap(_form, { ctx }) {
    if (ctx.links && ctx.response.status >= 500) return false;
  },

  // The answer was lost, but not the rows: the feed brought them.
  htmx_after_swap() {
    for (const links of unanswered) {
      if (!links.items.every(row)) continue;
      links.toast.remove();
      unanswered.delete(links);
    }
  },
});

function begin(form, request) {
  const items = picked().map((pick) => ({ id: uuid7(), ...pick }));
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const item of items) {
    body.append("media", item.media);
    body.append("video", item.id);
  }
  return { items, body, chapter: form.dataset.optimisticRows, address: request.action };
}

function again(links) {
  links.body.set("csrfmiddlewaretoken", newToken()); // another one since, after signing in again
  const form = document.getElementById("again");
  htmx.ajax("POST", links.address, { source: form, swap: "none", links });
}

// False if there is no such chapter any more.
function show({ items, chapter }) {
  const list = listOf(chapter);
  if (!list) {
    complain("The videos were not added: somebody removed the chapter.");
    return false;
  }
  const draw = guessesFrom("video-row-template");
  const missing = items.filter((item) => !row(item)); // the others did arrive
  const last = lastIn(list);
  const guesses = missing.map((item, index) => drawn(draw(item.id), item, last + STEP * (index + 1)));
  list.append(...guesses);
  follow(list.closest(".chapter"));
  // What makes them work may wait for the frame that shows them: of 50 it is a third of the time.
  setTimeout(() => {
    for (const guess of guesses) {
      htmx.process(guess);
      offerDrafts(guess);
    }
  });
  return true;
}

function drawn(guess, { title, poster, time }, position) {
  guess.dataset.pos = position; // what is moved meanwhile has a place before or after it
  guess.querySelector("[name=title]").setAttribute("value", title);
  guess.querySelector(".poster").replaceWith(guess.ownerDocument.importNode(poster, true));
  guess.querySelector(".video-row-time").textContent = time;
  return guess;
}

function reason(ctx, count) {
  const what = count === 1 ? "The video was not added" : `The ${count} videos were not added`;
  if (!ctx.response) return `${what}: the studio cannot be reached.`;
  if (ctx.response.status === 401 || ctx.response.raw.redirected) return `${what}: you are signed out.`;
  return `${what}: the studio could not do it (${ctx.response.status}).`;
}
