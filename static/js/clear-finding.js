// "Show all files" where nothing was found: the form is emptied and asks again, so that the page stays.
document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-clears-finding]") && document.querySelector(".finding");
  if (!form) return;
  event.preventDefault();
  form.elements.q.value = "";
  form.querySelector("[name=filter][value='']").checked = true;
  form.elements.q.focus();
  form.requestSubmit();
});
