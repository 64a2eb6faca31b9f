"""What must come of a verb, of any row and page at any time, and of all videos in the end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.models import User
from courses.linking import Refusal
from courses.models import Chapter, Course, Video
from media_library.models import MediaFile
from tests.courses.invariants import Page, Snapshot
from tests.courses.video_model import Model

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Studio:
    """What is there before the first step."""

    author: User
    course: Course
    chapters: list[Chapter]  # two of the course, then one of a stranger's course
    files: list[MediaFile]  # of the author, then a broken one of hers, then a stranger's
    foreign: Video


class Crash(Exception):
    """The process died in the middle of a verb."""


@contextmanager
def crashing(after: int | None) -> Iterator[None]:
    """Dies after so many statements, if there are so many. To roll back is left to PostgreSQL."""
    left = after

    def execute(run: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        nonlocal left
        if left is not None and not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            if left == 0:
                left = None
                raise Crash
            left -= 1
        return run(sql, *arguments)

    with connection.execute_wrapper(execute):
        yield


class Judge:
    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        *good, broken, foreign = studio.files
        self.model = Model(
            orders={chapter.pk: [] for chapter in studio.chapters[:2]},
            titles={file.pk: file.name.rpartition(".")[0] for file in good},
            refusals={broken.pk: Refusal.BROKEN, foreign.pk: Refusal.UNKNOWN},
            foreign=[studio.foreign.pk],
        )
        self.pages: list[Page] = []
        self.heard = 0
        self.crash: int | None = None  # in the next verb, after so many statements
        self.now = Snapshot.taken()

    @property
    def _revision(self) -> int:
        return self.now.revisions[self.studio.course.pk]

    def _wins(
        self,
        verb: Callable[[], int | None],
        wins: bool,
        touched: Collection[UUID],
        spaced: Collection[UUID] = (),
    ) -> bool:
        """A verb that answers with its revision, or with None."""
        if wins:
            return self._happens(verb, self._revision + 1, touched, spaced)
        self._happens(verb, None, [])
        return False

    def _happens(
        self,
        verb: Callable[[], object],
        answer: object,
        touched: Collection[UUID],
        spaced: Collection[UUID] = (),
        *,
        shows: bool = True,
    ) -> bool:
        """Gives this answer and changes these rows, in one revision if it shows.

        Where it crashes it has done so too and its answer is lost, or nothing has happened at all: False.
        """
        before, crash, self.crash = self.now, self.crash, None
        try:
            with crashing(crash):
                given = verb()
        except Crash:
            transaction.set_rollback(False)  # Django thinks that a statement has failed
            given = answer
            if Snapshot.taken() == before:
                return False
        self.now = Snapshot.taken()
        assert given == answer, f"it answered {given} instead of {answer}"
        changed = self.now.differing(before)
        assert changed >= set(touched), "it changed nothing"
        assert changed <= {*touched, *spaced}, "it changed the row of another"
        revised = {self.studio.course.pk: before.revisions[self.studio.course.pk] + 1}
        expected = before.revisions | (revised if touched and shows else {})
        assert self.now.revisions == expected, "it has not made one revision"
        if shows:
            # A place is nothing that a page shows of a removed video.
            unseen = {pk for pk in spaced if self.now.rows[pk]["removed_at"] is not None}
            revisions = {self.now.rows[pk]["revision"] for pk in changed - unseen}
            assert revisions <= {self._revision}, "what changed does not say since when"
        return True

    def check(self) -> None:
        self.now.check()
        self.model.check(self.now)
        if self.pages and self._revision > self.heard:  # it takes time: one at each revision
            self.pages[self._revision % len(self.pages)].check()
            self.heard = self._revision

    def ends(self) -> None:
        """After the last fault everything settles: in one sweep, and as many claims as videos wait."""
        Video.objects.exclude(lease_until=None).update(lease_until=Now() - HOUR)
        Video.objects.update(due_at=Now() - HOUR)
        before = Snapshot.taken()
        waiting = [pk for pk, video in self.model.videos.items() if video.under_way]
        for video in Video.objects.given_up().select_related("chapter"):
            assert video.give_up(), f"{video.pk} cannot be given up"
        for mine in islice(iter(Video.objects.claim_next, None), len(waiting)):
            assert mine.complete(), f"{mine.pk} cannot be completed"
        self.now = Snapshot.taken()
        assert self.now.differing(before) == set(waiting)
        for video_id in waiting:
            status = self.now.videos[video_id]["status"]
            assert status in ("linked", "failed"), f"{video_id} is {status} for ever"
        for page in self.pages:
            page.check()
