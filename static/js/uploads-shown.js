// What uploads bring is shown where files are listed; in the picker it is picked as soon as it is announced.
import { extend } from "./studio.js";
import { boxes, pick, pickInstead } from "./picks.js";
import { isMoving } from "./uploads.js";

const dialog = document.getElementById("picker");
const toPick = new Set();
const finding = () => document.querySelector(".finding");
const SOON = 200;
const EVERY = 1000;
let latest = -EVERY;
let timer;

// Of many that come one after the other: every second, and never before the last answer.
function findAnew() {
  timer ??= setTimeout(find, Math.max(SOON, latest + EVERY - performance.now()));
}

function find() {
  timer = undefined;
  latest = performance.now();
  const form = finding();
  if (form?.matches(".htmx-request")) findAnew();
  else if (form) form.requestSubmit();
  else if (!dialog && !isMoving()) location.reload(); // nothing is listed here yet
}

// Who goes through the list, or does something in it, has it as it is while others are on their way.
function isInUse() {
  const found = document.querySelector("#found, #picker-files");
  return (
    found.matches(":focus-within, :has([open], video)") ||
    found.scrollTop > 0 ||
    found.getBoundingClientRect().top < -innerHeight
  );
}

document.addEventListener("uploads:announced", ({ target, detail }) => {
  if (!dialog?.contains(target)) return;
  toPick.add(detail);
  const form = finding(); // what is brought is called otherwise
  form.elements.q.value = "";
  form.elements.filter.value = "";
  findAnew();
});

document.addEventListener("uploads:settled", ({ detail: { isAll } }) => {
  if ((isAll && !isMoving()) || (finding() && !isInUse())) findAnew();
});

extend("uploads-shown", {
  htmx_finally_request(form, { ctx }) {
    if (/\/uploads\/[^/]+\/end\/$/.test(ctx.request.action)) findAnew(); // its card goes with its row
    const [, id] = ctx.request.action.match(/([^/]+)\/use-other\/$/) ?? [];
    if (!id || !dialog || !ctx.response?.raw.ok) return;
    pickInstead(id, form.dataset.takesPlace);
    findAnew();
  },
});
dialog?.addEventListener("close", () => toPick.clear());

dialog?.addEventListener("htmx:after:swap", () => {
  const brought = boxes().filter((box) => toPick.delete(box.value));
  brought.sort((one, other) => (one.value < other.value ? -1 : 1)); // as they were chosen
  if (brought.length) pick(brought, true);
});
