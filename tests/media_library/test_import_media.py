"""`manage.py import_media`: what it shows, what it imports, what happens when it runs again."""

import io
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from media_library import fetching
from media_library.models import MediaFile
from tests.media_library import import_places
from tests.media_library.import_stories import fetch_all, put, states

CONTENT = b"x" * 1000
HERE = ("processing", "")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(fetching, "PIECE", 300)
    put(tmp_path / "given", a=CONTENT, b=CONTENT)
    return tmp_path / "given"


def run(*arguments: object, **options: Any) -> str:
    said = io.StringIO()
    options = {"owner": "ada", "stdout": said, "stderr": io.StringIO()} | options
    call_command("import_media", *arguments, **options)
    return said.getvalue()


def test_a_dry_run_shows_and_does_nothing(author: User, place: Path) -> None:
    (place / "notes.txt").write_text("x")
    (place / ".hidden").write_text("x")
    said = run(place, dry_run=True).splitlines()
    assert [line.split() for line in said[:3]] == [
        ["import", "1.0", "kB", "a.mp4"],
        ["import", "1.0", "kB", "b.mp4"],
        ["no", "video", "1", "bytes", "notes.txt"],
    ]
    assert said[3:] == [
        "2 files to import, 2.0 kB.",
        "The others: 1 no video, 1 hidden.",
        "This was a dry run: nothing is imported.",
    ]
    assert not MediaFile.objects.exists()


def test_a_name_gives_the_terminal_no_orders(author: User, tmp_path: Path) -> None:
    for name in ("\033]0;pwn\007a.mp4", "b\n   import  1.0 kB  c.mp4", "\u202e4pm.mp4"):
        (tmp_path / name).write_bytes(CONTENT)
    said = run(tmp_path, dry_run=True)
    assert len(said.splitlines()) == 3 + 2
    assert all(one.isprintable() for one in said.replace("\n", ""))
    assert "\\x1b]0;pwn\\x07a.mp4" in said


def test_any_folder_is_imported_in_its_own_process(author: User, place: Path) -> None:
    assert run(place).splitlines() == ["2 files to import, 2.0 kB.", "2 files imported."]
    assert states() == {"a.mp4": HERE, "b.mp4": HERE}


def test_no_worker_reaches_for_what_the_command_fetches(author: User, place: Path) -> None:
    with (
        patch.object(fetching, "fetch_piece", side_effect=KeyboardInterrupt),
        pytest.raises(SystemExit),
    ):
        run(place)
    assert not fetching.fetch_next()


def test_only_what_is_new_is_imported_by_the_next_run(author: User, place: Path) -> None:
    run(place)
    put(place, c=CONTENT)
    assert run(place).splitlines() == [
        "1 file to import, 1.0 kB.",
        "The others: 2 already there.",
        "1 file imported.",
    ]
    assert MediaFile.objects.count() == 3


def test_what_was_interrupted_goes_on_where_it_was(author: User, place: Path) -> None:
    pieces: list[Any] = []
    fetch = fetching.fetch_piece

    def interrupted(*args: Any) -> None:
        if len(pieces) == 6:
            raise KeyboardInterrupt
        pieces.append(args)
        fetch(*args)

    with patch.object(fetching, "fetch_piece", interrupted), pytest.raises(SystemExit):
        run(place)
    assert list(MediaFile.objects.order_by("name").values_list("received", flat=True))[1] == 600
    with patch.object(fetching, "fetch_piece", wraps=fetch) as fetched:
        said = run(place).splitlines()
    assert said[1:] == ["The others: 1 already there, 1 go on where it was.", "1 file imported."]
    assert fetched.call_count == 2
    assert states() == {"a.mp4": HERE, "b.mp4": HERE}
    assert MediaFile.objects.count() == 2


def test_the_folder_of_the_settings_is_left_to_workers(
    author: User, place: Path, settings: Any
) -> None:
    put(place / "week 1", c=CONTENT)
    settings.IMPORT_FOLDER = str(place)
    assert "Workers fetch them" in run(below="week 1")
    assert states() == {"c.mp4": ("uploading", "")}
    assert "Workers fetch them" in run(place)
    fetch_all()
    assert states() == {"a.mp4": HERE, "b.mp4": HERE, "c.mp4": HERE}
    settings.IMPORT_FOLDER = str(place.parent)
    assert "2 already there" not in run(place / "week 1")  # it is asked about one folder alone


def test_a_bucket_is_imported(author: User, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_places.Bucket, "place", place)
    assert "2 files imported." in run(storage=import_places.BUCKET)
    assert "2 already there" in run(storage=import_places.BUCKET)


def test_what_fails_is_named_and_keeps_no_other_out(
    author: User, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = fetching.fetch_piece

    def remove_first(media: MediaFile, *args: Any) -> None:
        (place / "a.mp4").unlink(missing_ok=True)
        fetch(media, *args)

    monkeypatch.setattr(fetching, "fetch_piece", remove_first)
    said = run(place)
    assert "1 file imported." in said
    assert "Not imported: a.mp4: The file was gone from where it was to be imported from." in said


def test_a_bucket_that_falls_silent_is_told(
    author: User, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_places.Bucket, "place", place)

    def fail(*_: object) -> None:
        raise RuntimeError("away")

    with monkeypatch.context() as broken:
        broken.setattr(import_places.Bucket, "_open", fail)
        said = run(storage=import_places.BUCKET)
    assert "0 files imported." in said
    assert "Not yet, run it again: a.mp4: RuntimeError: away" in said
    assert "2 files imported." in run(storage=import_places.BUCKET)


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        (["/nowhere"], {}, "Cannot read the folder /nowhere"),
        ([], {}, "Say from where"),
        (["/tmp"], {"owner": "nobody"}, "Nobody is called 'nobody'"),
        (["/tmp"], {"storage": "a.b"}, "not both"),
        ([], {"storage": "no.such.Storage"}, "no.such.Storage"),
        (["/tmp"], {"below": "../etc"}, "leads out of"),
        (["/tmp"], {"below": "not/there"}, "There is no folder 'not/there'"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    author: User, arguments: list[str], options: dict[str, str], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        run(*arguments, **options)
