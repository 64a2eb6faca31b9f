"""Storages to import from, by dotted path; each is what a test makes of it."""

from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

BUCKET = f"{__name__}.Bucket"


class Bucket(FileSystemStorage):
    place = Path("/nowhere")
    trouble: Exception | None = None

    def __init__(self) -> None:
        super().__init__(self.place)

    def listdir(self, path: Any) -> Any:
        if self.trouble:
            raise self.trouble
        return super().listdir(path)

    def _open(self, name: str, mode: str = "rb") -> Any:
        if self.trouble:
            raise self.trouble
        return super()._open(name, mode)  # type: ignore[misc]


class Unmakeable(FileSystemStorage):
    def __init__(self) -> None:
        raise RuntimeError("no credentials")
