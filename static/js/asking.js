// A dialog over the page that asks what it takes to do something with all that is chosen.
const asking = document.getElementById("asking");

export const stopAsking = () => asking.close();

export function ask() {
  asking.replaceChildren(document.getElementById("asking-waiting").content.cloneNode(true));
  asking.showModal();
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-closes-asking]")) stopAsking();
});
