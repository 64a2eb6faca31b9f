"""What staff may import from: everything in it is found, and nothing outside of it is read."""

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from hypothesis import given as for_all
from hypothesis import strategies as st

from media_library import sources, stored_files
from media_library.file_errors import StorageSilent
from media_library.sources import Folder, OutsideSource
from tests.media_library import import_places

WAYS_OUT = [
    "..",
    "../secret.mp4",
    "/etc/passwd",
    "week/../../secret.mp4",
    "./a.mp4",
    "a//b",
    "a\0b",
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder given to staff, beside a file that is not."""
    place = tmp_path / "given"
    (place / "week 1" / "raw").mkdir(parents=True)
    (place / ".thumbnails").mkdir()
    for name in ("b.mp4", "A.mov", "week 1/c.mp4", "week 1/raw/d.mp4", ".x", ".thumbnails/e.mp4"):
        (place / name).write_bytes(name.encode())
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    return place


def paths(source: sources.Source, below: str = "") -> list[str]:
    return [listed.path for listed in source.listed(below) if not listed.is_hidden]


def both_kinds(place: Path) -> list[sources.Source]:
    return [Folder(place), sources.Bucket("a.bucket", FileSystemStorage(place))]


def test_files_are_listed_folder_by_folder_in_order(place: Path) -> None:
    for source in both_kinds(place):
        assert paths(source) == ["A.mov", "b.mp4", "week 1/c.mp4", "week 1/raw/d.mp4"]
        assert paths(source, "week 1") == ["week 1/c.mp4", "week 1/raw/d.mp4"]
        assert [one.path for one in source.listed() if one.is_hidden] == [".x", ".thumbnails"]
        assert [one.size for one in source.listed() if one.path == "A.mov"] == [len("A.mov")]


def test_what_is_listed_can_be_opened(place: Path) -> None:
    for source in both_kinds(place):
        opened = source.opened("week 1/raw/d.mp4")
        with opened.file as file:
            assert (opened.size, file.read()) == (16, b"week 1/raw/d.mp4")


@pytest.mark.parametrize("path", WAYS_OUT)
def test_no_path_leads_out(place: Path, path: str) -> None:
    for source in both_kinds(place):
        with pytest.raises(OutsideSource):
            source.opened(path)
        with pytest.raises(OutsideSource):
            list(source.listed(path))


@for_all(st.text(alphabet="./a\\ \0é", max_size=12))
def test_a_clean_path_stays_below_whatever_it_is(path: str) -> None:
    try:
        clean = sources.clean(path)
    except OutsideSource:
        return
    joined = os.path.normpath(f"/given/{clean}")
    assert joined == "/given" or joined.startswith("/given/")
    assert clean == path


def test_links_are_not_followed(place: Path, tmp_path: Path) -> None:
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "f.mp4").write_bytes(b"secret")
    (place / "out.mp4").symlink_to(tmp_path / "secret.mp4")
    (place / "beyond").symlink_to(tmp_path / "others")
    (place / "here.mp4").symlink_to(place / "b.mp4")
    folder = Folder(place)
    assert paths(folder) == ["A.mov", "b.mp4", "week 1/c.mp4", "week 1/raw/d.mp4"]
    for path in ("out.mp4", "beyond/f.mp4", "here.mp4"):
        with pytest.raises(FileNotFoundError):
            folder.opened(path)
    with pytest.raises(FileNotFoundError):
        list(folder.listed("beyond"))


def test_a_pipe_keeps_nobody_waiting(place: Path) -> None:
    os.mkfifo(place / "pipe.mp4")
    assert "pipe.mp4" not in paths(Folder(place))
    with pytest.raises(FileNotFoundError):
        Folder(place).opened("pipe.mp4")


def test_a_name_that_is_no_text_is_listed_as_unreadable(place: Path) -> None:
    (place / os.fsdecode(b"\xff.mp4")).write_bytes(b"x")
    (unreadable,) = (
        one for one in Folder(place).listed() if one.size is None and not one.is_hidden
    )
    assert unreadable.path.endswith(".mp4")


def test_a_folder_that_is_not_mounted_misses_no_file(place: Path, tmp_path: Path) -> None:
    folder = Folder(place)
    place.rename(tmp_path / "elsewhere")
    for _ in ("not there", "empty"):
        with pytest.raises(StorageSilent):
            folder.opened("b.mp4")
        place.mkdir(exist_ok=True)
    with pytest.raises(FileNotFoundError):
        list(Folder(tmp_path / "elsewhere").listed("week 9"))


def test_the_settings_give_what_they_name(place: Path, settings: Any) -> None:
    assert sources.given() == {}
    settings.IMPORT_FOLDER = str(place)
    settings.IMPORT_STORAGE = import_places.BUCKET
    assert list(sources.given()) == ["folder", "storage"]
    found = sources.source_of(f"{place}/week 1/c.mp4")
    assert found is not None
    assert (found[0].prefix, found[1]) == (f"{place}/", "week 1/c.mp4")
    assert sources.source_of("/elsewhere/c.mp4") is None
    assert sources.source_of(f"{place}-2/c.mp4") is None


def test_a_storage_that_cannot_be_made_is_not_given(settings: Any) -> None:
    for dotted_path in ("no.such.Storage", f"{import_places.__name__}.Unmakeable"):
        settings.IMPORT_STORAGE = dotted_path
        assert sources.given() == {}


def test_a_bucket_that_hangs_is_silent(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_files, "PATIENCE", 0.1)
    let_go = threading.Event()
    bucket = FileSystemStorage(place)
    monkeypatch.setattr(bucket, "listdir", lambda path: let_go.wait(20))
    with pytest.raises(StorageSilent):
        list(sources.Bucket("a.bucket", bucket).listed())
    let_go.set()


def test_a_bucket_with_strange_names_leads_nowhere(place: Path) -> None:
    bucket = FileSystemStorage(place)
    bucket.listdir = lambda path: (["..", "/"], ["../secret.mp4", "b.mp4"])  # type: ignore[method-assign]
    listed = sources.Bucket("a.bucket", bucket).listed()
    found = [(one.path, one.size) for one in listed if not one.is_hidden]
    assert found == [("../secret.mp4", None), ("b.mp4", 5)]
