"""Beginning something with many files, and what comes of it, as requests."""

from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from config import celery
from config.ids import uuid7
from courses.models import Chapter
from media_library import batches, choosing
from media_library.models import Batch, MediaFile
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf

HTMX = {"HX-Request": "true"}
START = "/library/batches/start/"


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> Mock:
    send = Mock()
    monkeypatch.setattr(celery.app, "send_task", send)
    return send


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.fixture
def media(author: User) -> MediaFile:
    return make_media(author)


@pytest.fixture
def chapter(author: User) -> Chapter:
    return make_chapter(make_course(author), "Optics")


def post(client: Client, address: str = START, **form: Any) -> Any:
    return client.post(address, form, headers=HTMX)


def finish(batch: Batch) -> None:
    while batches.perform(batch.pk):
        pass


def test_it_begins_and_the_region_says_so(
    ada: Client, media: MediaFile, calls: Mock, django_capture_on_commit_callbacks: Any
) -> None:
    batch_id = uuid7()
    for _ in range(2):  # the answer to the first was lost
        with django_capture_on_commit_callbacks(execute=True):
            response = post(ada, verb="delete", media=str(media.pk), batch=str(batch_id))
        assert response.status_code == 200
        assert 'hx-target="#batches"' in response.text
        assert "Deleting 0 of 1" in response.text
    assert Batch.objects.get().items.count() == 1
    assert [call.args[1] for call in calls.call_args_list] == [(str(batch_id),)]


def test_a_thousand_files_take_as_many_statements_as_one(ada: Client, author: User) -> None:
    counts = []
    files = [MediaFile(owner=author, name=f"{place}.mp4", size=1) for place in range(1000)]
    ids = [str(media.pk) for media in MediaFile.objects.bulk_create(files)]
    for some in (ids[:1], ids):
        with CaptureQueriesContext(connection) as queries:
            assert post(ada, verb="delete", media=some).status_code == 200
        counts.append(len(queries))
        Batch.objects.all().delete()
    assert counts[0] == counts[1] < 20


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"verb": "delete"}, "Choose at least one file."),
        ({"verb": "delete", "media": "x"}, "could not be read"),
        ({"verb": "explode", "media": str(uuid7())}, "does not know how"),
        ({"verb": "rename_back", "media": str(uuid7())}, "does not know how"),
        ({"media": str(uuid7())}, "does not know how"),
        ({"verb": "delete", "media": str(uuid7()), "batch": "x"}, "Reload the page"),
        ({"verb": "link", "media": str(uuid7())}, "Choose a chapter."),
        ({"verb": "link", "media": str(uuid7()), "chapter": "x"}, "no such chapter"),
        ({"verb": "link", "media": str(uuid7()), "chapter": str(uuid7())}, "no such chapter"),
        ({"verb": "rename", "media": str(uuid7()), "pattern": ""}, "what they shall be"),
        (
            {"verb": "rename", "media": str(uuid7()), "pattern": "x", "start": "-1", "digits": "1"},
            "greater than or equal to 0",
        ),
        (
            {"verb": "delete", "media": [str(uuid7()) for _ in range(choosing.MOST_BY_HAND + 1)]},
            "by hand at most",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    ada: Client, form: dict[str, Any], sentence: str
) -> None:
    response = post(ada, **form)
    assert response.status_code == 422
    assert sentence in response.text
    assert not Batch.objects.exists()
    assert ada.post(START, form).status_code in (302, 422)


def test_an_id_that_is_somebody_elses_is_refused(
    ada: Client, media: MediaFile, stranger: User
) -> None:
    theirs = batches.start(stranger, "delete", [make_media(stranger).pk])
    response = post(ada, verb="delete", media=str(media.pk), batch=str(theirs.pk))
    assert response.status_code == 409
    assert theirs.items.count() == 1


def test_a_strangers_file_is_refused_and_not_told_of(
    ada: Client, author: User, stranger: User
) -> None:
    theirs = make_media(stranger, "Secret.mp4")
    response = post(ada, verb="delete", media=str(theirs.pk))
    assert "There is no such file in your library." in response.text
    assert "Secret" not in response.text
    rename = {"media": str(theirs.pk), "pattern": "x", "start": "1", "digits": "1"}
    assert "Secret" not in ada.get("/library/batches/preview/", rename).text
    assert "Secret" not in post(ada, "/library/batches/ask/rename/", media=str(theirs.pk)).text
    assert "Secret" not in ada.get("/library/cards/", {"media": str(theirs.pk)}).text


def test_a_strangers_chapter_is_none(ada: Client, media: MediaFile, stranger: User) -> None:
    theirs = make_chapter(make_course(stranger))
    response = post(ada, verb="link", media=str(media.pk), chapter=str(theirs.pk))
    assert response.status_code == 422
    assert "There is no such chapter." in response.text


def test_a_plain_form_is_sent_back_to_where_it_was(ada: Client, media: MediaFile) -> None:
    form = {"verb": "delete", "media": str(media.pk)}
    assert ada.post(START, form)["Location"] == "/library/"
    assert ada.post(START, form | {"room": "trash"})["Location"] == "/library/trash/"
    assert 'http-equiv="refresh"' in ada.get("/library/").text
    for batch in Batch.objects.all():
        finish(batch)
    assert 'http-equiv="refresh"' not in ada.get("/library/").text


def test_a_preview_of_the_first_twenty_says_how_many_more_there_are(
    ada: Client, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [str(make_media(author, f"{number}.mp4").pk) for number in range(25)]
    ask = "/library/batches/ask/rename/"
    assert "And 5 more." in post(ada, ask, media=ids).text
    assert "And 5 more." in post(ada, ask, all_of="").text
    assert " more." not in post(ada, ask, media=ids[:20]).text
    monkeypatch.setattr(choosing, "COUNTED", 22)
    assert "And more than 2 more." in post(ada, ask, all_of="").text


def test_the_preview_shows_the_first_twenty(ada: Client, author: User) -> None:
    ids = [str(make_media(author, f"{number}.mp4").pk) for number in range(25)]
    form = {"media": ids, "pattern": "{number}-{name}", "start": "9", "digits": "3"}
    page = ada.get("/library/batches/preview/", form).text
    assert "009-0.mp4" in page
    assert "028-19.mp4" in page
    assert "20.mp4" not in page
    form["digits"] = "x"
    assert "Enter a whole number." in ada.get("/library/batches/preview/", form).text
    everything = {"all_of": "q=1&sort=name", "pattern": "x{number}", "start": "1", "digits": "1"}
    page = ada.get("/library/batches/preview/", everything).text
    assert "<td>10.mp4</td><td>x2.mp4</td>" in page


def test_what_asks_nothing_is_not_asked(ada: Client, media: MediaFile) -> None:
    for verb in ("delete", "explode"):
        assert post(ada, f"/library/batches/ask/{verb}/", media=str(media.pk)).status_code == 404
    assert post(ada, "/library/batches/ask/rename/").status_code == 422


def test_all_that_match_are_counted_as_far_as_it_is_cheap(
    ada: Client, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        make_media(author, f"file {number}.mp4")
    make_media(author, "other.mp4", trashed_at=timezone.now())
    assert ada.get("/library/batches/count/?q=file").text == "5"
    assert ada.get("/library/batches/count/?room=trash").text == "1"
    monkeypatch.setattr(choosing, "COUNTED", 3)
    assert ada.get("/library/batches/count/?q=file").text == "more than 3"


def test_all_that_match_are_chosen_by_the_studio(ada: Client, author: User) -> None:
    wanted = [make_media(author, f"file {number}.mp4").pk for number in range(3)]
    make_media(author, "other.mp4")
    post(ada, verb="delete", all_of="q=file&sort=oldest&after=nonsense")
    chosen = Batch.objects.get().items.order_by("place").values_list("media", flat=True)
    assert list(chosen) == wanted


def test_failed_ones_are_tried_again(ada: Client, media: MediaFile, chapter: Chapter) -> None:
    make_video(chapter, media)
    post(ada, verb="delete", media=str(media.pk))
    batch = Batch.objects.get()
    finish(batch)
    assert "It is used in 1 place." in ada.get("/library/batches/", headers=HTMX).text
    response = post(ada, f"/library/batches/{batch.pk}/retry/", everywhere="1")
    assert "Deleting 0 of 1" in response.text
    finish(batch)
    assert "1 file was moved to the trash." in ada.get("/library/batches/", headers=HTMX).text
    assert "Restoring 0 of 1" in post(ada, f"/library/batches/{batch.pk}/undo/").text
    finish(Batch.objects.get(undoes=batch))
    assert not MediaFile.objects.trashed().exists()


def test_files_that_got_their_old_names_back_are_told(
    ada: Client, author: User, media: MediaFile
) -> None:
    batch = batches.start(author, "rename", [media.pk], {"pattern": "A {name}"})
    finish(batch)
    assert "Renaming back 0 of 1" in post(ada, f"/library/batches/{batch.pk}/undo/").text
    finish(Batch.objects.get(undoes=batch))
    assert "1 file was renamed back." in ada.get("/library/batches/", headers=HTMX).text


def test_what_cannot_be_undone_says_so(ada: Client, author: User, media: MediaFile) -> None:
    batch = batches.start(author, "rename_back", [media.pk])
    assert post(ada, f"/library/batches/{batch.pk}/undo/").status_code == 409


def test_put_away_it_is_gone(ada: Client, author: User, media: MediaFile) -> None:
    batch = batches.start(author, "delete", [media.pk])
    assert "Deleting" not in post(ada, f"/library/batches/{batch.pk}/dismiss/").text


def test_cards_and_rows_are_drawn_as_they_are_now(ada: Client, author: User) -> None:
    there, gone = make_media(author), make_media(author, trashed_at=timezone.now())
    ask = {"media": [str(there.pk), str(gone.pk), str(uuid7()), "x"]}
    page = ada.get("/library/cards/", ask).text
    assert hidden(page, there.pk, "media") is False
    assert hidden(page, gone.pk, "media") is True
    page = ada.get("/library/cards/", ask | {"room": "trash"}).text
    assert hidden(page, there.pk, "trash") is True
    assert hidden(page, gone.pk, "trash") is False


def hidden(page: str, media_id: UUID, kind: str) -> bool:
    return "hidden" in page.split(f'id="{kind}-{media_id}"')[1].split(">")[0]


def test_deleting_one_answers_with_its_card(ada: Client, media: MediaFile) -> None:
    response = post(ada, f"/library/{media.pk}/remove/")
    assert hidden(response.text, media.pk, "media")
    assert f"/library/{media.pk}/restore/" in response.text
    response = post(ada, f"/library/{media.pk}/restore/")
    assert not hidden(response.text, media.pk, "media")


def test_one_that_is_used_says_where(ada: Client, media: MediaFile, chapter: Chapter) -> None:
    for _ in range(3):
        make_video(chapter, media)
    response = post(ada, f"/library/{media.pk}/remove/")
    assert response.status_code == 409
    assert "is used in Analytical engines › Optics › 1. 01 Welcome and 2 more." in response.text
    assert f'href="/library/{media.pk}/#remove"' in response.text
