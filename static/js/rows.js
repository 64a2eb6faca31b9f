// Rows that did not come with the page: first those of chapters in view, a few requests at once, then others.
// Each place for them is a link in <div class="rows-wanted" data-rows="20">; where they come to nothing, it is
// what tries again.
import { extend, htmx } from "./studio.js";

const AT_ONCE = 4; // browsers keep six connections to a place
const MOST = 100; // rows that one answer brings: see courses/rows.py
const PLACES = 50; // each is 42 characters of an address, of which gunicorn reads 4,094
// With so many in the page others come when they are scrolled to. Chromium's autofill looks at all forms of a page
// whenever one comes or goes: of 900 rows for a quarter of a second, of 2,000 for more than one, of 3,000 for seven.
const ENOUGH = 1000;
const groups = new Map(); // link → the places for which its request asks
const inView = new Set();
const linkOf = (place) => place.querySelector("a");
const chapterOf = (place) => place.closest(".chapter").id.replace("chapter-", "");

// Small chapters that stand together come together.
function ask() {
  while (groups.size < AT_ONCE) {
    const places = [...document.querySelectorAll(".rows-wanted:not([data-asked], [data-failed]):has([hx-get])")];
    const start = places.findIndex((place) => inView.has(place));
    if (start < 0 && !sought && document.querySelectorAll(".video-row").length >= ENOUGH) return;
    let rows = 0;
    const group = places.slice(Math.max(0, start)).filter((place, index) => {
      rows += Number(place.dataset.rows);
      return !index || (rows <= MOST && index < PLACES);
    });
    if (!group.length) return;
    want(group);
    htmx.trigger(linkOf(group[0]), "wanted");
  }
}

function want(group) {
  for (const place of group) {
    place.removeAttribute("data-failed");
    place.toggleAttribute("data-asked", true);
  }
  groups.set(linkOf(group[0]), group);
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) inView[isIntersecting ? "add" : "delete"](target);
    ask();
  },
  { rootMargin: "50%" },
);

function watch() {
  for (const place of document.querySelectorAll(".rows-wanted")) watcher.observe(place);
}

// What the address names may come later; who went elsewhere meanwhile stays there.
let [sought] = location.hash.slice(1).match(/^video-.+/) ?? [""];
if (document.getElementById(sought)) sought = "";
for (const event of ["wheel", "touchmove", "pointerdown", "keydown"]) {
  addEventListener(event, () => (sought = ""), { once: true, passive: true });
}

function seek() {
  const row = sought && document.getElementById(sought);
  if (!row) return;
  sought = "";
  row.scrollIntoView({ block: "center" });
}

let begun = false;

extend("rows", {
  htmx_after_process() {
    if (begun) return;
    begun = true;
    watch();
    setTimeout(ask, 500); // a tab that nobody has looked at has nothing in view
  },

  htmx_config_request(link, { ctx }) {
    const place = link.closest?.(".rows-wanted");
    if (!place || link.tagName !== "A") return;
    if (!groups.has(link)) want([place]);
    ctx.places = groups.get(link);
    for (const other of ctx.places.slice(1)) ctx.request.body.append("also", chapterOf(other));
  },

  htmx_finally_request(_link, { ctx }) {
    if (!ctx.places) return;
    groups.delete(linkOf(ctx.places[0]));
    const isAnswered = ctx.status === "swapped" && ctx.response.status < 300;
    for (const place of ctx.places) {
      place.removeAttribute("data-asked");
      if (!place.isConnected) inView.delete(place);
      // An answer may leave out those that it has no room for, but not the first.
      else if (!isAnswered || place === ctx.places[0]) place.toggleAttribute("data-failed", true);
    }
    watch();
    seek();
    setTimeout(ask); // what was asked for is drawn first
  },
});

addEventListener("online", () => {
  for (const place of document.querySelectorAll(".rows-wanted[data-failed]:has([hx-get]:not([hx-get$=anew]))")) place.removeAttribute("data-failed");
  ask();
});
