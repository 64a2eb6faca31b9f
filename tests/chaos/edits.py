"""What one instructor edits besides linking: descriptions, and many rows at once, until it is answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from config.ids import uuid7
from tests.chaos.ledger import Rename
from tests.chaos.names import Room
from tests.chaos.page import Page, read

if TYPE_CHECKING:
    from tests.chaos.people import Instructor


_SHOWN = {"publish": True, "unpublish": False}
_UNDONE = (*_SHOWN, "remove")


@dataclass(frozen=True)
class Many:
    """One edit of many rows under an id that the page made, or what takes it back."""

    room: Room
    verb: str
    videos: list[str]
    fields: list[tuple[str, str]]
    edit: str
    before: dict[str, bool]  # which of them were published
    is_undo: bool = False

    @property
    def address(self) -> str:
        what = f"{self.edit}/undo" if self.is_undo else self.verb
        return f"/courses/{self.room.course}/bulk/{what}/"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        if self.is_undo:
            return []
        return [*self.fields, ("edit", self.edit), *(("video", video) for video in self.videos)]


@dataclass(frozen=True)
class Text:
    """A description that was typed: it is kept until it is saved, or its video is gone."""

    video: str
    text: str
    seen: int


class Edits:
    def __init__(self, person: Instructor) -> None:
        self.person = person
        self.chance = Random(f"{person.chance.random()} edits")
        self.unanswered: Many | None = (
            None  # what comes after it waits for it, as in the page's queue
        )
        self.drafts: list[Text] = []
        self._texts = 0

    @property
    def is_unfinished(self) -> bool:
        return bool(self.drafts or self.unanswered)

    def describe(self, room: Room) -> None:
        rows = list(self._page(room).rows.values())
        if not rows:
            return
        video = self.chance.choice(rows).video
        seen = self._version(video)
        if seen is not None:
            self._texts += 1
            self.drafts.append(Text(video, f"{self.person.name}'s text {self._texts}", seen))

    def save_drafts(self, room: Room) -> None:
        """Somebody else's since, and both are shown: saved again, one's own wins."""
        for draft in self.drafts[:3]:
            pairs = [("description", draft.text), ("version", str(draft.seen))]
            answer, outcome = self.person.write(f"/videos/{draft.video}/description/", pairs)
            self.person.ledger.descriptions.append(
                Rename(draft.video, draft.seen, draft.text, outcome)
            )
            self.person.ledger.act(self.person.name, "describe", outcome, draft.video)
            if outcome == "unknown" or answer is None:
                continue
            self.drafts.remove(draft)
            if outcome == "done":
                self.person.page_of(draft.video).merge(answer.text)
            elif f"/videos/{draft.video}/description/" in answer.text:  # else the video is gone
                seen = self._version(draft.video)
                self.drafts.append(replace(draft, seen=draft.seen if seen is None else seen))

    def _version(self, video: str) -> int | None:
        """Of the text that its form shows; none if the studio does not answer, or knows no such video."""
        answer = self.person.ask("GET", f"/videos/{video}/description/")
        if answer is None or answer.status != 200:
            return None
        version = read(answer.text).find(name="version")
        assert version is not None
        return int(version.attributes["value"])

    def remove_many(self, room: Room) -> None:
        """Of which it is known that they are there: undone, exactly they are back."""
        self._begin(room, "remove", self._some(self._known_rows(room)))

    def _known_rows(self, room: Room) -> list[str]:
        ledger = self.person.ledger
        page = self._page(room)
        return [
            video
            for video in self.person.kept_rows(room)
            if page.chapter_of(video) not in ledger.uncertain_cancels
            and all(outcome == "done" for _, outcome in ledger.wishes.get(video, []))
        ]

    def publish_many(self, room: Room) -> None:
        verb = self.chance.choice(["publish", "unpublish"])
        self._begin(room, verb, self._some(self.person.kept_rows(room)))

    def retry_many(self, room: Room) -> None:
        self._begin(room, "retry", self._some(list(self._page(room).rows)))

    def move_many(self, room: Room) -> None:
        """Within their chapter: where each was picked for is a promise that others look after."""
        chapter = self.chance.choice(room.chapters)
        videos = self._some(list(self._page(room).chapters[chapter].rows))
        self.person.ledger.moved.update(videos)
        place = str(self.chance.randint(1, 20))
        self._begin(room, "move", videos, [("chapter", chapter), ("place", place)])

    def _some(self, videos: list[str]) -> list[str]:
        return self.chance.sample(videos, min(len(videos), self.chance.randint(1, 12)))

    def _begin(
        self, room: Room, verb: str, videos: list[str], fields: list[tuple[str, str]] | None = None
    ) -> None:
        if videos:
            published = self.person.ledger.published
            before = {video: published.get(video, True) for video in videos}
            self.unanswered = Many(room, verb, videos, fields or [], str(uuid7()), before)
            self.settle()

    def settle(self) -> None:
        """Sent until it is answered: twice is once."""
        many = self.unanswered
        assert many is not None
        answer, outcome = self.person.write(many.address, many.pairs)
        about = f"{len(many.videos)} from {many.videos[0]}"
        action = f"undo of {many.verb} of many" if many.is_undo else f"{many.verb} of many"
        self.person.ledger.act(self.person.name, action, outcome, about)
        if outcome == "unknown" or answer is None:
            return
        self.unanswered = None
        self._page(many.room).merge(answer.text)
        if outcome == "done":
            self._note(many)
        elif many.is_undo and many.verb == "remove":
            self.person.ledger.promise_broken(self.person.name, f"{action} refused: {about}")

    def _note(self, many: Many) -> None:
        ledger = self.person.ledger
        for video in many.videos:
            if many.verb == "remove":
                ledger.wishes[video].append(("restore" if many.is_undo else "remove", "done"))
            elif many.verb in _SHOWN:
                ledger.published[video] = many.before[video] if many.is_undo else _SHOWN[many.verb]
        if many.verb in _UNDONE and not many.is_undo and self.chance.random() < 0.5:
            self.unanswered = replace(many, is_undo=True)

    def _page(self, room: Room) -> Page:
        return self.person.pages[room.course]
