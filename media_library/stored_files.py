"""Asking a storage that may be slow, silent or gone, whatever it is: Django's storage API and no more."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import contextmanager
from pathlib import Path
from typing import IO, ParamSpec, TypeVar

from django.core.files.storage import FileSystemStorage, Storage
from django.db import connections
from django.db.models.fields.files import FieldFile

from media_library.file_errors import FileMissing, FileSizeDiffers, StorageSilent

P = ParamSpec("P")
T = TypeVar("T")

# One call. Object storages answer within 1 s or not at all; most clients give up after 60 s by themselves.
PATIENCE = 20.0
# A call that hangs cannot be ended, only left alone in its thread. So many may hang before nobody asks any
# more until one of them returns: a thread costs 60 µs to start and some 10 kB while it hangs.
_free_threads = threading.BoundedSemaphore(64)


class StoredFile:
    """Open for reading. `size` is what the storage says."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.size = size
        self._file = file

    def read(self, offset: int, length: int) -> bytes:
        piece = ask(self._read, offset, length)
        if len(piece) < length:
            raise FileSizeDiffers
        return piece

    def _read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        piece = b""
        while len(piece) < length and (more := self._file.read(length - len(piece))):
            piece += more
        return piece


@contextmanager
def opened(stored: FieldFile) -> Iterator[StoredFile]:
    """FileMissing if the storage is there and the file is not."""
    if not stored.name:
        raise FileMissing
    storage, name = stored.storage, stored.name
    try:
        file = ask(storage.open, name)
        size = ask(lambda: file.size)
    except FileNotFoundError:
        see_that_storage_is_there(storage)
        raise FileMissing from None
    try:
        yield StoredFile(file, size)
    finally:
        ask(file.close)


def ask(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The answer of the storage, or StorageSilent for whatever it raises, or if it says nothing at all.

    "Not found" is an answer.
    """
    if not _free_threads.acquire(blocking=False):
        raise StorageSilent("too many calls to it hang already")
    return _wait_for(lambda: call(*args, **kwargs), PATIENCE, _free_threads)


class ForPages:
    """Asked by web threads, of which the studio has few.

    Only so many may wait for the storage at once; while it is silent, the others are told so at once.
    """

    patience = 3.0

    def __init__(self, most: int, *, turn: float = 0.5) -> None:
        self.turn = turn  # a storage that is well answers sooner than that
        self._free = threading.BoundedSemaphore(most)
        self._is_silent = False

    def read(self, stored: FieldFile) -> bytes:
        """All of a small file. FileMissing or StorageSilent, as `opened`."""
        storage, name = stored.storage, stored.name or ""

        def whole() -> bytes:
            with storage.open(name) as file:
                content: bytes = file.read()
                return content

        return self.ask(stored, whole)

    def ask(self, stored: FieldFile, call: Callable[[], T]) -> T:
        """What the call says of this file."""
        if not stored.name:
            raise FileMissing

        def answer() -> T:
            try:
                return call()
            except FileNotFoundError:
                see_that_storage_is_there(stored.storage)
                raise

        if not self._free.acquire(timeout=0 if self._is_silent else self.turn):
            raise StorageSilent("too many pages wait for it already")
        try:
            answered = _wait_for(answer, self.patience, self._free)
        except FileNotFoundError:
            self._is_silent = False
            raise FileMissing from None
        except StorageSilent:
            self._is_silent = True
            raise
        self._is_silent = False
        return answered


for_pages = ForPages(4)


def _wait_for(call: Callable[[], T], patience: float, place: threading.BoundedSemaphore) -> T:
    """In a thread of its own, which gives the place back whenever the call ends."""
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:
            answer.set_exception(error)
        finally:
            place.release()
            connections.close_all()  # a storage may keep its files in a database

    threading.Thread(target=run, daemon=True, name="storage").start()
    try:
        return answer.result(patience)
    except (FileNotFoundError, StorageSilent):
        raise
    except TookTooLong:
        raise StorageSilent(f"no answer within {patience:g} s") from None
    except Exception as error:
        raise StorageSilent(f"{type(error).__name__}: {error}") from error


def see_that_storage_is_there(storage: Storage) -> None:
    """A disk that is not mounted misses every file, and none of them is gone."""
    if isinstance(storage, FileSystemStorage) and not Path(storage.location).is_dir():
        raise StorageSilent(f"{storage.location} is not there")
