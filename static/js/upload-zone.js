// Files come by the buttons, or dropped anywhere on a page that has an upload zone, folders too.
import { bring } from "./upload-rows.js";
import { complain } from "./toasts.js";

const zone = () => {
  const found = document.getElementById("upload-zone");
  return found?.closest("dialog:not([open])") ? null : found;
};

// The first bytes of what the studio takes: see media_library/containers.py, which has the last word.
async function looksLikeVideo(file) {
  const start = new Uint8Array(await file.slice(0, 12).arrayBuffer());
  const box = String.fromCharCode(...start.slice(4, 8));
  const isEbml = [0x1a, 0x45, 0xdf, 0xa3].every((byte, index) => start[index] === byte);
  return isEbml || ["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"].includes(box);
}

const nameOf = (file) => file.webkitRelativePath || file.name;

function listed(files) {
  const named = files.slice(0, 3).map(({ name }) => `“${name}”`);
  if (files.length > 3) named.push(files.length === 4 ? `“${files[3].name}”` : `${files.length - 3} more`);
  return new Intl.ListFormat("en").format(named);
}

async function take(files) {
  files.sort((one, other) => nameOf(one).localeCompare(nameOf(other), undefined, { numeric: true }));
  const good = await Promise.all(files.map((file) => looksLikeVideo(file).catch(() => false)));
  const others = files.filter((_, index) => !good[index]);
  const { versionOf } = zone().dataset;
  const videos = files.filter((_, index) => good[index]);
  if (versionOf) bring(videos.slice(0, 1), { versionOf });
  else bring(videos);
  if (!others.length) return;
  const what = others.length === 1 ? "was left out: its content is not" : "were left out: their content is not";
  complain(`${listed(others)} ${what} that of a video (MP4, MOV, MKV or WebM).`);
}

async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const unreadable = [];
  const files = (await Promise.all(entries.map((entry) => filesOrNone(entry, unreadable)))).flat();
  const verb = unreadable.length === 1 ? "was" : "were";
  if (unreadable.length) complain(`${listed(unreadable)} could not be read, and ${verb} left out.`);
  return files;
}

// One that cannot be read takes nothing else of its folder with it.
const filesOrNone = (entry, unreadable) =>
  filesIn(entry, unreadable).catch(() => {
    unreadable.push(entry);
    return [];
  });

async function filesIn(entry, unreadable) {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const inside = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break; // it answers with a hundred at a time
    inside.push(...some);
  }
  return (await Promise.all(inside.map((one) => filesOrNone(one, unreadable)))).flat();
}

const bringsFiles = (event) => zone() && event.dataTransfer?.types.includes("Files");
const mark = (on) => zone()?.toggleAttribute("data-dragging", on);

addEventListener("dragover", (event) => {
  if (!bringsFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  mark(true);
});

addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) mark(false);
});

addEventListener("drop", async (event) => {
  if (!bringsFiles(event)) return;
  event.preventDefault();
  mark(false);
  take(await filesOf(event.dataTransfer));
});

document.addEventListener("change", ({ target }) => {
  if (target.type !== "file" || !target.closest("#upload-zone")) return;
  take([...target.files]);
  target.value = "";
});
