"""The safety net under wake-up calls, which may be lost: the rows say what waits for a worker."""

import logging
import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection
from django.db.models.functions import Now

from config.wake_ups import calls_waiting
from courses.linking import call_linkers
from courses.models import Chapter, Video
from media_library import batches, marks, space, versions
from media_library.fetching import call_fetchers
from media_library.frames import call_painters
from media_library.intake import call_examiners
from media_library.models import BatchItem, MediaFile

_log = logging.getLogger("lectern.sweeper")
# The queue gets a moment first: from commit to claim it is 3 ms when a worker is free.
_GRACE = timedelta(seconds=3)
_A_PERSON = settings.LINK_CONCURRENCY  # has so many links under way at most, in one worker
# Is the queue empty, then a call from before was lost. Is it not, then workers are likely busy, and to
# call again and again would only make the queue longer: a call in vain costs a worker 3 ms.
_CALL_AGAIN_IF_QUEUE_IS_EMPTY = 3.0
_CALL_AGAIN = 300.0
_MOST_AT_ONCE = 500  # oldest first

# A file, and since when it waits; which second of it shall be its poster; a batch, and which item is next.
Waiting = tuple[UUID, datetime]
Wanted = tuple[UUID, float | None]
Head = tuple[UUID, int]
Row = TypeVar("Row")


class Sweeper:
    """One works, however many there are: the others wait for its lock, which goes with its connection."""

    def __init__(self) -> None:
        self._locked: object = None
        self._called: dict[Waiting, float] = {}
        self._called_to_paint: dict[Wanted, float] = {}
        self._called_to_perform: dict[Head, float] = {}
        self._called_to_fetch = 0.0
        self._said_to_wait: set[UUID] = set()

    def sweep(self) -> None:
        if not self._is_the_one():
            return
        for video in Video.objects.given_up().select_related("chapter")[:_MOST_AT_ONCE]:
            if video.give_up():
                _log.warning("%s has failed: its workers died %d times", video.pk, video.attempts)
        self._wake_whose_upload_is_over()
        with suppress(OperationalError):  # a course is locked: the next sweep comes soon
            versions.take_waiting_places()
        with suppress(OperationalError):
            marks.settle_many()
        space.fold()
        try:
            self._call_linkers()
            self._call_examiners()
            self._call_painters()
            self._call_performers()
            self._call_fetchers()
        finally:
            self._say_who_waits()

    def _is_the_one(self) -> bool:
        if self._locked is None or self._locked is not connection.connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(hashtext('lectern sweeper'))")
                self._locked = connection.connection if cursor.fetchone() == (True,) else None
        return self._locked is not None

    def _wake_whose_upload_is_over(self) -> None:
        """The end of the upload did, unless a pick or a retry met it. The row shows nothing of this."""
        left = Video.objects.waiting_for_upload().exclude(media__status=MediaFile.Status.UPLOADING)
        with suppress(OperationalError):  # a course is locked: the next sweep comes soon
            if woken := left.update(due_at=Now()):
                _log.warning("%d videos waited for uploads that were over.", woken)

    def _call_linkers(self) -> None:
        """Whoever links a video calls for the next one: so many calls are still to come."""
        if not Video.objects.due().filter(due_at__lt=Now() - _GRACE).exists():
            return
        wanted = sum(max(0, min(due, _A_PERSON) - held) for due, held in Video.objects.demand())
        missing = wanted - calls_waiting("celery")
        if missing > 0:
            call_linkers(missing)
            _log.info("%d calls sent for videos that wait.", missing)

    def _say_who_waits(self) -> None:
        """Once when it begins, once when it is over: nothing else changes in those chapters."""
        waiting = set(Video.objects.chapters_without_worker())
        for chapter in Chapter.objects.filter(pk__in=waiting ^ self._said_to_wait):
            with suppress(OperationalError):  # its course is locked: the next change tells as well
                chapter.draw_anew()
        self._said_to_wait = waiting

    def _call_examiners(self) -> None:
        files = MediaFile.objects.filter(status=MediaFile.Status.PROCESSING)
        files = files.filter(created_at__lt=Now() - _GRACE).order_by("created_at")
        waiting: list[Waiting] = list(files.values_list("pk", "created_at")[:_MOST_AT_ONCE])
        now = time.monotonic()
        self._called = {row: self._called.get(row, now - _CALL_AGAIN) for row in waiting}
        if to_call := _overdue(self._called, now):
            call_examiners([media_id for media_id, _ in to_call])
            self._called |= dict.fromkeys(to_call, now)
            _log.info("%d calls sent for files that wait.", len(to_call))

    def _call_painters(self) -> None:
        """Nobody knows since when a frame is wanted: when it is seen first, it was called for just now."""
        files = MediaFile.objects.wanting_frame().order_by("pk")
        waiting: list[Wanted] = list(files.values_list("pk", "frame_wanted")[:_MOST_AT_ONCE])
        now = time.monotonic()
        self._called_to_paint = {row: self._called_to_paint.get(row, now) for row in waiting}
        if to_call := _overdue(self._called_to_paint, now):
            call_painters([media_id for media_id, _ in to_call])
            self._called_to_paint |= dict.fromkeys(to_call, now)
            _log.info("%d calls sent for posters that wait.", len(to_call))

    def _call_performers(self) -> None:
        """One that moves has a worker: only what stands where it stood is called for."""
        now = time.monotonic()
        heads: list[Head] = BatchItem.objects.heads()
        self._called_to_perform = {
            head: self._called_to_perform.get(head, now) for head in heads[:_MOST_AT_ONCE]
        }
        if to_call := _overdue(self._called_to_perform, now):
            for batch_id, _ in to_call:
                batches.call_for(batch_id)
            self._called_to_perform |= dict.fromkeys(to_call, now)
            _log.info("%d calls sent for batches that wait.", len(to_call))

    def _call_fetchers(self) -> None:
        """Whoever fetches a piece calls for the next one: if no call is there, one was lost."""
        if not MediaFile.objects.to_fetch().filter(fetch_at__lt=Now() - _GRACE).exists():
            return
        now = time.monotonic()
        is_recent = now - self._called_to_fetch < _CALL_AGAIN_IF_QUEUE_IS_EMPTY
        if not is_recent and not calls_waiting("library"):
            call_fetchers()
            self._called_to_fetch = now
            _log.info("Called for files that are to be imported.")


def _overdue(called: dict[Row, float], now: float) -> list[Row]:
    if not called:
        return []
    pause = _CALL_AGAIN if calls_waiting("library") else _CALL_AGAIN_IF_QUEUE_IS_EMPTY
    return [row for row, when in called.items() if now - when >= pause]
