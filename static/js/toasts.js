// Messages in #toasts: put away by hand, or by themselves when they only say that all went well.
const MOST = 4;
const LINGER = 6000;
const LINGER_WITH_BUTTON = 20000;

const toasts = document.getElementById("toasts");
const main = document.getElementById("main");

// Under an open dialog nobody could reach them; when it closes there may be another one under it. A browser that can
// move them as they are does not read them out again.
export function showIn(dialog) {
  const place = dialog ?? document.querySelector("dialog:modal") ?? main.parentNode;
  const move = place.moveBefore ?? place.insertBefore;
  move.call(place, toasts, place === main.parentNode ? main : null);
}

// What came to nothing stays until somebody puts it away.
const isBad = (toast) => toast.matches(".toast-bad");

// As the server draws it, for what only the page can know; with buttons for what can be done: label, act, label …
export function complain(text, ...offers) {
  const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = text;
  for (let i = 0; i < offers.length; i += 2) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = offers[i];
    button.addEventListener("click", () => {
      const other = [...toast.querySelectorAll(".button:not([data-dismiss])")].find((one) => one !== button);
      if (other) other.focus();
      else putAway(toast);
      button.remove();
      offers[i + 1]();
    });
    toast.querySelector("[data-dismiss]").before(button);
  }
  if (!offers.length) said(text).forEach(putAway);
  toasts.append(toast);
  return toast;
}

// The same again is news, but not a second message.
const said = (text) =>
  [...toasts.children].filter((toast) => toast.querySelector("p").textContent === text && !hasButton(toast));

// For those who cannot see what the page shows.
export function say(text) {
  document.getElementById("live").textContent = text;
}

if (toasts) {
  toasts.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) putAway(event.target.closest("[data-toast]"));
  });
  // Pressed twice, an undo would take back itself.
  toasts.addEventListener(
    "submit",
    (event) => {
      if (!("pressed" in event.target.dataset)) event.target.dataset.pressed = "";
      else {
        event.preventDefault();
        event.stopPropagation();
      }
    },
    { capture: true },
  );
  toasts.addEventListener("htmx:finally:request", (event) => {
    delete event.target.dataset.pressed;
    if (event.detail.ctx.response?.raw.ok) putAway(event.target.closest("[data-toast]"));
  });
  // A dialog that closes hides those in it for a moment, after which they would come in anew.
  toasts.addEventListener("animationend", ({ target }) => target.toggleAttribute("data-shown", true));
  new MutationObserver(() => {
    const passing = [...toasts.children].filter((one) => !isBad(one)).sort((a, b) => hasButton(a) - hasButton(b));
    passing.slice(0, Math.max(0, toasts.children.length - MOST)).forEach(putAway);
    [...toasts.children].forEach(fade);
  }).observe(toasts, { childList: true });
  [...toasts.children].forEach(fade);
}

// What somebody may still want to press is the last to go.
const hasButton = (toast) => toast.querySelectorAll("button, a").length > 1;

function fade(toast) {
  if ("fading" in toast.dataset || isBad(toast)) return;
  toast.dataset.fading = "";
  const linger = toast.querySelector("form") ? LINGER_WITH_BUTTON : LINGER;
  let timer = setTimeout(putAway, linger, toast);
  const wait = () => clearTimeout(timer);
  const goOn = () => {
    wait();
    timer = setTimeout(putAway, linger, toast);
  };
  toast.addEventListener("pointerenter", wait);
  toast.addEventListener("focusin", wait);
  toast.addEventListener("pointerleave", goOn);
  toast.addEventListener("focusout", goOn);
}

// A dialog itself takes no focus. In a field for a search Escape would not close it.
function titleOf(dialog) {
  const title = dialog && document.getElementById(dialog.getAttribute("aria-labelledby"));
  if (title) title.tabIndex = -1;
  return title;
}

export function putAway(toast) {
  if (!toast) return;
  if (toast.contains(document.activeElement)) (titleOf(toast.closest("dialog")) ?? main).focus();
  toast.remove();
}
