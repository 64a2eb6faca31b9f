import logging
from functools import partial
from uuid import UUID

from django.db import InterfaceError, OperationalError

from config.celery import app
from config.wake_ups import attempt, wake
from media_library import batches, fetching, frames, intake, janitor, trash, uploads
from media_library.file_errors import NotNow
from media_library.models import FormerCaptions

_log = logging.getLogger("lectern.media")


@app.task(name="media_library.probe_media_file")
def probe_media_file(media_id: str) -> None:
    """A second call for a file that a slow storage holds up would only take a thread from the links."""
    try:
        intake.examine(UUID(media_id), patience=0)
    except NotNow as error:
        _log.warning("%s waits for the next sweep: %s: %s", media_id, type(error).__name__, error)


@app.task(name="media_library.draw_frame")
def draw_frame(media_id: str) -> None:
    try:
        frames.draw(UUID(media_id))
    except NotNow as error:
        _log.warning("the frame of %s waits: %s: %s", media_id, type(error).__name__, error)


@app.task(name="media_library.perform_batch")
def perform_batch(batch_id: str) -> None:
    """A slice of it; the next one comes behind whatever else waits for a worker."""
    try:
        if batches.perform(UUID(batch_id)):
            attempt(partial(batches.call_for, UUID(batch_id)))
    except (OperationalError, InterfaceError) as error:
        _log.warning("batch %s waits for the next sweep: %s", batch_id, error)


@app.task(name="media_library.forget_what_is_old")
def forget_what_is_old() -> None:
    """Uploads that do not go on, and what was thrown away, replaced or done long ago."""
    ended, deleted = uploads.end_expired(), trash.forget_what_is_old()
    batches.forget_what_is_old()
    FormerCaptions.objects.forget_old()
    _log.info("%d uploads ended, %d files deleted for good.", ended, deleted)


@app.task(name="media_library.tidy_up")
def tidy_up() -> None:
    try:
        _log.info("%d stored files that nobody knew are gone.", janitor.tidy_up())
    except NotNow as error:
        _log.warning("the storage is not tidied up: %s", error)


@app.task(name="media_library.fetch")
def fetch() -> None:
    """A piece and no more; what is left comes behind whatever else waits for a worker."""
    if fetching.fetch_next():
        attempt(partial(wake, "media_library.fetch"))
