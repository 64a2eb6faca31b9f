// What each edit is about to do, and the words for it if that comes to nothing. A guess shows it and answers
// with functions that take it back. To add an edit: its form, its view, and its guess here.
import { guessesFrom } from "./guesses.js";
import { uuid7 } from "./ids.js";
import { bringBack, discard, goAgain, standing } from "./keyed.js";
import { mark, takeAway } from "./marks.js";
import { LAST, STEP, after, idOf, isWhole, lastIn, pinned, standAt } from "./places.js";
import { guessOfRows, guessOfUndo } from "./rows-guesses.js";
import { htmx } from "./studio.js";
import { believeTitle } from "./title-field.js";

const ADDRESS = /^\/(courses|chapters|videos|library)\/([^/]+)\/([a-z-]+)\/(?:\d+\/)?$/;
const OF_ROWS = /^\/courses\/([^/]+)\/bulk\/([^/]+)\/(undo\/)?$/;

// By address: whose element it is about, what it shows, what is said if it comes to nothing, and what takes it back
// when it has come true.
const GUESSES = {
  "courses title": ["course", titled, "was not renamed", toTextBefore],
  "courses description": ["course", described, "was not described", toTextBefore],
  "chapters title": ["chapter", titled, "was not renamed", toTextBefore],
  "chapters description": ["chapter", described, "was not described", toTextBefore],
  "videos title": ["video", titled, "was not renamed", toTextBefore],
  "videos description": ["video", described, "was not described", toTextBefore],
  "library name": ["media", titled, "was not renamed", toTextBefore],
  "library description": ["media", described, "was not described", toTextBefore],
  "videos remove": ["video", gone, "was not removed", toRestore],
  "videos restore": ["video", back, "was not restored"],
  "videos retry": ["video", nothing, "was not tried again"],
  "videos move": ["video", moved, "was not moved", toMoveBack],
  "chapters remove": ["chapter", gone, "was not removed", toRestore],
  "chapters restore": ["chapter", back, "was not restored"],
  "chapters cancel-links": ["chapter", linksGone, "still waits for its links"],
  "chapters restore-links": ["chapter", nothing, "has not got its links back"],
  "chapters retry-failed": ["chapter", nothing, "has tried nothing again"],
  "chapters move": ["chapter", moved, "was not moved", toMoveBack],
  "courses publish": ["course", (head) => published(head, "yes"), "was not published", toTheOther],
  "courses unpublish": ["course", (head) => published(head, "no"), "is still published", toTheOther],
  "courses chapters": ["course", newChapter, "has no new chapter", toNoNewChapter],
  "library remove": ["media", gone, "was not deleted"],
  "library restore": ["trash", gone, "was not restored"],
};

// Edits that are each other's opposite, and of which the last one counts.
const OPPOSITES = { unpublish: "publish", restore: "remove" };

// Nothing, if the page has no guess for it.
export function guessOf({ action, body }, form, isAgain = false) {
  const { pathname } = new URL(action, location);
  const [, course, ofRows, isUndo] = pathname.match(OF_ROWS) ?? [];
  if (course) return isUndo ? guessOfUndo(ofRows) : guessOfRows(course, ofRows, body, form, isAgain);
  const [, room, id, verb] = pathname.match(ADDRESS) ?? [];
  const [kind, guess, failed, undo] = GUESSES[`${room} ${verb}`] ?? [];
  const element = kind && elementOf(kind, id, guess);
  if (!element) return null;
  const title = field(element)?.defaultValue ?? element.querySelector("a, strong").textContent;
  const undone = undo?.(`/${room}/${id}/`, element, verb, { body, form });
  const marks = [...guess(element, body, form), mark(element, "pending")];
  const isNew = guess === newChapter; // of these the last one is another one
  const key = isNew ? null : `${room} ${id} ${OPPOSITES[verb] ?? verb}`;
  return { key, failed: `“${title}” ${failed}`, marks, undo: undone };
}

function elementOf(kind, id, guess) {
  if (kind === "course") return document.getElementById("course-head");
  const there = document.getElementById(`${kind}-${id}`);
  if (guess !== back) return there;
  return document.getElementById(`trash-${id}`) ?? there ?? bringBack(`${kind}-${id}`);
}

// As it was saved, with the version that was sent: see texts.js. Of a form that is gone nobody knows.
function toTextBefore(thing, element, verb, { body, form }) {
  const name = verb === "description" ? verb : field(element).name;
  const text = form.dataset.latestTitle ?? form.elements[name]?.defaultValue; // theirs, if mine replaces it
  const version = body.get("version");
  return text === undefined || version === null ? null : { address: `${thing}${verb}/`, fields: Object.entries({ [name]: text, version }) };
}

function toRestore(thing) {
  return { address: `${thing}restore/`, fields: [] };
}

function toTheOther(course, _head, verb) {
  return { address: `${course}${verb === "publish" ? "unpublish" : "publish"}/`, fields: [] };
}

function toMoveBack(thing, element) {
  const chapter = element.parentElement.closest(".chapter");
  const next = after(element);
  const list = element.parentElement;
  const place = next || !isWhole(list) ? standing(list).indexOf(element) + 1 : LAST;
  const fields = { place, ...(chapter && { chapter: idOf(chapter) }), ...(next && { before: idOf(next) }) };
  return { address: `${thing}move/`, fields: Object.entries(fields) };
}

function toNoNewChapter(_course, _head, _verb, { body }) {
  return { address: `/chapters/${idOfNew(body)}/remove/`, fields: [] };
}

function nothing() {
  return [];
}

const field = (element) => element.querySelector("[name=title], [name=name]");

// What is typed stands there already, what takes it back does not; but nobody's draft goes for it.
function titled(element, body, form) {
  const input = field(element);
  const text = body.get(input.name);
  if (form === input.form || input.value === text || input.form.matches("[data-dirty]:not([data-sent])")) return [];
  return [believeTitle(input.form, text)];
}

// What was taken away stands there again: unseen in its place, or as it was when it went.
function back(element) {
  if (element.id.startsWith("trash-")) return gone(element);
  return [mark(element, "gone", null), mark(element, "back"), () => goAgain(element)];
}

function gone(element) {
  return [takeAway(element)];
}

// As the studio will have it; rows show its beginning.
function described(element, body) {
  return [mark(element.querySelector(".about"), "description", body.get("description").trim())];
}

function linksGone(chapter) {
  return [...chapter.querySelectorAll("[data-status=linking]")].flatMap(gone);
}

// To another list, too. As courses/positions.py does it, with numbers that only have to be in order.
function moved(element, body) {
  const list = document.getElementById(`chapter-${body.get("chapter")}-videos`) ?? element.parentElement;
  const all = standing(list);
  const others = all.filter((one) => one !== element);
  const here = all.includes(element) ? all.indexOf(element) : others.length;
  const wanted = body.get("place") ? body.get("place") - 1 : here + Number(body.get("steps"));
  return standAt([element], list, pinned(body, list, others, wanted));
}

// The button that is pressed makes room for its opposite, and so does its focus.
function published(head, value) {
  const { activeElement } = document;
  const hadFocus = head.contains(activeElement) && activeElement.matches("button");
  const buttons = [...head.querySelectorAll("button")];
  const follow = () => {
    if (!hadFocus || document.activeElement.checkVisibility()) return;
    buttons.findLast((button) => button.checkVisibility())?.focus();
  };
  const takeBack = mark(head, "published", value);
  follow();
  return [() => (takeBack(), follow())];
}

// Under the id that it will have, which is sent with it.
function idOfNew(body) {
  if (!body.has("chapter")) body.set("chapter", uuid7());
  return body.get("chapter");
}

function newChapter(_head, body, form) {
  const title = body.get("title").trim();
  const field = form.querySelector("[name=title]");
  const id = idOfNew(body);
  if (!title || document.getElementById(`chapter-${id}`)) return [];
  const list = document.getElementById("chapters");
  const guess = guessesFrom("chapter-template")(id);
  guess.querySelector("[name=title]").setAttribute("value", title);
  guess.dataset.pos = lastIn(list) + STEP;
  list.append(guess);
  setTimeout(() => htmx.process(guess)); // its title can be changed, too
  if (field?.value.trim() === title) field.value = "";
  return [
    () => {
      const left = document.querySelector(`#chapter-${id}[data-optimistic]`);
      if (left) discard(left);
      if (left && field) field.value ||= title;
    },
  ];
}
