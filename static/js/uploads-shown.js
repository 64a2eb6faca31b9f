// What uploads bring is shown where files are listed; in the picker it is picked as soon as it is announced.
import { extend } from "./studio.js";
import { boxes, pick, pickInstead } from "./picks.js";
import { isMoving } from "./uploads.js";

const dialog = document.getElementById("picker");
const toPick = new Set();
let timer;

function findAnew() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const form = document.querySelector(".finding");
    if (form) form.requestSubmit();
    else if (!dialog && !isMoving()) location.reload(); // nothing is listed here yet
  }, 200);
}

document.addEventListener("uploads:announced", ({ target, detail }) => {
  if (!dialog?.contains(target)) return;
  toPick.add(detail);
  const form = dialog.querySelector(".finding"); // what is brought is called otherwise
  form.elements.q.value = "";
  form.elements.filter.value = "";
  findAnew();
});

document.addEventListener("uploads:settled", findAnew);

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
