"""What there is in the studio of a chaos run, by its ids. Knows no Django."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Library:
    """Media ids: `fresh` files are good and not examined yet, `bad` ones can never be linked."""

    good: list[str]
    fresh: list[str]
    bad: list[str]

    @property
    def whole(self) -> list[str]:
        return self.good + self.fresh


@dataclass(frozen=True)
class Room:
    """A course; the first of its authors owns it."""

    course: str
    authors: list[str]
    chapters: list[str]

    def kept_by(self, name: str) -> list[str]:
        """Each chapter has one person who takes rows away there, so that it is known who did it last."""
        number = len(self.authors)
        return [
            chapter
            for place, chapter in enumerate(self.chapters)
            if self.authors[place % number] == name
        ]


@dataclass(frozen=True)
class World:
    libraries: dict[str, Library]
    rooms: list[Room]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, told: dict[str, Any]) -> World:
        libraries = {name: Library(**one) for name, one in told["libraries"].items()}
        return cls(libraries, [Room(**room) for room in told["rooms"]])

    @property
    def bad(self) -> set[str]:
        return {media for library in self.libraries.values() for media in library.bad}
