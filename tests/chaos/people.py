"""Instructors at work: over real HTTP, as the page does it, whatever happens to the studio meanwhile."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode

from config.ids import uuid7
from tests.chaos.chapters import Chapters
from tests.chaos.edits import Edits
from tests.chaos.ledger import Batch, Ledger, Outcome, Rename
from tests.chaos.names import Library, Room
from tests.chaos.page import Page, Row
from tests.config.production import Answer, Visitor

_MOST_ROWS = 400  # of a chapter that is still picked for: an editor of thousands is another test
_REMEMBERED = 4
_PACE = 0.3  # seconds between two actions, on average


@dataclass
class Draft:
    """A title that was typed: it is kept until it is saved, whatever the studio answers."""

    video: str
    title: str
    seen: int


@dataclass
class Instructor:
    name: str
    visitor: Visitor
    library: Library
    rooms: list[Room]
    ledger: Ledger
    chance: Random
    pages: dict[str, Page] = field(default_factory=dict)
    remembered: dict[str, list[Page]] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    # A file that was just taken in, to be picked now: something has begun to break.
    to_pick_now: list[str] = field(default_factory=list)
    _token: str = ""
    _titles: int = 0

    def __post_init__(self) -> None:
        self.edits = Edits(self)
        self.chapters = Chapters(self)

    def begin(self) -> None:
        self.visitor.sign_in(self.name)
        self._token = self.visitor.token_of("/courses/new/")
        for room in self.rooms:
            self.pages[room.course] = self.fresh(room)
            self.remembered[room.course] = [self.pages[room.course].as_it_is()]

    def fresh(self, room: Room) -> Page:
        answer = self.visitor.get(f"/courses/{room.course}/")
        assert answer.status == 200, answer.text
        return Page.loaded(answer.text)

    def work(self, over: threading.Event) -> None:
        actions: list[tuple[Callable[[Room], None], int]] = [
            (self.pick, 30),
            (self.repeat_unanswered, 12),
            (self.post_an_old_pick_again, 4),
            (self.borrow_an_id, 2),
            (self.rename, 14),
            (self.save_drafts, 10),
            (self.remove, 8),
            (self.restore, 6),
            (self.move, 4),
            (self.retry, 8),
            (self.retry_failed, 4),
            (self.cancel, 2),
            (self.edits.describe, 4),
            (self.edits.save_drafts, 6),
            (self.edits.publish_many, 5),
            (self.edits.move_many, 4),
            (self.edits.remove_many, 2),
            (self.edits.retry_many, 2),
            (self.chapters.edit, 14),
            (self.look, 40),
        ]
        verbs, weights = [verb for verb, _ in actions], [weight for _, weight in actions]
        while not over.wait(self.chance.uniform(0, 2 * _PACE)):
            room = self.chance.choice(self.rooms)
            if self._is_waiting():
                continue
            verb = self.pick if self.to_pick_now else self.chance.choices(verbs, weights)[0]
            verb(room)
            self.poll(room)

    def _is_waiting(self) -> bool:
        """For an answer, and all else waits behind it, as in the queue of the page: it is sent again."""
        waiting = [one for one in (self.edits, self.chapters) if one.unanswered]
        for one in waiting:
            one.settle()
        return bool(waiting)

    def look(self, room: Room) -> None:
        self.poll(room)

    def poll(self, room: Room, page: Page | None = None) -> bool:
        """False if the studio gave no answer."""
        page = page or self.pages[room.course]
        answer = self.ask("GET", f"/courses/{room.course}/changes/?since={page.since}")
        if answer is None or answer.status >= 400:
            return False
        page.merge(answer.text)
        page.since = int(answer.headers["HX-PTag"])
        memories = self.remembered[room.course]
        if self.chance.random() < 0.02 and len(memories) < _REMEMBERED:
            memories.append(page.as_it_is())
        return True

    def pick(self, room: Room) -> None:
        chapter = self.chance.choice(room.chapters)
        if len(self.pages[room.course].chapters[chapter].rows) >= _MOST_ROWS:
            return
        files = self.library.whole * 3 + self.library.bad
        media = self.chance.choices(files, k=self.chance.randint(1, 8))
        if self.to_pick_now:
            media.insert(1, self.to_pick_now.pop())
        batch = Batch(
            self.name, room.course, chapter, media, [str(uuid7()) for _ in media], "unknown"
        )
        self.ledger.batches.append(batch)
        way = self.chance.random()
        if way < 0.1:
            self._double_click(batch)
        elif way < 0.2:
            self._hang_up_on(batch)
        else:
            self.post(batch)

    def post(self, batch: Batch, action: str = "pick") -> None:
        answer, outcome = self.write(f"/chapters/{batch.chapter}/videos/", batch.pairs)
        if outcome != "unknown":
            batch.outcome = outcome
        if answer is not None and outcome == "done":
            root = self.pages[batch.course].merge(answer.text)
            drawn = {one.id for one in root.walk()}
            batch.standing = [one for one in batch.videos if f"video-{one}" in drawn]
        about = f"{len(batch.videos)} in {batch.chapter[-6:]} from {batch.videos[0]}"
        self.ledger.act(self.name, action, outcome, about)

    def _double_click(self, batch: Batch) -> None:
        """The other click has a connection of its own; what it is told is the same."""
        other = threading.Thread(
            target=self.write, args=[f"/chapters/{batch.chapter}/videos/", batch.pairs]
        )
        other.start()
        self.post(batch, "pick by double click")
        other.join()

    def _hang_up_on(self, batch: Batch) -> None:
        """Sent, and gone before an answer came."""
        hasty = Visitor(self.visitor.port, patience=0.001, cookies=dict(self.visitor.cookies))
        self.write(f"/chapters/{batch.chapter}/videos/", batch.pairs, hasty)
        self.ledger.act(self.name, "pick without waiting", "unknown", batch.videos[0])

    @property
    def has_unfinished_business(self) -> bool:
        unfinished = self.drafts or self.edits.is_unfinished or self.chapters.unanswered
        return bool(unfinished or self.own_batches("unknown"))

    def finish_business(self) -> None:
        self._is_waiting()
        for room in self.rooms:
            self.edits.save_drafts(room)
            self.repeat_unanswered(room)
            self.save_drafts(room)

    def repeat_unanswered(self, room: Room) -> None:
        for batch in self.own_batches("unknown")[:2]:
            self.post(batch, "repeat of an unanswered pick")

    def post_an_old_pick_again(self, room: Room) -> None:
        """Of a tab that was asleep: nothing may change by it."""
        if done := self.own_batches("done"):
            old = self.chance.choice(done)
            _, outcome = self.write(f"/chapters/{old.chapter}/videos/", old.pairs)
            self.ledger.act(self.name, "repeat of an old pick", outcome, old.videos[0])

    def own_batches(self, outcome: Outcome) -> list[Batch]:
        return [
            batch
            for batch in list(self.ledger.batches)
            if batch.person == self.name and batch.outcome == outcome
        ]

    def borrow_an_id(self, room: Room) -> None:
        """Under the id of somebody else's video: refused, and nothing happens to that one."""
        chapter = self.chance.choice(room.chapters)
        foreign = [
            video
            for batch in list(self.ledger.batches)
            if batch.person != self.name and batch.chapter != chapter
            for video in batch.standing
        ]
        if foreign:
            video = self.chance.choice(foreign)
            pairs = [("media", self.library.good[0]), ("video", video)]
            _, outcome = self.write(f"/chapters/{chapter}/videos/", pairs)
            self.ledger.act(self.name, "pick under a foreign id", outcome, video)
            if outcome == "done":
                self.ledger.promise_broken(self.name, f"{video} was given away")

    def rename(self, room: Room) -> None:
        if row := self._any_row(room):
            self._titles += 1
            title = f"{self.name}'s title {self._titles}"
            self.drafts.append(Draft(row.video, title, row.version))
            self.save(self.drafts[-1])

    def save_drafts(self, room: Room) -> None:
        for draft in self.drafts[:3]:
            self.save(draft)

    def save(self, draft: Draft) -> None:
        """Somebody else's title since, and the page shows it and asks: saved again, one's own wins."""
        pairs = [("title", draft.title), ("version", str(draft.seen))]
        answer, outcome = self.write(f"/videos/{draft.video}/title/", pairs)
        self.ledger.renames.append(Rename(draft.video, draft.seen, draft.title, outcome))
        self.ledger.act(self.name, "rename", outcome, f"{draft.video} as of {draft.seen}")
        if answer is None or outcome == "unknown":
            return
        root = self.page_of(draft.video).merge(answer.text)
        version = root.find(id=f"video-{draft.video}-version")
        if outcome == "refused" and version is not None:
            draft.seen = int(version.attributes["value"])
        else:
            self.drafts.remove(draft)  # saved, or the video was removed

    def remove(self, room: Room) -> None:
        self._wish("remove", room, list(self.kept_rows(room)))

    def restore(self, room: Room) -> None:
        self._wish("restore", room, self._removed(room))

    def _removed(self, room: Room) -> list[str]:
        shown = self.pages[room.course].rows
        own = [
            video
            for batch in list(self.ledger.batches)
            if batch.course == room.course and batch.chapter in room.kept_by(self.name)
            for video in batch.standing
        ]
        return [video for video in own if video in self.ledger.wishes and video not in shown]

    def _wish(self, verb: str, room: Room, videos: list[str]) -> None:
        if videos:
            self.wish(verb, room, self.chance.choice(videos))

    def wish(self, verb: str, room: Room, video: str) -> None:
        answer, outcome = self.write(f"/videos/{video}/{verb}/", [])
        self.ledger.wishes[video].append(("remove" if verb == "remove" else "restore", outcome))
        self.ledger.act(self.name, verb, outcome, video)
        if answer is not None and outcome == "done":
            self.pages[room.course].merge(answer.text)

    def press_again(self, room: Room) -> None:
        """What nobody knows of whether it was done, until it is."""
        chapters = room.kept_by(self.name)
        for video, wishes in list(self.ledger.wishes.items()):
            batch = self.ledger.batch_of(video)
            if batch is None or batch.chapter not in chapters or batch.course != room.course:
                continue
            if any(outcome == "unknown" for _, outcome in wishes):
                last = wishes[-1][0]
                self.wish(last, room, video)
                if wishes[-1][1] == "done":
                    del wishes[:-1]

    def move(self, room: Room) -> None:
        if row := self._any_row(room):
            self.ledger.moved.add(row.video)
            steps = self.chance.choice([-3, -1, 1, 3])
            _, outcome = self.write(f"/videos/{row.video}/move/", [("steps", str(steps))])
            self.ledger.act(self.name, "move", outcome, row.video)

    def retry(self, room: Room) -> None:
        failed = [row for row in self.pages[room.course].rows.values() if row.status == "failed"]
        if failed:
            video = self.chance.choice(failed).video
            _, outcome = self.write(f"/videos/{video}/retry/", [])
            self.ledger.act(self.name, "retry", outcome, video)

    def retry_failed(self, room: Room) -> None:
        for chapter in room.chapters:
            _, outcome = self.write(f"/chapters/{chapter}/retry-failed/", [])
            self.ledger.act(self.name, "retry of all that failed", outcome, chapter)

    def cancel(self, room: Room) -> None:
        for chapter in room.kept_by(self.name):
            answer, outcome = self.write(f"/chapters/{chapter}/cancel-links/", [])
            self.ledger.act(self.name, "cancel the rest", outcome, chapter)
            if answer is None or outcome != "done":
                self.ledger.uncertain_cancels.add(chapter)
                continue
            root = self.pages[room.course].merge(answer.text)
            for partial in root.elements:
                if partial.attributes.get("hx-swap") == "remove":
                    video = partial.attributes["hx-target"].removeprefix("#video-")
                    self._note_cancelled(chapter, video)

    def _note_cancelled(self, chapter: str, video: str) -> None:
        batch = self.ledger.batch_of(video)
        if batch is not None and batch.chapter == chapter:
            self.ledger.wishes[video].append(("remove", "done"))

    def _any_row(self, room: Room) -> Row | None:
        rows = list(self.pages[room.course].rows.values())
        return self.chance.choice(rows) if rows else None

    def kept_rows(self, room: Room) -> list[str]:
        page = self.pages[room.course]
        return [
            video for chapter in room.kept_by(self.name) for video in page.chapters[chapter].rows
        ]

    def page_of(self, video: str) -> Page:
        batch = self.ledger.batch_of(video)
        assert batch is not None
        return self.pages[batch.course]

    def write(
        self, path: str, pairs: list[tuple[str, str]], visitor: Visitor | None = None
    ) -> tuple[Answer | None, Outcome]:
        body = urlencode([("csrfmiddlewaretoken", self._token), *pairs])
        answer = self.ask("POST", path, body, visitor)
        if answer is None or answer.status >= 500:
            return answer, "unknown"
        return answer, "done" if answer.status < 300 else "refused"

    def ask(
        self, method: str, path: str, body: str = "", visitor: Visitor | None = None
    ) -> Answer | None:
        """None if the studio cannot be reached, or says nothing in time."""
        headers = {"HX-Request": "true"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            answer = (visitor or self.visitor).ask(method, path, body, headers=headers)
        except (OSError, http.client.HTTPException):
            return None
        if answer.status in (401, 403, 500) or 300 <= answer.status < 400:
            self.ledger.promise_broken(self.name, f"{answer.status} for {method} {path}")
        return answer
