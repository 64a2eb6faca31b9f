// Files come by the buttons, or dropped anywhere on a page that has an upload zone, folders too.
import { bring } from "./upload-rows.js";
import { complain } from "./toasts.js";

const zone = () => {
  const found = document.getElementById("upload-zone");
  return found?.closest("dialog:not([open])") ? null : found;
};

// By its first bytes, as media_library/containers.py, which has the last word: what the studio takes, a video of
// another kind, or none.
async function kindOf(file) {
  if (!file.size) return "empty";
  const start = new Uint8Array(await file.slice(0, 400).arrayBuffer());
  const text = String.fromCharCode(...start);
  if (text.startsWith("\x1a\x45\xdf\xa3")) return (await hasOtherCodec(file)) ? "other" : "taken";
  if (BOXES.includes(text.slice(4, 8))) return "taken";
  const isAvi = text.startsWith("RIFF") && text.slice(8, 12) === "AVI ";
  const isStream = [0, 4].some((at) => [0, 1, 2].every((packet) => text[at + packet * (188 + at)] === "G"));
  return isAvi || isStream || OTHERS.some((head) => text.startsWith(head)) ? "other" : "none";
}

// Matroska names its codecs near its beginning; screen recorders write H.264 into it.
async function hasOtherCodec(file) {
  const head = await file.slice(0, 65536).text();
  return /V_(MPEG[124H]|MS\/VFW|THEORA|PRORES)/.test(head) && !/V_(VP8|VP9|AV1)/.test(head);
}

const BOXES = ["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"];
const OTHERS = [
  "OggS",
  "FLV\x01",
  "\x30\x26\xb2\x75\x8e\x66\xcf\x11",
  "\0\0\x01\xba",
  "\0\0\x01\xb3",
  "\x06\x0e\x2b\x34",
  ".RMF",
];

const nameOf = (file) => file.webkitRelativePath || file.name;
const isHidden = (file) => file.webkitRelativePath.split("/").some((part) => part.startsWith("."));

// All by name: beside the words, where there are more than people read in a sentence, and closed, or all of them
// would be read out.
function complainOf(files, one, several = one) {
  if (!files.length) return;
  const isLong = files.length > 4;
  const named = files.slice(0, isLong ? 1 : 4).map(({ name }) => `“${name}”`);
  if (isLong) named.push(`${files.length - 1} more`);
  const toast = complain(`${new Intl.ListFormat("en").format(named)} ${files.length === 1 ? `was ${one}` : `were ${several}`}`);
  if (!isLong) return;
  const all = Object.assign(element("details"), { className: "toast-names" });
  const names = element("ul");
  names.append(...files.map(({ name }) => element("li", name)));
  all.append(element("summary", "All of them"), names);
  toast.querySelector("p").after(all);
}

const element = (name, textContent = "") => Object.assign(document.createElement(name), { textContent });

// The picker may be closed meanwhile, and what it said of uploads with it.
async function take(files, said) {
  files.sort((one, other) => nameOf(one).localeCompare(nameOf(other), undefined, { numeric: true }));
  const kinds = await Promise.all(files.map((file) => kindOf(file).catch(() => "none")));
  const ofKind = (kind) => files.filter((_, index) => kinds[index] === kind);
  const taken = ofKind("taken");
  bring(said.versionOf ? taken.slice(0, 1) : taken, said);
  complainOf(ofKind("other"), `left out. ${said.notPlayable}`);
  complainOf(ofKind("empty"), "left out: it is empty.", "left out: they are empty.");
  const not = "content is not that of a video (MP4, MOV, MKV or WebM).";
  complainOf(ofKind("none"), `left out: its ${not}`, `left out: their ${not}`);
}

async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const unreadable = [];
  const files = (await Promise.all(entries.map((entry) => filesOrNone(entry, unreadable)))).flat();
  complainOf(unreadable, "left out: it could not be read.", "left out: they could not be read.");
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
  const said = zone().dataset;
  take(await filesOf(event.dataTransfer), said);
});

document.addEventListener("change", ({ target }) => {
  if (target.type !== "file" || !target.closest("#upload-zone")) return;
  take([...target.files].filter((file) => !isHidden(file)), target.closest("#upload-zone").dataset);
  target.value = "";
});
