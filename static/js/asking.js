// A dialog over the page that asks what it takes to do something with all that is chosen.
import { showIn } from "./toasts.js";

const asking = document.getElementById("asking");
const body = document.getElementById("asking-body"); // the messages stand beside it, while it is open

export const stopAsking = () => asking.close();

export function ask() {
  body.replaceChildren(document.getElementById("asking-waiting").content.cloneNode(true));
  asking.showModal();
  showIn(asking);
}

asking?.addEventListener("close", () => showIn(null));

// What the preview finds wrong is mended here, where it was typed.
document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.querySelector("#rename-preview .field-error") || event.submitter?.name === "preview") return;
    event.preventDefault();
    event.stopPropagation();
    event.target.querySelector("#rename-fields input").focus();
  },
  { capture: true },
);

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-closes-asking]")) stopAsking();
});
