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


@dataclass
class Many:
    """One edit of many rows, under an id that the page made."""

    room: Room
    verb: str
    videos: list[str]
    fields: list[tuple[str, str]]


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
        self._begin(room, "remove", self._some(self.person.kept_rows(room)))

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
            edit = ("edit", str(uuid7()))
            self.unanswered = Many(room, verb, videos, [*(fields or []), edit])
            self.settle()

    def settle(self) -> None:
        """Sent until it is answered: twice is once."""
        many = self.unanswered
        assert many is not None
        address = f"/courses/{many.room.course}/bulk/{many.verb}/"
        answer, outcome = self.person.write(
            address, [*many.fields, *(("video", video) for video in many.videos)]
        )
        about = f"{len(many.videos)} from {many.videos[0]}"
        self.person.ledger.act(self.person.name, f"{many.verb} of many", outcome, about)
        if outcome == "unknown" or answer is None:
            return
        self.unanswered = None
        self._page(many.room).merge(answer.text)
        if outcome == "done":
            self._note(many)

    def _note(self, many: Many) -> None:
        for video in many.videos:
            if many.verb == "remove":
                self.person.ledger.wishes[video].append(("remove", "done"))
            elif many.verb in ("publish", "unpublish"):
                self.person.ledger.published[video] = many.verb == "publish"

    def _page(self, room: Room) -> Page:
        return self.person.pages[room.course]
