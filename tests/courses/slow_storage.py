"""A storage that takes a second to open a file: links are caught in the middle of their work."""

from __future__ import annotations

import time

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class SlowStorage(FileSystemStorage):
    def open(self, name: str, mode: str = "rb") -> File[bytes]:
        time.sleep(1)
        return super().open(name, mode)
