"""Helpers for tests about links: real files in the library, workers that are threads."""

import io
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from accounts.models import User
from courses.models import Chapter, Video
from media_library import intake, uploads
from media_library.models import MediaFile
from tests.factories import make_media, make_video

PATIENCE = 120  # with another process, on a machine that has other work


def wait_until(so: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def nobody_sweeps() -> None:
    """The lock of a sweeper goes with its connection, and those of tests before may still be open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database() AND pid <> pg_backend_pid()"
        )


def stored(owner: User, content: bytes, name: str = "01 Welcome.mp4") -> MediaFile:
    """Taken in, not examined yet."""
    return uploads.take_in(owner, name, io.BytesIO(content))


def ready(owner: User, content: bytes, name: str = "01 Welcome.mp4") -> MediaFile:
    media = stored(owner, content, name)
    intake.examine(media.pk)
    return MediaFile.objects.get(pk=media.pk)


def linking(chapter: Chapter, media: MediaFile | None = None, **columns: Any) -> Video:
    media = media or make_media(chapter.course.owner)
    return make_video(chapter, media, **{"status": "linking"} | columns)


def claimed(video: Video) -> Video:
    mine = Video.objects.claim(video.pk)
    assert mine is not None
    return mine


def let_lease_run_out(video: Video) -> None:
    """As if its worker had died a while ago."""
    Video.objects.filter(pk=video.pk).update(lease_until=Now() - timedelta(seconds=1))


def row(video: Video) -> Mapping[str, Any]:
    return Video.objects.filter(pk=video.pk).values().get()


def in_thread(work: Callable[[], Any]) -> threading.Thread:
    """Begun; its connection is closed when it ends."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def at_once(work: Callable[[], Any], times: int) -> list[Any]:
    """The same in so many threads, all let go at one moment, each on a connection of its own."""
    barrier = threading.Barrier(times)
    results: list[Any] = []

    def run() -> None:
        barrier.wait(10)
        results.append(work())

    threads = [in_thread(run) for _ in range(times)]
    for thread in threads:
        thread.join(30)
    assert len(results) == times
    return results
