// A dialog over the page that asks what it takes to do something with all that is chosen.
const asking = document.getElementById("asking");

export const stopAsking = () => asking.close();

export function ask() {
  asking.replaceChildren(document.getElementById("asking-waiting").content.cloneNode(true));
  asking.showModal();
}

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
