// What is being typed outlives the page: kept by field with the version of the title that it is to
// replace, offered back, forgotten when saved or cancelled.
const PREFIX = "draft:";
const TITLES =
  "form[data-title-field] input[name=title], form[data-title-field] input[name=name]";
const isTitle = (field) => field.matches?.(TITLES);

export function forget(field) {
  sessionStorage.removeItem(PREFIX + field.id);
}

export function offerDrafts(part) {
  for (const field of part.querySelectorAll(TITLES)) {
    const draft = JSON.parse(sessionStorage.getItem(PREFIX + field.id));
    if (!draft) continue;
    if (draft.title === field.value) {
      forget(field); // it was saved
      continue;
    }
    const { dataset, elements } = field.form;
    dataset.latestTitle = field.defaultValue; // what Escape puts back: see title-field.js
    dataset.latestVersion = elements.version?.value ?? "";
    field.value = draft.title;
    if (elements.version) elements.version.value = draft.version;
    field.form.toggleAttribute("data-dirty", true);
  }
}

document.addEventListener("input", ({ target }) => {
  if (!isTitle(target)) return;
  const draft = { title: target.value, version: target.form.elements.version?.value };
  if (target.value === target.defaultValue) forget(target);
  else sessionStorage.setItem(PREFIX + target.id, JSON.stringify(draft));
});

offerDrafts(document);
