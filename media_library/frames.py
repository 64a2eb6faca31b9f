"""Posters that people choose: a frame of the film, drawn by a worker."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction

from config.wake_ups import after_commit, wake
from media_library import intake, signals, stored_files
from media_library.file_errors import FileError, StorageSilent
from media_library.models import MediaFile

_log = logging.getLogger("lectern.media")


def call_painters(media_ids: Sequence[UUID]) -> None:
    for media_id in media_ids:
        wake("media_library.draw_frame", str(media_id))


def ask_for(media: MediaFile, seconds: float) -> bool:
    wanted = media.want_frame(seconds)
    if wanted:
        after_commit(partial(call_painters, [media.pk]))
    return wanted


def draw(media_id: UUID) -> None:
    """The frame that is wanted becomes the poster. NotNow leaves all as it was.

    Who wants another one meanwhile has called for it: what is drawn here goes, as with two that draw the
    same. A file that cannot be read any more keeps the poster that it has.
    """
    media = MediaFile.objects.wanting_frame().filter(pk=media_id).first()
    if media is None:
        return
    before = media.poster.name or ""
    wanted = MediaFile.objects.wanting_frame().filter(
        pk=media.pk, frame_wanted=media.frame_wanted, file=media.file.name, poster=before
    )
    try:
        facts = intake.inspect(media, poster=True, at=media.frame_wanted)
    except FileError as error:
        _log.warning("no frame of %s was drawn: %s %s", media.pk, error.reason, error)
        wanted.update(frame_wanted=None)
        return
    stored_files.ask(media.poster.save, "poster.jpg", ContentFile(facts.poster), save=False)
    with transaction.atomic():
        is_ours = wanted.update(frame_wanted=None, poster=media.poster.name)
        if is_ours:
            signals.contents_changed.send(MediaFile, media=media)
    _forget(media, before if is_ours else media.poster.name or "")


def _forget(media: MediaFile, poster: str) -> None:
    """What is left behind, the janitor finds."""
    if poster:
        with suppress(StorageSilent):
            stored_files.ask(media.poster.storage.delete, poster)
