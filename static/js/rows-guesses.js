// What an edit of many rows is about to do: of all of them at once, and of its undo as they were before it.
import { chooseNothing } from "./chosen.js";
import { uuid7 } from "./ids.js";
import { bringBack, goAgain, positionOf, standing } from "./keyed.js";
import { markAll, takeAway } from "./marks.js";
import { idOf, pinned, standAt } from "./places.js";
import { extend } from "./studio.js";
import { believeTitle } from "./title-field.js";

// By verb: what it shows, what is said if it comes to nothing, and which marks put a row back as it was.
const GUESSES = {
  move: [movedTogether, "not moved", ({ pos, list }) => ({ pos, list })],
  remove: [(rows) => rows.map(takeAway), "not removed", () => ({ gone: null, back: "" })],
  publish: [(rows) => published(rows, "yes"), "not marked as ready", ({ published }) => ({ published })],
  unpublish: [(rows) => published(rows, "no"), "not marked as draft", ({ published }) => ({ published })],
  retry: [() => [], "not tried again"],
  rename: [renamed, "not renamed", () => ({})],
};

const OF_UNDO = /\/bulk\/([^/]+)\/undo\/$/;
const edits = new Map(); // id of an edit that can be taken back → its verb, and its rows as they were

const rowOf = (id) => document.getElementById(`video-${id}`);
const counted = (count) => (count === 1 ? "1 video was" : `${count} videos were`);
const pending = (rows) => markAll(rows.map((row) => [row, "pending"]));

// Sent a second time, it is known by its id. What was chosen for it is done with.
export function guessOfRows(course, verb, body, form, isAgain) {
  const [guess, failed, asItWas] = GUESSES[verb] ?? [];
  if (!guess) return null;
  const ids = body.getAll("video");
  if (!body.has("edit")) body.set("edit", uuid7());
  const edit = body.get("edit");
  const rows = ids.map(rowOf).filter(Boolean);
  if (asItWas && !edits.has(edit)) edits.set(edit, { verb, before: rows.map((row) => [row.id, facts(row)]) });
  const marks = [...guess(rows, body, form), pending(rows)];
  const isOfChosen = !isAgain && form.matches("#chosen, dialog *");
  if (isOfChosen) {
    form.closest("dialog")?.close();
    chooseNothing();
  }
  const undo = asItWas && { address: `/courses/${course}/bulk/${edit}/undo/`, fields: [] };
  return { key: null, failed: `${counted(ids.length)} ${failed}`, marks, undo, chosen: isOfChosen && ids };
}

extend("rows-guesses", {
  // What was not done is not put back either.
  htmx_after_swap() {
    for (const { dataset, form } of document.querySelectorAll("#toasts [data-missed]")) {
      const known = edits.get(form.action.match(OF_UNDO)?.[1]);
      if (known) known.before = known.before.filter(([id]) => !dataset.missed.includes(idOf({ id })));
    }
  },
});

// Which rows these are only the page that made the edit knows; others wait for the answer.
export function guessOfUndo(edit) {
  const { verb, before } = edits.get(edit) ?? {};
  if (!verb) return null;
  const asItWas = GUESSES[verb][2];
  const there = before.map(([id, was]) => [document.getElementById(id) ?? (verb === "remove" && bringBack(id)), was]);
  const rows = there.filter(([row]) => row);
  const wishes = rows.flatMap(([row, was]) => Object.entries(asItWas(was)).map(([name, value]) => [row, name, value]));
  const leave = () => rows.forEach(([row]) => goAgain(row));
  const titles = verb === "rename" ? rows.flatMap(([row, was]) => called(row, was.title)) : [];
  const marks = [markAll(wishes), ...titles, pending(rows.map(([row]) => row)), leave];
  return { key: null, failed: `${counted(before.length)} not put back`, marks };
}

function facts(row) {
  const { published, guessPublished } = row.dataset;
  const title = titleOf(row).elements.title.defaultValue;
  return { pos: positionOf(row), list: row.parentElement.id, published: guessPublished ?? published, title };
}

const titleOf = (row) => row.querySelector("[data-title-field]");
const called = (row, title) => (titleOf(row).matches("[data-dirty]") ? [] : [believeTitle(titleOf(row), title)]);

// As the preview has it, which shows the first of them; if it is of the pattern that is sent.
function renamed(_rows, body, form) {
  const preview = form.querySelector("#rename-preview");
  const pattern = [...form.querySelectorAll("#rename-fields [name]")].map(({ name }) => body.get(name));
  if (preview?.dataset.of !== pattern.join("\n")) return [];
  const titles = [...preview.querySelectorAll("tbody td:last-child")].map((cell) => cell.textContent);
  return body.getAll("video").flatMap((id, index) => {
    const row = titles[index] && rowOf(id);
    return row ? called(row, titles[index]) : [];
  });
}

const published = (rows, value) => [markAll(rows.map((row) => [row, "published", value]))];

// In the order in which they stand, whatever the order of choosing was.
function movedTogether(rows, body) {
  const list = document.getElementById(`chapter-${body.get("chapter")}-videos`);
  const moving = new Set(rows);
  const inOrder = [...document.querySelectorAll(".video-row")].filter((row) => moving.has(row));
  if (!list) return [];
  const others = standing(list).filter((row) => !moving.has(row));
  return standAt(inOrder, list, pinned(body, list, others, body.get("place") - 1));
}
