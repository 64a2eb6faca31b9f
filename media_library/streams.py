"""Bytes that are read once, from where they come to where they are stored; never all of them at a time."""

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, ClassVar

from media_library.file_errors import FileMissing
from media_library.models import Part
from media_library.stored_files import see_that_storage_is_there


@dataclass(frozen=True)
class Checksum:
    """What somebody says the bytes are."""

    algorithm: str
    digest: bytes

    ALGORITHMS: ClassVar = ("sha256", "sha1", "md5")


class Measured:
    """A file to read from; what has been read of it is counted and hashed, once, in its order."""

    def __init__(
        self, file: IO[bytes], most: int | None = None, said: Checksum | None = None
    ) -> None:
        self._file = file
        self._most = most
        self._said = said
        self._hash = hashlib.sha256()
        self._other = None if said is None else hashlib.new(said.algorithm, usedforsecurity=False)
        self._position = 0
        self.size = 0
        self.name = None

    @property
    def checksum(self) -> str:
        return self._hash.hexdigest()

    @property
    def is_as_said(self) -> bool:
        return (
            self._said is None or self._other is None or self._other.digest() == self._said.digest
        )

    def read(self, length: int = -1) -> bytes:
        if self._most is not None:
            left = self._most - self._position
            length = left if length < 0 else min(length, left)
        piece = self._file.read(length)
        new = piece[max(self.size - self._position, 0) :]
        self._position += len(piece)
        self._hash.update(new)
        if self._other is not None:
            self._other.update(new)
        self.size += len(new)
        return piece

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Storages go to the start of what they are given; a body that comes over a network is there."""
        if (offset, whence, self._position) != (0, os.SEEK_SET, 0):
            self._position = self._file.seek(offset, whence)
        return self._position

    def tell(self) -> int:
        return self._position

    def seekable(self) -> bool:
        return self._file.seekable()


class Joined:
    """The parts of a file, one after the other. Each is open only while it is read."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = list(parts)
        self._open: IO[bytes] | None = None

    def read(self, length: int) -> bytes:
        while self._open is not None or self._parts:
            if self._open is None:
                part = self._parts.pop(0)
                self._open = self._opened(part)
            if piece := self._open.read(length):
                return piece
            self.close()
        return b""

    def _opened(self, part: Part) -> IO[bytes]:
        try:
            return part.file.storage.open(part.file.name or "")
        except FileNotFoundError as error:
            see_that_storage_is_there(part.file.storage)
            raise FileMissing from error

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        if self._open is not None:
            with suppress(Exception):
                self._open.close()
            self._open = None
