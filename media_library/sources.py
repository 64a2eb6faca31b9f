"""Where files are imported from: a folder of the server or a storage such as a bucket, given to staff.

Nothing outside of a source is ever read, whatever a path says and whatever lies in it.
"""

import logging
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings
from django.core.files.storage import Storage
from django.utils.module_loading import import_string

from media_library.file_errors import StorageSilent
from media_library.stored_files import ask, see_that_storage_is_there

_log = logging.getLogger("lectern.media")
_ASKED_TOGETHER = (
    16  # a bucket takes some 50 ms to tell the size of one file, and tells of many at once
)


class OutsideSource(Exception):
    """A path that leads out of the source, or is none."""


@dataclass(frozen=True)
class Listed:
    """A file of a source; without a size it cannot be read."""

    path: str
    size: int | None
    is_hidden: bool = False


@dataclass(frozen=True)
class Opened:
    file: IO[bytes]
    size: int


class Source(Protocol):
    """Everything that it is asked may take long, or fail as StorageSilent does."""

    label: str
    prefix: str  # with a path behind it, it is what a file's row says it was fetched from

    def listed(self, below: str = "") -> Iterator[Listed]:
        """Each file, folder by folder. FileNotFoundError if the folder to begin with is not there."""
        ...

    def opened(self, path: str) -> Opened:
        """FileNotFoundError if it is not there."""
        ...


def given() -> dict[str, Source]:
    """To staff, by the settings: under the names by which forms know them."""
    sources: dict[str, Source] = {}
    if settings.IMPORT_FOLDER:
        sources["folder"] = Folder(settings.IMPORT_FOLDER)
    if settings.IMPORT_STORAGE:
        try:
            sources["storage"] = storage(settings.IMPORT_STORAGE)
        except StorageSilent as error:  # then it is not there to choose
            _log.warning("IMPORT_STORAGE cannot be made: %s", error)
    return sources


def storage(dotted_path: str) -> "Bucket":
    """Made without arguments, of whatever class the settings name."""
    return Bucket(dotted_path, ask(_made, dotted_path))


def _made(dotted_path: str) -> Storage:
    made: Storage = import_string(dotted_path)()
    return made


def source_of(fetched_from: str) -> tuple[Source, str] | None:
    """And the path in it; None if staff is given no such source any more."""
    for source in given().values():
        if fetched_from.startswith(source.prefix):
            return source, fetched_from.removeprefix(source.prefix)
    return None


def clean(path: str) -> str:
    """As a source has it. OutsideSource for anything that is not simply downwards."""
    if "\0" in path or (path and {"", ".", ".."} & set(path.split("/"))):
        raise OutsideSource(path)
    return path


class Folder:
    """Links in it are not followed: each step is taken from the folder before, and only into a folder."""

    def __init__(self, place: str | Path) -> None:
        self.label = f"the folder {place}"
        self._place = os.path.abspath(place)  # noqa: PTH100 - without asking a disk that may hang
        self.prefix = self._place.rstrip("/") + "/"

    def listed(self, below: str = "") -> Iterator[Listed]:
        top = self._open(clean(below), os.O_RDONLY | os.O_DIRECTORY)
        try:
            for folder, folders, names, here in os.fwalk(".", dir_fd=top):
                inside = "/".join(part for part in (below, folder[2:]) if part)
                for name in sorted(names, key=str.casefold):
                    if listed := _look(_below(inside, name), name, here):
                        yield listed
                hidden = [name for name in folders if name.startswith(".")]
                yield from (Listed(_below(inside, name), None, is_hidden=True) for name in hidden)
                folders[:] = sorted(set(folders) - set(hidden), key=str.casefold)
        finally:
            os.close(top)

    def opened(self, path: str) -> Opened:
        try:  # a pipe would keep whoever opens it waiting
            descriptor = self._open(clean(path), os.O_RDONLY | os.O_NONBLOCK)
        except FileNotFoundError:
            if not any(Path(self._place).iterdir()):  # what was mounted there is not
                raise StorageSilent(f"{self._place} is empty") from None
            raise
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise FileNotFoundError(path)
        return Opened(os.fdopen(descriptor, "rb"), status.st_size)

    def _open(self, path: str, flags: int) -> int:
        try:
            here = os.open(self._place, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:  # a disk that is not mounted: nothing of it is gone
            raise StorageSilent(str(error)) from error
        *folders, last = path.split("/") if path else ["."]
        try:
            for folder in folders:
                above = here
                here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
                os.close(above)
            return os.open(last, flags | os.O_NOFOLLOW, dir_fd=here)
        except OSError as error:
            if isinstance(error, PermissionError):
                raise StorageSilent(str(error)) from error
            raise FileNotFoundError(path) from error
        finally:
            os.close(here)


def _look(path: str, name: str, here: int) -> Listed | None:
    """None for what is no file: a link, a pipe, or gone again."""
    try:
        status = os.stat(name, dir_fd=here, follow_symlinks=False)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    is_readable = os.access(name, os.R_OK, dir_fd=here) and _is_text(path)
    return Listed(path, status.st_size if is_readable else None, name.startswith("."))


class Bucket:
    """A storage of Django's, by its API alone: `listdir`, `size`, `open`."""

    def __init__(self, dotted_path: str, storage: Storage) -> None:
        self.label = f"the storage {dotted_path}"
        self.prefix = f"{dotted_path}:"
        self._storage = storage

    def listed(self, below: str = "") -> Iterator[Listed]:
        folders, names = ask(self._storage.listdir, clean(below))
        paths = iter(_below(below, name) for name in sorted(names, key=str.casefold) if name)
        with ThreadPoolExecutor(_ASKED_TOGETHER) as together:
            while several := list(islice(paths, _ASKED_TOGETHER)):
                yield from together.map(self._look, several)
        for folder in sorted(folders, key=str.casefold):
            path = _below(below, folder.strip("/"))
            if folder.startswith("."):
                yield Listed(path, None, is_hidden=True)
            elif folder.strip("/"):
                yield from self.listed(path)

    def _look(self, path: str) -> Listed:
        if path.rpartition("/")[2].startswith("."):
            return Listed(path, None, is_hidden=True)
        try:
            return Listed(path, ask(self._storage.size, clean(path)) if _is_text(path) else None)
        except (FileNotFoundError, OutsideSource):
            return Listed(path, None)

    def opened(self, path: str) -> Opened:
        try:
            file = ask(self._storage.open, clean(path))
        except FileNotFoundError:
            see_that_storage_is_there(self._storage)
            raise
        return Opened(file, ask(partial(getattr, file, "size")))


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _is_text(path: str) -> bool:
    """A file system takes any bytes for a name; a database and a page do not."""
    return "\0" not in path and path.encode(errors="replace").decode() == path
