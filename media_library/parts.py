"""The stored pieces of a file that is being uploaded."""

import logging
from collections.abc import Iterable
from contextlib import closing, suppress
from typing import IO, cast

from django.core.files.base import File
from django.db import transaction

from media_library.file_errors import (
    FileError,
    NotNow,
    StorageFull,
    StorageSilent,
    is_for_lack_of_space,
)
from media_library.models import MediaFile, Part, media_storage, part_name, stored_name
from media_library.streams import Joined, Measured

_log = logging.getLogger("lectern.uploads")


def store(part: Part, measured: Measured) -> None:
    """As it comes."""
    part.file.name = _save(part_name(part, ""), measured)


def join(media: MediaFile) -> None:
    """One file of all that has arrived, for whoever reads it."""
    parts = list(media.parts.order_by("start"))
    if not parts:
        return
    with closing(Joined(parts)) as joined:
        measured = Measured(cast(IO[bytes], joined), media.size)
        name = _save(stored_name(media, ""), measured)
    with transaction.atomic():
        waiting = MediaFile.objects.filter(pk=media.pk, file="", status=MediaFile.Status.PROCESSING)
        is_ours = waiting.update(file=name, checksum=measured.checksum)
        if is_ours:
            media.parts.all().delete()
    forget([part.file.name or "" for part in parts] if is_ours else [name])


def _save(name: str, measured: Measured) -> str:
    """StorageFull or StorageSilent, whatever the storage raises, and nothing is left behind."""
    try:
        return media_storage().save(name, File(cast(IO[bytes], measured)))
    except Exception as error:
        _log.warning("%s was not stored: %r", name, error)
        forget([name])  # some storages keep what they got until then
        if isinstance(error, FileError | NotNow):  # what is read from knew better
            raise
        trouble = StorageFull if is_for_lack_of_space(error) else StorageSilent
        raise trouble(repr(error)) from error


def forget(names: Iterable[str]) -> None:
    """What no row names any more. Whatever is left behind, the janitor finds."""
    storage = media_storage()
    for name in filter(None, names):
        with suppress(Exception):
            storage.delete(name)
