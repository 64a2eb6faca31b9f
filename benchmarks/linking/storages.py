"""A storage far away: each file takes a second to open."""

from __future__ import annotations

import time

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class SecondStorage(FileSystemStorage):
    def open(self, name: str, mode: str = "rb") -> File[bytes]:
        time.sleep(1)
        return super().open(name, mode)
