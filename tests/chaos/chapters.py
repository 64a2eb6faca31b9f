"""Chapters that one instructor makes and nobody else touches; an edit of one is sent until it is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from config.ids import uuid7
from tests.chaos.ledger import MadeChapter
from tests.chaos.names import Room

if TYPE_CHECKING:
    from tests.chaos.people import Instructor

_MOST = 4  # of one person in one course


@dataclass(frozen=True)
class Wish:
    """`note` says in the ledger what is so when it is done."""

    room: Room
    verb: str
    address: str
    pairs: list[tuple[str, str]]
    note: Callable[[], None]


class Chapters:
    def __init__(self, person: Instructor) -> None:
        self.person = person
        self.chance = Random(f"{person.chance.random()} chapters")
        self.unanswered: Wish | None = None
        self._made: dict[str, list[MadeChapter]] = {}  # by course
        self._titles = 0

    def edit(self, room: Room) -> None:
        made = self._made.setdefault(room.course, [])
        verbs = [self._rename, self._move, self._remove_or_restore]
        if len(made) < _MOST and self.chance.random() < 0.4:
            self.unanswered = self._add(room)
        elif made:
            self.unanswered = self.chance.choice(verbs)(room, self.chance.choice(made))
        if self.unanswered:
            self.settle()

    def settle(self) -> None:
        wish = self.unanswered
        assert wish is not None
        answer, outcome = self.person.write(wish.address, wish.pairs)
        action = f"{wish.verb} of a chapter"
        self.person.ledger.act(self.person.name, action, outcome, wish.address)
        if outcome == "unknown" or answer is None:
            return
        self.unanswered = None
        self.person.pages[wish.room.course].merge(answer.text)
        if outcome == "done":
            wish.note()
        else:
            what = f"{action} was refused, and it is nobody else's: {answer.text[:300]}"
            self.person.ledger.promise_broken(self.person.name, what)

    def _add(self, room: Room) -> Wish:
        chapter = MadeChapter(str(uuid7()), self._new_title())

        def note() -> None:
            self._made[room.course].append(chapter)
            self.person.ledger.chapters.append(chapter)

        pairs = [("title", chapter.title), ("chapter", chapter.id)]
        return Wish(room, "adding", f"/courses/{room.course}/chapters/", pairs, note)

    def _rename(self, room: Room, chapter: MadeChapter) -> Wish | None:
        if chapter.is_removed:
            return None
        title = self._new_title()

        def note() -> None:
            chapter.title = title
            chapter.version += 1

        pairs = [("title", title), ("version", str(chapter.version))]
        return Wish(room, "renaming", f"/chapters/{chapter.id}/title/", pairs, note)

    def _move(self, room: Room, chapter: MadeChapter) -> Wish | None:
        if chapter.is_removed:
            return None
        pairs = [("place", str(self.chance.randint(1, 6)))]
        return Wish(room, "moving", f"/chapters/{chapter.id}/move/", pairs, lambda: None)

    def _remove_or_restore(self, room: Room, chapter: MadeChapter) -> Wish:
        is_removed = not chapter.is_removed

        def note() -> None:
            chapter.is_removed = is_removed

        verb = "remove" if is_removed else "restore"
        return Wish(room, verb, f"/chapters/{chapter.id}/{verb}/", [], note)

    def _new_title(self) -> str:
        self._titles += 1
        return f"{self.person.name}'s chapter {self._titles}"
