"""What a stored file holds, found out by a worker: whether it is a video, and what kind of one."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models.functions import Now

from config.wake_ups import wake
from media_library import parts, probing, signals, stored_files, versions
from media_library.file_errors import (
    NEVER_ARRIVED,
    ExaminedByAnother,
    FileEmpty,
    FileError,
    FileSizeDiffers,
)
from media_library.models import MediaFile, MediaFileQuerySet

_log = logging.getLogger("lectern.media")
_PATIENCE_WITH_ANOTHERS_LOOK = 20.0


def call_examiners(media_ids: Sequence[UUID]) -> None:
    for media_id in media_ids:
        wake("media_library.probe_media_file", str(media_id))


def examine(media_id: UUID, patience: float = _PATIENCE_WITH_ANOTHERS_LOOK) -> None:
    """Find out what is in it: READY with facts and poster, or BROKEN with the reason.

    A broken file gets another chance, for it may have been the storage that was damaged. NotNow leaves
    all as it was. Who comes while another worker looks at the file waits, if patient, and takes over what
    it found.
    Two at once would do no harm: the second writes nothing, and its poster goes.
    """
    media = _not_ready(media_id).first()
    if media is None:
        return
    with _alone_with(media, patience):
        if _not_ready(media.pk).filter(probed_at=media.probed_at).exists():
            _look_at(media)


def _look_at(media: MediaFile) -> None:
    try:
        if not media.file:
            parts.join(media)
            media.refresh_from_db(fields=["file", "checksum"])
        facts = inspect(media, poster=True)
    except FileError as error:
        _log.info("%s is broken: %s %s", media.pk, error.reason, error)
        _settle(media, status=MediaFile.Status.BROKEN, reason=error.reason)
    else:
        _make_ready(media, facts)


@contextmanager
def _alone_with(media: MediaFile, patience: float) -> Iterator[None]:
    """The lock is the connection's, so it ends with a worker that dies, and needs no transaction."""
    key = f"examine {media.pk}"
    deadline = time.monotonic() + patience
    while not _ask_database("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key):
        if time.monotonic() > deadline:
            raise ExaminedByAnother
        time.sleep(0.1)
    try:
        yield
    finally:
        with suppress(DatabaseError, InterfaceError):  # with its connection the lock went, too
            _ask_database("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def _ask_database(question: str, key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [key])
        row = cursor.fetchone()
    return bool(row and row[0])


def inspect(media: MediaFile, *, poster: bool = False, at: float | None = None) -> probing.Facts:
    """Open the stored file and see, whatever is known of it already."""
    if not media.size:
        raise FileEmpty
    with stored_files.opened(media.file) as stored:
        if stored.size != media.size:
            raise FileSizeDiffers if stored.size else FileEmpty
        return probing.probe(stored.read, stored.size, poster=poster, at=at)


def _make_ready(media: MediaFile, facts: probing.Facts) -> None:
    stored_files.ask(media.poster.save, "poster.jpg", ContentFile(facts.poster), save=False)
    with transaction.atomic():
        is_ours = _settle(
            media,
            status=MediaFile.Status.READY,
            duration=timedelta(seconds=facts.duration),
            width=facts.width,
            height=facts.height,
            container=facts.container,
            video_codec=facts.video_codec,
            audio_codec=facts.audio_codec,
            poster=media.poster.name,
        )
        if is_ours:
            signals.contents_changed.send(MediaFile, media=media)
    if is_ours and media.version_of_id is not None:
        versions.take_place(media)
    if not is_ours:
        stored_files.ask(media.poster.delete, save=False)


def _settle(media: MediaFile, **columns: Any) -> bool:
    """Of the bytes that were looked at: a repair or another version may have come meanwhile."""
    same = _not_ready(media.pk).filter(file=media.file.name or "")
    return bool(same.update(**{"reason": "", **columns}, probed_at=Now()))


def _not_ready(media_id: UUID) -> MediaFileQuerySet:
    unsure = MediaFile.objects.filter(
        pk=media_id, status__in=[MediaFile.Status.PROCESSING, MediaFile.Status.BROKEN]
    )
    return unsure.exclude(reason__in=NEVER_ARRIVED)
