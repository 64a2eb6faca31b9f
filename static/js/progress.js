// What becomes of the links under way: one sentence when a batch of a chapter has ended, and ways to try the failed
// ones again, by cause.
import { send } from "./csrf.js";
import { extend } from "./studio.js";
import { complain, putAway, say } from "./toasts.js";

const MOST_OFFERS = 3;
const detailsOf = (row) => row.querySelector(".video-row-reason").dataset;
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
  const byReason = Object.groupBy(failures, (row) => detailsOf(row).reason);
  const causes = Object.entries(byReason).map(([reason, { length, 0: row }]) => [reason, `${length} ${detailsOf(row).cause}`]);
  const text =
    rows.length === 1
      ? "The video could not be linked."
      : `${failed} of ${of} could not be linked: ${causes.map(([, words]) => words).join(", ")}.`;
  putAway(complaints.get(chapter)?.toast); // its button is for all of the chapter
  const address = `${chapter.id.replace("chapter-", "/chapters/")}/retry-failed/`;
  const retry = (reason) => () => send(document.getElementById("again"), address, [["reason", reason]]);
  const single = causes.length === 1 || causes.length > MOST_OFFERS;
  const offers = single ? ["Retry failed", retry("")] : causes.flatMap(([reason, words]) => [`Retry ${words}`, retry(reason)]);
  const toast = complain(text, ...offers);
  complaints.set(chapter, { toast, rows: failures });
}

extend("progress", { htmx_after_swap: look });
look();
