"""Which files a list means by its names."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from media_library import naming
from media_library.naming import meant_by
from tests.factories import make_media


@pytest.fixture(autouse=True)
def library(author: User) -> None:
    for name in (
        "01 Welcome.mp4",
        "02 The Loom.mov",
        "Lecture 07.mp4",
        "intro.mp4",
        "Intro.mov",
        "Algebra of machines.mp4",
        "Part 1.5 recap.mp4",
        "notes",
    ):
        make_media(author, name)
    make_media(author, "broken.mp4", status="broken", reason="damaged")


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("01 Welcome.mp4", ["01 Welcome.mp4"]),
        ("01 welcome.MP4", ["01 Welcome.mp4"]),
        ("01 Welcome", ["01 Welcome.mp4"]),
        ("01 Welcome.mkv", ["01 Welcome.mp4"]),
        ("1 welcome", ["01 Welcome.mp4"]),
        ("02 the loom", ["02 The Loom.mov"]),
        ("lecture 7", ["Lecture 07.mp4"]),
        ("lecture 007.mp4", ["Lecture 07.mp4"]),
        ("intro", ["intro.mp4"]),
        ("Intro", ["Intro.mov"]),
        ("INTRO", ["intro.mp4", "Intro.mov"]),
        ("Part 1.5 recap", ["Part 1.5 recap.mp4"]),
        ("notes", ["notes"]),
        ("broken", ["broken.mp4"]),
    ],
)
def test_a_file_is_meant_that_is_called_so(author: User, name: str, files: list[str]) -> None:
    fitting = meant_by(author, [name])[name]
    assert sorted(media.name for media in fitting.files) == sorted(files)
    assert fitting.is_sure


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Algbera of machines", "Algebra of machines.mp4"),
        ("algebra-of_machines.mp4", "Algebra of machines.mp4"),
        ("02 The Loum", "02 The Loom.mov"),
    ],
)
def test_what_is_nearly_called_so_may_be_meant(author: User, name: str, file: str) -> None:
    fitting = meant_by(author, [name])[name]
    assert [media.name for media in fitting.files] == [file]
    assert (fitting.is_sure, fitting.is_near) == (False, True)


def test_a_word_of_it_is_a_hint_and_no_more(author: User) -> None:
    fitting = meant_by(author, ["machines"])["machines"]
    assert [media.name for media in fitting.files] == ["Algebra of machines.mp4"]
    assert not fitting.is_sure
    assert not fitting.is_near


@pytest.mark.parametrize("name", ["zebra", "...", "%", "_", "\\", "'", "W" * 255])
def test_what_nothing_is_called_means_nothing(author: User, name: str) -> None:
    assert not meant_by(author, [name])[name].files


def test_files_of_others_and_of_the_trash_are_never_meant(author: User, stranger: User) -> None:
    make_media(stranger, "theirs.mp4")
    make_media(author, "gone.mp4", trashed_at=timezone.now())
    make_media(author, "before.mp4", version_of=make_media(author, "now.mp4"))
    meant = meant_by(author, ["theirs", "gone", "before"])
    assert not any(fitting.files for fitting in meant.values())


def test_many_names_take_three_questions(author: User) -> None:
    names = [f"clip {number}" for number in range(500)]
    for name in names[:50]:
        make_media(author, f"{name}.mp4")
    with CaptureQueriesContext(connection) as captured:
        meant = meant_by(author, names[:50])
    assert len(captured) == 3
    assert all(meant[name].is_sure for name in names[:50])


def test_there_is_an_end_to_looking_for_what_is_not_there(
    author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "_SECONDS", -1.0)
    assert not meant_by(author, ["Algbera of machines"])["Algbera of machines"].files
    assert meant_by(author, ["notes"])["notes"].files
