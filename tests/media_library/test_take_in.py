"""Taking a file in: stored, measured and called for, or nothing at all."""

import hashlib
import io
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.core.files.storage import storages

from accounts.models import User
from config import celery
from media_library.models import MediaFile
from media_library.uploads import take_in


def stored_files() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def test_a_file_is_stored_under_its_id_and_measured_on_the_way(author: User) -> None:
    content = bytes(range(256)) * 1000
    media = take_in(author, "01 Welcome.mp4", io.BytesIO(content))
    media.refresh_from_db()
    assert (media.owner, media.name, media.status) == (author, "01 Welcome.mp4", "processing")
    assert (media.file.name or "").startswith(f"files/{media.pk}/")
    assert media.size == len(content)
    assert media.checksum == hashlib.sha256(content).hexdigest()
    with media.file.open() as file:
        assert file.read() == content


def test_it_is_read_in_pieces(author: User) -> None:
    class Pieces(io.BytesIO):
        largest = 0

        def read(self, length: int | None = -1) -> bytes:
            piece = super().read(length)
            self.largest = max(self.largest, len(piece))
            return piece

    file = Pieces(bytes(5 << 20))
    assert take_in(author, "large.mp4", file).size == 5 << 20
    assert file.largest <= 64 << 10


def test_a_storage_that_reads_twice_changes_neither_size_nor_checksum(
    author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As clients of object storages do when a part of an upload fails."""
    save = storages["media"].save

    def read_twice(name: str, content: Any, max_length: int | None = None) -> str:
        content.seek(0)
        content.read(100)
        content.seek(0)
        return save(name, content, max_length)

    monkeypatch.setattr(storages["media"], "save", read_twice)
    media = take_in(author, "a.mp4", io.BytesIO(b"x" * 1000))
    assert (media.size, media.checksum) == (1000, hashlib.sha256(b"x" * 1000).hexdigest())


def test_without_its_row_no_file_stays_behind(author: User) -> None:
    before = stored_files()
    author.delete()
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the database says
        take_in(author, "a.mp4", io.BytesIO(b"x"))
    assert stored_files() == before


def test_a_worker_is_called_after_the_commit(
    author: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    send = Mock()
    monkeypatch.setattr(celery.app, "send_task", send)
    with django_capture_on_commit_callbacks(execute=True):
        media = take_in(author, "a.mp4", io.BytesIO(b"x"))
        send.assert_not_called()
    assert send.call_count == 1
    assert send.call_args.args == ("media_library.probe_media_file", (str(media.pk),))
    assert MediaFile.objects.get() == media
