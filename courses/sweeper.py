"""The safety net under wake-up calls, which may be lost: the rows say what waits for a worker."""

import logging
import time
from collections.abc import Hashable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now

from config.wake_ups import CallFor, queue_is_empty
from courses.linking import call_linkers
from courses.models import Video
from media_library.intake import call_examiners
from media_library.models import MediaFile

_log = logging.getLogger("lectern.sweeper")
# The queue gets a moment first: from commit to claim it is 3 ms when a worker is free.
_GRACE = timedelta(seconds=3)
# Is the queue empty, then a call from before was lost. Is it not, then workers are likely busy, and to
# call again and again would only make the queue longer: a call in vain costs a worker 3 ms.
_CALL_AGAIN_IF_QUEUE_IS_EMPTY = 3.0
_CALL_AGAIN = 300.0
_MOST_CALLS = 500  # in one sweep, oldest first

# A row, and since when it waits: claimed, deferred or died over, it waits anew.
Waiting = tuple[Hashable, ...]


class Sweeper:
    """One works, however many there are: the others wait for its lock, which goes with its connection."""

    def __init__(self) -> None:
        self._locked: object = None
        self._called: dict[Waiting, float] = {}

    def sweep(self) -> None:
        if not self._is_the_one():
            return
        for video in Video.objects.given_up().select_related("chapter")[:_MOST_CALLS]:
            if video.give_up():
                _log.warning("%s has failed: its workers died %d times", video.pk, video.attempts)
        videos = Video.objects.due().filter(due_at__lt=Now() - _GRACE).order_by("due_at")
        files = MediaFile.objects.filter(status=MediaFile.Status.PROCESSING)
        files = files.filter(created_at__lt=Now() - _GRACE).order_by("created_at")
        waiting_videos = list(videos.values_list("pk", "due_at", "attempts")[:_MOST_CALLS])
        waiting_files = list(files.values_list("pk", "created_at")[:_MOST_CALLS])
        self._forget_all_but({*waiting_videos, *waiting_files})
        self._call(call_linkers, waiting_videos)
        self._call(call_examiners, waiting_files)

    def _is_the_one(self) -> bool:
        if self._locked is None or self._locked is not connection.connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(hashtext('lectern sweeper'))")
                self._locked = connection.connection if cursor.fetchone() == (True,) else None
        return self._locked is not None

    def _forget_all_but(self, waiting: set[Waiting]) -> None:
        self._called = {row: when for row, when in self._called.items() if row in waiting}

    def _call(self, call: CallFor, waiting: Sequence[tuple[UUID, *Waiting]]) -> None:
        if not waiting:
            return
        now = time.monotonic()
        pause = _CALL_AGAIN_IF_QUEUE_IS_EMPTY if queue_is_empty() else _CALL_AGAIN
        to_call = [row for row in waiting if now - self._called.get(row, -_CALL_AGAIN) >= pause]
        if to_call:
            call([row[0] for row in to_call])
            self._called |= dict.fromkeys(to_call, now)
            _log.info("%d calls sent: %s", len(to_call), call.__name__)
