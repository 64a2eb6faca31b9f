// Menus are <details data-menu>: they open without scripts; here they learn to close.
const open = () => [...document.querySelectorAll("details[data-menu][open]")];

function close(menu, { focus = false } = {}) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of open()) {
    if (!menu.contains(event.target)) close(menu);
    else if (event.target.closest("[data-opens-form]")) close(menu, { focus: true });
  }
});

document.addEventListener("focusin", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) close(menu);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) close(menu, { focus: menu.contains(document.activeElement) });
});

document.addEventListener("submit", (event) => {
  const menu = event.target.closest("details[data-menu]");
  if (menu) close(menu, { focus: true });
});
