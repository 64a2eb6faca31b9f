"""Everything that may happen to the videos of a course, one step after the other, and what must come of it.

A story is a transaction that is rolled back, so no worker is ever called: all calls are lost. Time stands
still between the steps; what runs out is set into the past.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from courses import positions
from courses.linking import (
    ChapterGone,
    Pick,
    Requested,
    cancel_links,
    request_links,
    restore_link,
    restore_links,
    retry_failed_links,
    retry_link,
)
from courses.models import Chapter, Video
from courses.revisions import revise
from tests.courses.invariants import Page, Snapshot
from tests.courses.story_judge import HOUR, Judge, Studio
from tests.courses.video_model import Expected

MOST_VIDEOS = 4  # few, so that the steps meet at the same ones
MOST_PAGES = 4
LIKELY = 8  # numbers from here on mean one that matters to the verb, those below any


class Story(Judge):
    """Videos and workers are named by a number of any size: there is always one that is meant."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.minted: list[UUID] = []
        self.requests: list[tuple[Chapter, list[Pick]]] = []
        self.cancelled: list[tuple[Chapter, int]] = []  # and the revision that did it
        self.seen: list[Video] = []  # as they were when they were new: no verb may trust it
        self.workers: list[Video] = []  # also those that lost their lease; the last one first

    # Asking for links

    def request(self, chapter: int, wanted: list[tuple[int, int | None]]) -> None:
        """A file each, and the video's id: a new one, or one of the known, the first of which is foreign."""
        if len(self.minted) >= 2 * MOST_VIDEOS or len(self.seen) >= MOST_VIDEOS:
            return
        known = [self.studio.foreign.pk, *self.minted]
        picks = []
        for file, place in wanted:
            if place is None:
                self.minted.append(UUID(int=len(self.minted) + 1))
            video_id = self.minted[-1] if place is None else known[place % len(known)]
            picks.append(Pick(self.studio.files[file].pk, video_id))
        self.requests.append((self.studio.chapters[chapter], picks))
        self._request(*self.requests[-1])

    def request_again(self, which: int) -> None:
        """A double click, or an answer that was lost."""
        self._request(*self.requests[which % len(self.requests)])

    def _request(self, chapter: Chapter, picks: list[Pick]) -> None:
        def request() -> Requested | None:
            with suppress(ChapterGone):
                return request_links(chapter, self.studio.author, picks)
            return None

        after, answer, new = deepcopy(self.model), None, {}
        if chapter.pk not in self.model.removed_chapters:
            new = self.model.new_ones(picks)
            answer = after.request(chapter.pk, picks)
        if self._happens(request, answer, new):
            self.model = after
            self.seen += Video.objects.select_related("chapter").filter(pk__in=new).in_order()

    # Workers

    def claim(self, which: int) -> bool:
        """Also of what is leased already: a call may come twice."""
        video, expected = self._video(which, lambda video: video.claimable)
        claims: list[Video] = []

        def claim() -> bool:
            claims.extend(filter(None, [Video.objects.claim(video.pk)]))
            return bool(claims)

        wins = expected.claimable
        happened = self._happens(claim, wins, [video.pk] if wins else [], shows=False)
        if wins and happened:  # also if the worker died before it was told
            expected.claim(self.now.videos[video.pk]["lease_token"])
            self.workers[:0] = claims
        return bool(claims)

    def renew(self, worker: int) -> None:
        if self.workers:
            mine, _, holds = self._worker(worker)
            self._happens(mine.renew_lease, holds, [mine.pk] if holds else [], shows=False)

    def settle(self, worker: int, outcome: str) -> None:
        """Also what is settled already, and by who comes too late."""
        if not self.workers:
            return
        mine, expected, holds = self._worker(worker)
        match outcome:
            case "complete":
                if self._wins(mine.complete, holds, [mine.pk]):
                    expected.settle("linked")
            case "damaged" | "missing":
                if self._wins(lambda: mine.fail(outcome), holds, [mine.pk]):
                    expected.settle("failed", outcome)
            case "defer":
                if self._wins(mine.defer, holds, [mine.pk]):
                    expected.defer()
                    self._set(mine, due_at=Now() + HOUR)  # its second might be over meanwhile
            case "hang":
                self._lease_runs_out(mine, expected)

    def claim_and_settle(self, which: int, outcome: str) -> None:
        """Most workers have no trouble; those that hang may come too late after that."""
        if self.claim(which):
            self.settle(0, outcome)

    def claim_hang_and_lose(self, which: int) -> None:
        """To another worker; the one that hung has number 1 now."""
        video, expected = self._video(which, lambda video: video.claimable)
        number = self.seen.index(video)
        if self.claim(number):
            self._lease_runs_out(video, expected)
            self.claim(number)

    def claim_and_die_to_the_last(self, which: int) -> None:
        video, expected = self._video(which, lambda video: video.claimable)
        while expected.claimable:
            self.claim(self.seen.index(video))
            self._lease_runs_out(video, expected)  # or it died before it had one

    def _worker(self, which: int) -> tuple[Video, Expected, bool]:
        """Any, or from LIKELY on one that holds its lease, if there is one."""
        holding = [mine for mine in self.workers if self._holds(mine)]
        among = holding if holding and which >= LIKELY else self.workers
        mine = among[which % len(among)]
        return mine, self.model.videos[mine.pk], self._holds(mine)

    def _holds(self, worker: Video) -> bool:
        return self.model.videos[worker.pk].leased_by(worker.lease_token)

    # The sweeper

    def give_up(self, which: int) -> None:
        video, expected = self._video(which, lambda video: video.given_up)
        if self._wins(video.give_up, expected.given_up, [video.pk]):
            expected.settle("failed", "attempts")

    # Authors

    def retry(self, which: int) -> None:
        video, expected = self._video(which, lambda video: video.failed)
        if self._wins(lambda: retry_link(video), expected.failed, [video.pk]):
            expected.retry()

    def retry_failed(self, chapter: int) -> None:
        there = self.studio.chapters[chapter]
        failed = self.model.failed(there.pk)
        if self._happens(lambda: retry_failed_links(there), failed, failed):
            for video in failed:
                self.model.videos[video].retry()

    def cancel(self, chapter: int) -> None:
        there = self.studio.chapters[chapter]
        under_way = self.model.under_way(there.pk)
        answer = self._revision + bool(under_way), len(under_way)
        if self._happens(lambda: cancel_links(there), answer, under_way):
            self.cancelled.append((there, self._revision))
            for video in under_way:
                self.model.videos[video].remove()

    def undo_cancel(self, which: int) -> None:
        """Of what it took away, that comes back which nobody has changed since."""
        if not self.cancelled:
            return
        there, revision = self.cancelled[which % len(self.cancelled)]

        def undo() -> set[UUID] | None:
            with suppress(ChapterGone):
                return set(restore_links(there, revision))
            return None

        is_gone = there.pk in self.model.removed_chapters
        back = {
            video
            for video in self.model.orders[there.pk]
            if self.now.videos[video]["revision"] == revision
            and self.model.videos[video].is_cancelled
            and not is_gone
        }
        if self._happens(undo, None if is_gone else back, back):
            for video in back:
                self.model.videos[video].restore()

    def remove(self, which: int) -> None:
        video, expected = self._video(which, lambda video: video.lease_is_running)
        if self._wins(video.remove, not expected.removed, [video.pk]):
            expected.remove()

    def restore(self, which: int) -> None:
        video, expected = self._video(which, lambda video: video.removed)
        if self._wins(lambda: restore_link(video), expected.removed, [video.pk]):
            expected.restore()

    def rename(self, which: int, title: str, version: int | None) -> None:
        """`version`: none at all, or how far from the one that the title has."""
        video, expected = self._video(which, lambda video: video.lease_is_running)
        seen = None if version is None else max(expected.title_version + version, 0)
        wins = not expected.removed and seen in (None, expected.title_version)
        if not wins and not expected.removed and title == expected.title:  # saved before
            revision = self.now.videos[video.pk]["revision"]
            self._happens(lambda: video.rename(title, seen), revision, [])
        elif self._wins(lambda: video.rename(title, seen), wins, [video.pk]):
            expected.rename(title)

    def move(self, which: int, chapter: int, where: tuple[str, int]) -> None:
        """The third chapter is a stranger's."""
        video, expected = self._video(which, lambda video: not video.removed)
        to = self.studio.chapters[chapter]
        target = (positions.to if where[0] == "to" else positions.by)(where[1])

        def move() -> int | None:
            return video.move(to, target)

        if not self.model.may_move(video.pk, to.pk):
            self._wins(move, False, [])
            return
        there = self.model.orders[to.pk]
        order = self.model.moved(video.pk, to.pk, target)
        if order == there:
            self._happens(move, self._revision, [])
            return
        left = {expected.chapter} - {to.pk}
        spaced = there if self.now.is_crowded(to.pk) else []
        if self._wins(move, True, {video.pk, *left}, spaced):
            self.model.orders[expected.chapter].remove(video.pk)
            self.model.orders[to.pk] = order
            expected.chapter = to.pk

    def remove_chapter(self, chapter: int) -> None:
        there = self.studio.chapters[chapter]
        if self._wins(there.remove, there.pk not in self.model.removed_chapters, [there.pk]):
            self.model.removed_chapters.add(there.pk)

    def restore_chapter(self, chapter: int) -> None:
        """Its videos are changed too, for pages that have none of them any more."""
        there = self.studio.chapters[chapter]
        wins = there.pk in self.model.removed_chapters
        if self._wins(there.restore, wins, [there.pk, *self.model.live_order(there.pk)]):
            self.model.removed_chapters.remove(there.pk)

    def draw_chapter_anew(self, chapter: int) -> None:
        there = self.studio.chapters[chapter]
        self._wins(there.draw_anew, there.pk not in self.model.removed_chapters, [there.pk])

    def open_a_page(self) -> None:
        self.pages = [*self.pages[1 - MOST_PAGES :], Page.loaded(self.studio.course.pk)]

    # Faults, and time

    def lease_runs_out(self, which: int) -> None:
        """Its worker hangs, is cut off or dead; in the first two cases it may still come late."""
        self._lease_runs_out(*self._video(which, lambda video: video.lease_is_running))

    def _lease_runs_out(self, video: Video, expected: Expected) -> None:
        if expected.lease_is_running:
            expected.lease_is_running = False
            self._set(video, lease_until=Now() - HOUR)

    def becomes_due(self, which: int) -> None:
        video, expected = self._video(which)
        expected.due = True
        self._set(video, due_at=Now() - HOUR)

    def crash_in_the_next_verb(self, after: int) -> None:
        self.crash = after

    def many_moves_use_up_the_room(self, chapter: int) -> None:
        there = self.studio.chapters[chapter]
        with revise(self.studio.course.pk) as revision:
            videos = Video.objects.filter(chapter=there)
            last = positions.at_end(videos)
            for place, video in enumerate(videos.in_order()):
                videos.filter(pk=video.pk).update(position=last + place, revision=revision)
        self.now = Snapshot.taken()

    def _set(self, video: Video, **columns: Any) -> None:
        Video.objects.filter(pk=video.pk).update(**columns)
        self.now = Snapshot.taken()

    def _video(
        self, which: int, matters: Callable[[Expected], bool] = lambda _: True
    ) -> tuple[Video, Expected]:
        """Any, or from LIKELY on one that matters to the verb, if there is one."""
        likely = [video for video in self.seen if matters(self.model.videos[video.pk])]
        among = likely if likely and which >= LIKELY else self.seen
        video = among[which % len(among)]
        return video, self.model.videos[video.pk]
