// "/" leads to the field for searching, of the dialog that is open or of the page.
document.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  if (key !== "/" || ctrlKey || metaKey || altKey) return;
  if (target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const field = (document.querySelector("dialog:modal") ?? document).querySelector("input[type=search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
