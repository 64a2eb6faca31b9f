"""The stored pieces of a file that is being uploaded."""

import errno
import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, cast

from django.core.files.base import File
from django.db import transaction

from media_library.file_errors import FileMissing, StorageFull, StorageSilent
from media_library.models import MediaFile, Part, media_storage, stored_name
from media_library.stored_files import see_that_storage_is_there
from media_library.streams import Joined, Measured

_log = logging.getLogger("lectern.uploads")
_FULL = {errno.ENOSPC, errno.EDQUOT}


def store(part: Part, measured: Measured) -> None:
    """As it comes. StorageFull or StorageSilent, whatever the storage raises."""
    name = part.file.field.generate_filename(part, "part")
    try:
        part.file.save("part", File(cast(IO[bytes], measured)), save=False)
    except Exception as error:
        _log.warning("a part of %s was not stored: %r", part.media_id, error)
        forget([name])  # some storages leave behind what they got
        raise _what_it_means(error) from error


def _what_it_means(error: Exception) -> StorageSilent:
    is_full = isinstance(error, OSError) and error.errno in _FULL
    return (StorageFull if is_full else StorageSilent)(repr(error))


def join(media: MediaFile) -> None:
    """One file of all that has arrived, for whoever reads it."""
    parts = list(media.parts.order_by("start"))
    if not parts:
        return
    joined = Joined(parts)
    measured = Measured(cast(IO[bytes], joined), media.size)
    storage = media_storage()
    name = stored_name(media, "")
    try:
        name = storage.save(name, File(cast(IO[bytes], measured)))
    except Exception as error:
        forget([name])
        if isinstance(error, FileNotFoundError):
            see_that_storage_is_there(storage)
            raise FileMissing from error
        raise _what_it_means(error) from error
    finally:
        joined.close()
    with transaction.atomic():
        waiting = MediaFile.objects.filter(pk=media.pk, file="", status=MediaFile.Status.PROCESSING)
        is_ours = waiting.update(file=name, checksum=measured.checksum)
        if is_ours:
            media.parts.all().delete()
    forget([part.file.name or "" for part in parts] if is_ours else [name])


def forget(names: Iterable[str]) -> None:
    """What no row names any more. Whatever is left behind, the janitor finds."""
    storage = media_storage()
    for name in filter(None, names):
        with suppress(Exception):
            storage.delete(name)
