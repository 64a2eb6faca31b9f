"""Space that is taken, and how many files are not ready: as they are after each answer to an open page."""

import re

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import make_media, make_upload
from tests.people import ClientOf

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


def figures(answer: str) -> dict[str, str]:
    return dict(
        re.findall(r'<hx-partial hx-target="#(space-taken|number-\w+)"[^>]*>([^<]*)<', answer)
    )


def test_after_each_search(ada: Client, author: User) -> None:
    make_media(author, size=2_000_000_000)
    make_upload(author, size=1000)
    answer = ada.get("/library/?q=welcome", **HTMX).text  # type: ignore[arg-type]
    assert figures(answer) == {
        "space-taken": "2.0 GB",
        "number-processing": "1",
        "number-broken": "",
    }


def test_after_a_deletion_and_its_undo(ada: Client, author: User) -> None:
    media = make_media(author, status="broken", reason="damaged", size=5000)
    gone = ada.post(f"/library/{media.pk}/remove/", **HTMX).text  # type: ignore[arg-type]
    assert figures(gone)["number-broken"] == ""
    assert figures(gone)["space-taken"] == "5.0 kB"  # until it is emptied from the trash
    back = ada.post(f"/library/{media.pk}/restore/", **HTMX).text  # type: ignore[arg-type]
    assert figures(back)["number-broken"] == "1"


def test_while_uploads_come_and_when_one_is_cancelled(ada: Client, author: User) -> None:
    media = make_upload(author, size=3000)
    asked = figures(ada.get(f"/library/uploads/rows/?id={media.pk}").text)
    assert (asked["space-taken"], asked["number-processing"]) == ("3.0 kB", "1")
    ended = figures(ada.post(f"/library/uploads/{media.pk}/end/", **HTMX).text)  # type: ignore[arg-type]
    assert (ended["space-taken"], ended["number-processing"]) == ("0 bytes", "")


def test_after_something_was_done_to_many(ada: Client, author: User) -> None:
    media = make_media(author, status="broken", reason="damaged")
    answer = ada.get(f"/library/cards/?room=library&media={media.pk}").text
    assert figures(answer)["number-broken"] == "1"
