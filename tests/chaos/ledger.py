"""What people did and what they were told: by this the studio is judged afterwards."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

# Unknown: no answer came, or one that leaves it open (a 503 of a database that went away).
Outcome = Literal["done", "refused", "unknown"]


class Diary:
    """Every fault and every action, with its time: a failure can be read from it."""

    def __init__(self, path: Path, *, aloud: bool = False) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._aloud = aloud
        self._lock = threading.Lock()
        self._began = time.monotonic()

    def note(self, who: str, what: str, *, aloud: bool = False) -> None:
        now = f"{datetime.now(UTC):%H:%M:%S.%f}"[:-3]
        line = f"{now} {time.monotonic() - self._began:7.2f} s  {who:9} {what}"
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()
            if aloud and self._aloud:
                print(line, file=sys.stdout, flush=True)

    def __enter__(self) -> Diary:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@dataclass
class Batch:
    """One pick of files, under ids that the page made. `standing` is what the answer showed of it."""

    person: str
    course: str
    chapter: str
    media: list[str]
    videos: list[str]
    outcome: Outcome = "unknown"
    standing: list[str] = field(default_factory=list)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [
            pair
            for media, video in zip(self.media, self.videos, strict=True)
            for pair in (("media", media), ("video", video))
        ]


@dataclass(frozen=True)
class Rename:
    """An attempt at a title or a description, with the version of it that the person had seen."""

    video: str
    seen: int
    title: str
    outcome: Outcome


@dataclass
class MadeChapter:
    """As its one author was told that it is."""

    id: str
    title: str
    version: int = 0
    is_removed: bool = False


@dataclass
class Ledger:
    """Written by all people at once: every entry is one append, which Python does not tear."""

    diary: Diary
    batches: list[Batch] = field(default_factory=list)
    renames: list[Rename] = field(default_factory=list)
    descriptions: list[Rename] = field(default_factory=list)
    chapters: list[MadeChapter] = field(default_factory=list)
    published: dict[str, bool] = field(default_factory=dict)  # as its one keeper wished it last
    # Of each video, in the order in which its one keeper did them; a cancelled link is removed.
    wishes: dict[str, list[tuple[Literal["remove", "restore"], Outcome]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    uncertain_cancels: set[str] = field(default_factory=set)  # chapters
    moved: set[str] = field(default_factory=set)
    actions: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    broken_promises: list[str] = field(default_factory=list)

    def act(self, who: str, action: str, outcome: Outcome, about: str = "") -> None:
        self.actions[action, outcome] += 1
        self.diary.note(who, f"{action} {outcome} {about}".rstrip())

    def promise_broken(self, who: str, what: str) -> None:
        self.broken_promises.append(f"{who}: {what}")
        self.diary.note(who, f"!!! {what}", aloud=True)

    def batch_of(self, video: str) -> Batch | None:
        return next((batch for batch in self.batches if video in batch.videos), None)
