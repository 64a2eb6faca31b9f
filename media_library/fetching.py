"""Getting the bytes of imported files from where they are, a piece at a time, by the way of uploads.

A piece counts once it is stored, and the row says how far its file is: so another worker goes on where one
was killed, and two at the same file do no harm, for only one of them brings the next piece.
"""

import logging
import threading
from datetime import timedelta
from functools import partial
from typing import IO, cast

from django.db.models.functions import Now

from config.wake_ups import wake
from media_library import uploads
from media_library.file_errors import FileError, NotNow, SourceChanged, SourceGone, StorageSilent
from media_library.models import MediaFile
from media_library.sources import Source, source_of
from media_library.stored_files import ask

_log = logging.getLogger("lectern.media")
PIECE = 64 << 20
_AT_A_TIME = 1 << 20  # bytes, of a source that may hang at each
# Threads of a worker: the others are for links, and two keep a disk busy.
MOST_AT_ONCE = 2
# Longer than a piece takes: so long does a file wait whose worker was killed. One that is slower yet may
# meet another, and then only one of them brings something.
LEASE = timedelta(minutes=2)
PAUSE = timedelta(minutes=1)  # for a source that does not answer
_free = threading.BoundedSemaphore(MOST_AT_ONCE)


def call_fetchers() -> None:
    """A call names no file: who comes takes the next piece there is, and calls for the one after it."""
    wake("media_library.fetch", times=MOST_AT_ONCE)


def fetch_next() -> bool:
    """A piece of the file that is farthest. False if there is nothing to do here."""
    if not _free.acquire(blocking=False):
        return False
    try:
        media = _claimed()
        if media is None:
            return False
        _fetch_claimed(media)
        return True
    finally:
        _free.release()


def _claimed() -> MediaFile | None:
    """Nobody else's for a while. Files that were begun come first, for they hold space in pieces."""
    for media in MediaFile.objects.to_fetch().order_by("-received", "pk")[: 2 * MOST_AT_ONCE]:
        due = MediaFile.objects.to_fetch().filter(pk=media.pk)
        if due.update(fetch_at=Now() + LEASE):
            return media
    return None


def _fetch_claimed(media: MediaFile) -> None:
    pause = timedelta(0)
    found = source_of(media.fetched_from)
    try:
        if found is None:
            raise StorageSilent("staff is given no such source any more")
        fetch_piece(media, *found)
    except NotNow as error:
        _log.warning("%s is fetched later: %s: %s", media.pk, type(error).__name__, error)
        pause = PAUSE
    waiting = MediaFile.objects.uploading().filter(pk=media.pk, fetch_at__isnull=False)
    waiting.update(fetch_at=Now() + pause)


def fetch_piece(media: MediaFile, source: Source, path: str) -> None:
    """The next one, or the end of it: BROKEN, if it is not what it was. NotNow leaves it as it is."""
    try:
        opened = ask(source.opened, path)
        try:
            if opened.size != media.size:
                raise SourceChanged
            _bring(media, opened.file)
        finally:
            ask(opened.file.close)
    except FileNotFoundError:
        _give_up(media, SourceGone)
    except SourceChanged:
        _give_up(media, SourceChanged)


def _bring(media: MediaFile, file: IO[bytes]) -> None:
    """What came before a source fell silent is kept."""
    ask(file.seek, media.received)
    piece = _Piece(file, min(PIECE, media.size - media.received))
    before = media.received
    try:
        uploads.receive(media, before, cast(IO[bytes], piece))
    except (uploads.OffsetDiffers, uploads.UploadOver):
        # Somebody else has brought it, or it was cancelled.
        return
    if piece.trouble:
        raise piece.trouble
    if media.received == before:
        raise SourceChanged  # it has no more, whatever its size was said to be


def _give_up(media: MediaFile, error: type[FileError]) -> None:
    _log.info("%s is not imported: %s", media.pk, error.reason)
    uploads.end(media, reason=error)


class _Piece:
    """So much of an open file, asked for by little, for its source may hang. Where it breaks, it ends."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._file = file
        self._left = length
        self._read = b""
        self.trouble: StorageSilent | None = None

    def read(self, size: int = -1) -> bytes:
        while self._left and (size < 0 or len(self._read) < size):
            self._read += self._more()
        end = len(self._read) if size < 0 else size
        piece, self._read = self._read[:end], self._read[end:]
        return piece

    def _more(self) -> bytes:
        more = b""
        try:
            more = ask(partial(self._file.read, min(self._left, _AT_A_TIME)))
        except (StorageSilent, FileNotFoundError) as error:
            self.trouble = StorageSilent(str(error))
        self._left = self._left - len(more) if more else 0
        return more

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0) -> int:
        raise OSError("what was read is gone")
