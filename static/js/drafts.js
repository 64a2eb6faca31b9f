// What is being typed outlives the page: kept by field, offered back, forgotten when saved or cancelled.
const PREFIX = "draft:";
const isTitle = (field) => field.closest?.("form[data-title-field]") && field.name === "title";

export function forget(field) {
  sessionStorage.removeItem(PREFIX + field.id);
}

export function offerDrafts(part) {
  for (const field of part.querySelectorAll("form[data-title-field] input[name=title]")) {
    const draft = sessionStorage.getItem(PREFIX + field.id);
    if (draft === null || draft === field.value) continue;
    field.value = draft;
    field.form.toggleAttribute("data-dirty", true);
  }
}

document.addEventListener("input", ({ target }) => {
  if (!isTitle(target)) return;
  if (target.value === target.defaultValue) forget(target);
  else sessionStorage.setItem(PREFIX + target.id, target.value);
});

offerDrafts(document);
