// What is being typed outlives the page: kept by field with the version of the text that it is to
// replace, offered back, forgotten when saved or cancelled.
import { extend } from "./studio.js";
import { openForm } from "./form-dialog.js";
import { complain } from "./toasts.js";

const PREFIX = "draft:";
const TEXTS = "[data-title-field] :is([name=title], [name=name]), [id$='-description'][name=description]";
const isText = (field) => field.matches?.(TEXTS);
const kept = (id) => JSON.parse(sessionStorage.getItem(PREFIX + id));
const offered = new Set();

export function forget({ id }) {
  sessionStorage.removeItem(PREFIX + id);
}

// What was typed since is kept.
export function forgetSaved(id, text) {
  if (kept(id)?.text === text) forget({ id });
}

export function offerDrafts(part) {
  for (const field of part.querySelectorAll(TEXTS)) {
    const draft = kept(field.id);
    if (typeof draft?.text !== "string") continue;
    const isBlank = field.form.matches("[data-title-field]") && !draft.text.trim(); // nobody would know why it is empty
    if (draft.text === field.value || isBlank) forget(field); // or it was saved
    else offer(field, draft);
  }
  // Their forms are not in the page.
  for (const key of Object.keys(sessionStorage)) {
    const [, id] = key.match(/^draft:(.+)-description$/) ?? [];
    const about = id && part.querySelector(`[id='${id}-about']`);
    if (about && !offered.has(key)) remind(key, about);
  }
}

function offer(field, draft) {
  const { form } = field;
  const { version } = form.elements;
  if (form.matches("[data-title-field]")) {
    form.dataset.latestTitle = field.defaultValue; // what Escape puts back: see title-field.js
    form.dataset.latestVersion = version?.value ?? "";
    if (version) version.value = draft.version;
  } else if (version.value !== draft.version) {
    form.querySelector("[data-conflict]").hidden = false; // and with both in view it is theirs to choose
  }
  field.value = draft.text;
  form.toggleAttribute("data-dirty", true);
}

function remind(key, about) {
  offered.add(key);
  const title = about.parentElement.closest("li, section, header").querySelector("[name=title], [name=name]");
  complain(`What you wrote about “${title.defaultValue}” is not saved yet.`, "Go on with it", () => {
    offered.delete(key);
    openForm(JSON.parse(sessionStorage.getItem(key)).form);
  });
}

document.addEventListener("input", ({ target }) => {
  if (!isText(target)) return;
  const { elements, action } = target.form;
  const draft = { text: target.value, version: elements.version?.value, form: action };
  if (target.value === target.defaultValue) forget(target);
  else sessionStorage.setItem(PREFIX + target.id, JSON.stringify(draft));
});

// Of a form that is no longer a draft: cancelled, theirs instead of it, or sent without a script.
const forgetAll = (form) => [...form.elements].filter(isText).forEach(forget);

document.addEventListener("click", ({ target }) => {
  const done = target.closest("[data-forgets]");
  if (done) forgetAll(done.closest("form"));
});

document.addEventListener("submit", ({ target }) => {
  if (!target.matches("[hx-post]")) forgetAll(target);
});

extend("drafts", {
  htmx_finally_request(element) {
    if (element.matches?.("#form-dialog")) offerDrafts(element);
  },
});

offerDrafts(document);
