"""A part of a stored file on its way to a player: read in pieces, by one of few threads."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import IO

from django.conf import settings
from django.db.models.fields.files import FieldFile

from media_library.file_errors import FileMissing, StorageSilent
from media_library.ranges import OPEN_ENDED, Part
from media_library.stored_files import ForPages

_log = logging.getLogger("lectern.media")
_PIECE = 256 << 10
# More patient with the others than a page is: an answer that is under way would break off.
for_players = ForPages(max(2, settings.WEB_THREADS // 2), turn=2.0)
# Whoever wants more than a piece for a player holds a thread for as long as their line takes.
long_answers = threading.BoundedSemaphore(max(1, settings.WEB_THREADS // 4))


class Reading(Iterator[bytes]):
    """The first piece is there when it is made: so it is known by then that the storage has the file."""

    def __init__(self, stored: FieldFile, part: Part) -> None:
        self._stored = stored
        self._left = part.length
        self._open: IO[bytes] | None = None
        self._in_the_end = ExitStack()
        self._first = for_players.ask(stored, lambda: self._begin(part.start))

    def in_the_end(self, call: Callable[[], object]) -> None:
        self._in_the_end.callback(call)

    def __next__(self) -> bytes:
        if not self._left:
            raise StopIteration
        piece, self._first = self._first, b""
        try:
            piece = piece or for_players.ask(self._stored, self._read)
        except (StorageSilent, FileMissing) as error:
            _log.warning("%s broke off: %r", self._stored.name, error)
            raise
        self._left -= len(piece)
        return piece

    def _begin(self, start: int) -> bytes:
        self._open = self._stored.storage.open(self._stored.name or "")
        self._open.seek(start)
        return self._read()

    def _read(self) -> bytes:
        """An answer that ends too early would be taken for the whole of it."""
        if self._open is None or not (piece := self._open.read(min(_PIECE, self._left))):
            raise FileNotFoundError(self._stored.name)
        return piece

    def close(self) -> None:
        if self._open is not None:
            with suppress(Exception):
                self._open.close()
        self._in_the_end.close()


def shortened(part: Part) -> Part:
    """For when too many have long answers already: the rest is asked for next."""
    return Part(part.start, min(part.length, OPEN_ENDED), part.size)
