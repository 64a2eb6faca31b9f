"""The studio of the stand-in, whose disk is full as long as a file of that name lies on it."""

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import TemporaryUploadedFile

from tests.config.stand_in.settings import *  # noqa: F403

_FOLDER = Path(tempfile.gettempdir())
_HOLDS = 1 << 20

MEDIA_ROOT = _FOLDER / "media"


def _see_that_there_is_space(there: int) -> None:
    if there > _HOLDS and (_FOLDER / "full").exists():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Storage(FileSystemStorage):
    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        saved = super().save(name, content, max_length)
        _see_that_there_is_space(self.size(saved))
        return saved


def _write(file: Any, data: bytes) -> None:
    _see_that_there_is_space(file.file.tell() + len(data))
    file.file.write(data)


TemporaryUploadedFile.write = _write  # type: ignore[method-assign, assignment]
