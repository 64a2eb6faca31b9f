// A look at a file in its row of the picker. Without scripts its link opens the file itself.
const dialog = document.getElementById("picker");

function end() {
  for (const preview of dialog.querySelectorAll(".picker-preview")) preview.remove();
  for (const opener of dialog.querySelectorAll("[data-previews]")) opener.setAttribute("aria-expanded", "false");
}

function begin(opener) {
  const preview = document.createElement("div");
  preview.className = "picker-preview";
  const video = document.createElement("video");
  video.controls = true;
  video.preload = "metadata";
  video.src = opener.href;
  video.setAttribute("aria-label", opener.getAttribute("aria-label"));
  video.addEventListener("error", () => (preview.textContent = "This file cannot be played right now."));
  preview.append(video);
  opener.closest("li").append(preview);
  opener.setAttribute("aria-expanded", "true");
  preview.scrollIntoView({ block: "nearest" });
}

dialog?.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-previews]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const wasOpen = opener.getAttribute("aria-expanded") === "true";
  end();
  if (!wasOpen) begin(opener);
});

// The first Escape is for the preview: the picker would go, and all that is picked.
dialog?.addEventListener("keydown", (event) => {
  const opener = event.key === "Escape" && dialog.querySelector("[data-previews][aria-expanded=true]");
  if (!opener) return;
  event.preventDefault();
  end();
  opener.focus();
});

dialog?.addEventListener("close", end);
