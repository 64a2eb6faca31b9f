"""A storage may miss the file, be away, be slow, hang, or raise whatever it likes."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db.models.fields.files import FieldFile

from media_library import stored_files
from media_library.file_errors import FileMissing, FileSizeDiffers, StorageSilent
from media_library.models import MediaFile


@pytest.fixture
def storage(tmp_path: Path) -> FileSystemStorage:
    storage = FileSystemStorage(tmp_path / "media")
    storage.save("files/1", ContentFile(b"0123456789"))
    return storage


def field_file(storage: FileSystemStorage, name: str = "files/1") -> FieldFile:
    file = FieldFile(MediaFile(), MediaFile.file.field, name)
    file.storage = storage
    return file


def test_pieces_are_read_from_anywhere(storage: FileSystemStorage) -> None:
    with stored_files.opened(field_file(storage)) as stored:
        assert stored.size == 10
        assert stored.read(7, 3) == b"789"
        assert stored.read(0, 2) == b"01"


def test_a_missing_file_is_missing(storage: FileSystemStorage) -> None:
    with pytest.raises(FileMissing), stored_files.opened(field_file(storage, "files/2")):
        pass
    with pytest.raises(FileMissing), stored_files.opened(field_file(storage, "")):
        pass


def test_a_disk_that_is_not_mounted_misses_no_file(
    storage: FileSystemStorage, tmp_path: Path
) -> None:
    (tmp_path / "media").rename(tmp_path / "elsewhere")
    with pytest.raises(StorageSilent), stored_files.opened(field_file(storage)):
        pass


def test_a_file_that_ends_too_early_is_said(storage: FileSystemStorage) -> None:
    with stored_files.opened(field_file(storage)) as stored, pytest.raises(FileSizeDiffers):
        stored.read(5, 10)


@pytest.mark.parametrize("error", [OSError(28, "No space left"), ValueError("?"), KeyError()])
def test_whatever_it_raises_is_silence(error: Exception) -> None:
    def call() -> None:
        raise error

    with pytest.raises(StorageSilent):
        stored_files.ask(call)


def test_a_call_that_hangs_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_files, "PATIENCE", 0.1)
    let_go = threading.Event()
    started = time.monotonic()
    with pytest.raises(StorageSilent):
        stored_files.ask(let_go.wait)
    assert time.monotonic() - started < 5
    let_go.set()


def test_after_so_many_hanging_calls_nobody_asks_until_one_returns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stored_files, "PATIENCE", 0.1)
    monkeypatch.setattr(stored_files, "_free_threads", threading.BoundedSemaphore(2))
    let_go = threading.Event()
    asked: list[Any] = []

    def hang() -> None:
        asked.append(None)
        let_go.wait(20)

    for _ in range(4):
        with pytest.raises(StorageSilent):
            stored_files.ask(hang)
    assert len(asked) == 2
    let_go.set()
    wait_for(_answers, 5)


def _answers() -> bool:
    try:
        return stored_files.ask(lambda: True)
    except StorageSilent:
        return False


def wait_for(so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
