"""What will become of the files of a source, and what stands after an import was begun."""

from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from config import celery
from config.ids import uuid7
from courses.linking import Pick, request_links
from media_library import importing, space, uploads
from media_library.models import MediaFile
from media_library.sources import Folder
from tests.courses.link_stories import at_once
from tests.factories import make_chapter, make_course, make_media
from tests.media_library.import_stories import begun, fates, fetch_all, put, seen


@pytest.fixture
def place(tmp_path: Path) -> Path:
    put(tmp_path / "given", a=b"a" * 10, b=b"b" * 20)
    return tmp_path / "given"


def test_what_will_become_of_each_is_told_and_nothing_is_done(
    author: User, place: Path, settings: Any
) -> None:
    settings.MEDIA_FILE_LIMIT = 50
    settings.MEDIA_SPACE_PER_PERSON = 70
    put(place, c=b"", d=b"x" * 51, e=b"x" * 45, f=b"x" * 40)
    (place / "notes.txt").write_text("no video")
    (place / ".hidden.mp4").write_text("hidden")
    (place / "UPPER.MOV").write_bytes(b"12345")
    source = Folder(place)
    plan = importing.plan(author, source, seen(source))
    assert fates(plan) == {
        "a.mp4": "import",
        "b.mp4": "import",
        "c.mp4": "empty",
        "d.mp4": "too large",
        "e.mp4": "no space left",
        "f.mp4": "import",
        "notes.txt": "no video",
        "UPPER.MOV": "no space left",
    }
    assert (plan.hidden, plan.bytes, plan.wanted) == (1, 70, 3)
    assert not MediaFile.objects.exists()


def test_a_row_stands_for_each_at_once(author: User, place: Path) -> None:
    begun(author, place)
    rows = MediaFile.objects.order_by("pk")
    assert [(row.name, row.size, row.received, row.status) for row in rows] == [
        ("a.mp4", 10, 0, "uploading"),
        ("b.mp4", 20, 0, "uploading"),
    ]
    assert [row.fetched_from for row in rows] == [f"{place}/a.mp4", f"{place}/b.mp4"]
    assert space.taken(author) == 30


def test_its_number_of_queries_does_not_grow(author: User, stranger: User, place: Path) -> None:
    def queries(owner: User) -> int:
        with CaptureQueriesContext(connection) as captured:
            begun(owner, place)
        return len(captured)

    few = queries(stranger)
    put(place, **{f"n{number}": b"x" for number in range(300)})
    assert queries(author) == few
    assert MediaFile.objects.owned_by(author).count() == 302


def test_workers_are_called_after_the_commit(
    author: User,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    send = Mock()
    monkeypatch.setattr(celery.app, "send_task", send)
    with django_capture_on_commit_callbacks(execute=True):
        begun(author, place)
        send.assert_not_called()
    assert {call.args[0] for call in send.call_args_list} == {"media_library.fetch"}
    assert send.call_count == 2  # however many files there are


def test_what_is_there_is_not_imported_twice(author: User, stranger: User, place: Path) -> None:
    begun(author, place)
    assert fates(begun(author, place)) == {"a.mp4": "already there", "b.mp4": "already there"}
    fetch_all()
    put(place, new=b"new")
    assert fates(begun(author, place)) == {
        "a.mp4": "already there",
        "b.mp4": "already there",
        "new.mp4": "import",
    }
    MediaFile.objects.filter(name="a.mp4").update(trashed_at=timezone.now())
    assert fates(begun(author, place))["a.mp4"] == "already there"
    assert fates(begun(stranger, place))["a.mp4"] == "import"


def test_what_was_there_under_another_size_is_another_file(author: User, place: Path) -> None:
    begun(author, place)
    put(place, a=b"a" * 11)
    assert fates(begun(author, place)) == {"a.mp4": "import", "b.mp4": "already there"}


def test_a_subfolder_knows_what_was_imported_with_the_whole(author: User, place: Path) -> None:
    put(place / "week 1", c=b"c")
    begun(author, place)
    assert fates(begun(author, place / "week 1")) == {"c.mp4": "already there"}
    source = Folder(place)
    plan = importing.plan(author, source, seen(source, "week 1"))
    assert fates(plan) == {"week 1/c.mp4": "already there"}


def test_no_more_than_so_many_are_looked_at(place: Path) -> None:
    source = Folder(place)
    few = importing.look(source, "", most=1, seconds=60)
    assert (len(few.files), few.is_cut_off) == (1, True)
    assert importing.look(source, "", most=9, seconds=-1).is_cut_off
    assert not importing.look(source, "", most=2, seconds=60).is_cut_off


def test_only_what_was_listed_can_be_chosen(author: User, place: Path) -> None:
    source = Folder(place)
    chosen = importing.only(seen(source), ["b.mp4", "../secret.mp4", "/etc/passwd"])
    assert fates(importing.begin(author, source, chosen)) == {"b.mp4": "import"}


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_one_row_of_each(author: User, place: Path) -> None:
    at_once(partial(begun, author, place), 4)
    assert MediaFile.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_imports_at_once_never_pass_the_space_together(
    author: User, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_SPACE_PER_PERSON = 25
    places = []
    for number in range(4):
        put(tmp_path / str(number), a=b"x" * 10)
        places.append(tmp_path / str(number))
    at_once(lambda: begun(author, places.pop()), 4)
    assert space.taken(author) == 20


def test_imports_are_no_unfinished_uploads(author: User, place: Path, settings: Any) -> None:
    settings.UPLOADS_PER_PERSON = 1
    begun(author, place)
    uploads.begin(author, "sent.mp4", 10)
    with pytest.raises(uploads.TooManyUploads):
        uploads.begin(author, "another.mp4", 10)


def test_it_can_be_linked_meanwhile(author: User, place: Path) -> None:
    begun(author, place)
    media = MediaFile.objects.get(name="a.mp4")
    chapter = make_chapter(make_course(author))
    assert request_links(chapter, author, [Pick(media.pk, uuid7())]).standing


def test_files_of_others_do_not_count(author: User, stranger: User, place: Path) -> None:
    make_media(stranger, "a.mp4", fetched_from=f"{place}/a.mp4", size=10)
    assert fates(begun(author, place))["a.mp4"] == "import"
