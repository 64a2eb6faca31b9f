"""MEDIA_STORAGE of a chaos run: files on the disk, which obey the orders of the run at every call."""

from __future__ import annotations

import errno
import os
import time
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from tests.chaos.orders import StorageOrders


class ObedientStorage(FileSystemStorage):
    def open(self, name: str, mode: str = "rb") -> File[bytes]:
        orders = _obey()
        match orders.flaws.get(name.rpartition("/")[0]):
            case "missing":
                raise FileNotFoundError(name)
            case None:
                return ObedientFile(super().open(name, mode))
            case flaw:
                with super().open(name, mode) as whole:
                    return _flawed(whole.read(), flaw)

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        if _obey().mood == "full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().save(name, content, max_length)


class ObedientFile(File[bytes]):
    def read(self, *arguments: Any) -> Any:
        _obey()
        return super().read(*arguments)


def _flawed(content: bytes, flaw: str) -> File[bytes]:
    half = len(content) // 2
    bodies = {"short": content[:half], "ends early": content[:half], "zeros": bytes(len(content))}
    file = File(BytesIO(bodies.get(flaw, content)))
    sizes = {"short": half, "longer": len(content) + 1}
    file.size = sizes.get(flaw, len(content))
    return file


def _obey() -> StorageOrders:
    while (orders := StorageOrders.read(settings.VAR_DIR)).mood == "hangs":
        time.sleep(0.1)
    if orders.mood == "refuses":
        raise ConnectionError("the storage is away")
    time.sleep(orders.seconds)
    return orders
