// What becomes of the links under way: one sentence when a batch of a chapter has ended, and a way to
// try the failed ones again.
import { extend, htmx } from "./studio.js";
import { complain, putAway, say } from "./toasts.js";

const batches = new Map(); // chapter element → ids of the rows that were seen linking
const complaints = new Map(); // chapter element → its toast, and the rows that failed

export function follow(chapter) {
  const ids = batches.get(chapter) ?? new Set();
  for (const row of chapter.querySelectorAll("[data-status=linking]")) ids.add(row.id);
  if (ids.size) batches.set(chapter, ids);
}

function look() {
  for (const chapter of document.querySelectorAll(".chapter")) follow(chapter);
  for (const [chapter, ids] of batches) {
    if (chapter.querySelector("[data-status=linking]")) continue;
    batches.delete(chapter);
    const rows = [...ids].map((id) => document.getElementById(id)).filter(Boolean);
    if (rows.length) report(chapter, rows);
  }
  for (const [chapter, { toast, rows }] of complaints) {
    if (rows.some((row) => row.isConnected && row.dataset.status === "failed")) continue;
    putAway(toast);
    complaints.delete(chapter);
  }
}

function report(chapter, rows) {
  const failures = rows.filter((row) => row.dataset.status === "failed");
  const failed = failures.length;
  const of = rows.length === 1 ? "1 video" : `${rows.length} videos`;
  if (!failed) {
    say(rows.length === 1 ? "The video is linked." : `All ${of} are linked.`);
    return;
  }
  const text =
    rows.length === 1
      ? "The video could not be linked."
      : `${failed} of ${of} could not be linked.`;
  putAway(complaints.get(chapter)?.toast); // its button is for all of the chapter
  const toast = complain(text, "Retry failed", () => {
    const address = `${chapter.id.replace("chapter-", "/chapters/")}/retry-failed/`;
    htmx.ajax("POST", address, { source: document.getElementById("again"), swap: "none" });
  });
  complaints.set(chapter, { toast, rows: failures });
}

extend("progress", { htmx_after_swap: look });
look();
