"""Stored files that no row names: left behind by what was killed between storing one and saying so."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import PurePosixPath

from config.ids import is_older, uuid_of
from media_library import parts
from media_library.models import MediaFile, Part, media_storage
from media_library.stored_files import ask

_log = logging.getLogger("lectern.media")
_FOLDERS = ("files", "posters")
_LONG_AGO = timedelta(days=2)  # whatever is stored is named by a row within minutes, or never
_AT_ONCE = 1000


def tidy_up() -> int:
    """How many went. A storage that cannot list what it holds keeps everything."""
    gone = 0
    old = _old_names()
    while names := list(islice(old, _AT_ONCE)):
        orphans = set(names) - _named(names)
        parts.forget(orphans)
        gone += len(orphans)
    return gone


def _old_names() -> Iterator[str]:
    """Names of our own making, which say when that was; what else lies there is somebody else's."""
    storage = media_storage()
    for folder in _FOLDERS:
        if not ask(storage.exists, folder):
            continue
        for media_id in ask(storage.listdir, folder)[0]:
            within = f"{folder}/{media_id}"
            names = ask(storage.listdir, within)[1]
            if not names and _is_old(media_id):
                parts.forget([within])  # a folder that is left of a file
            yield from (f"{within}/{name}" for name in names if _is_old(name))


def _is_old(name: str) -> bool:
    found = uuid_of(PurePosixPath(name).stem)
    return found is not None and is_older(found, _LONG_AGO)


def _named(names: list[str]) -> set[str]:
    return {
        *MediaFile.objects.filter(file__in=names).values_list("file", flat=True),
        *MediaFile.objects.filter(poster__in=names).values_list("poster", flat=True),
        *Part.objects.filter(file__in=names).values_list("file", flat=True),
    }
