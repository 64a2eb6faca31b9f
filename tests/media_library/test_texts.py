"""The name and the description of a file: versions, forms, and conflicts of one person in two windows."""

import pytest
from django.test import Client

from accounts.models import User
from media_library.models import MediaFile
from tests.factories import make_media
from tests.people import ClientOf
from tests.texts import check_that_fields_do_not_meet, check_versions, text_of

HTMX = {"HX-Request": "true"}


@pytest.fixture
def media(author: User) -> MediaFile:
    return make_media(author, "Loom.mp4")


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.mark.parametrize("name", ["name", "description"])
def test_a_text_is_saved_upon_the_version_that_was_seen(media: MediaFile, name: str) -> None:
    check_versions(media, name)


def test_name_and_description_do_not_meet(media: MediaFile) -> None:
    check_that_fields_do_not_meet(media, "name", "description")


@pytest.mark.parametrize("name", ["name", "description"])
def test_a_conflict_shows_both_texts_and_loses_none(
    ada: Client, media: MediaFile, name: str
) -> None:
    url = f"/library/{media.pk}/{name}/"
    ada.post(url, {name: "From one window", "version": "0"})
    page = ada.post(url, {name: "From the other", "version": "0"})
    assert page.status_code == 409
    for shown in (
        "You changed it",
        "From one window",
        "From the other",
        "Keep mine",
        "Take theirs",
        'name="version"',
        'value="1"',
    ):
        assert shown in page.content.decode(), shown
    fragment = ada.post(url, {name: "From the other", "version": "0"}, headers=HTMX)
    assert fragment.status_code == 409
    assert "From one window" in fragment.content.decode()
    assert text_of(media, name) == ("From one window", 1)
    assert ada.post(url, {name: "From the other", "version": "1"}).status_code == 302
    assert text_of(media, name) == ("From the other", 2)


def test_a_name_in_conflict_is_told_beside_its_field(ada: Client, media: MediaFile) -> None:
    media.rename("Theirs.mp4")
    url = f"/library/{media.pk}/name/"
    answer = ada.post(url, {"name": "Mine", "version": "0"}, headers=HTMX).content.decode()
    assert f'hx-target="#media-{media.pk}-name-error"' in answer
    assert f'hx-target="#media-{media.pk}-version"' in answer
    assert answer.count(f'id="media-{media.pk}-version" value="1"') == 2


def test_it_is_described_on_its_page(ada: Client, media: MediaFile) -> None:
    url = f"/library/{media.pk}/description/"
    assert "<html" in ada.get(url).content.decode()
    answer = ada.post(url, {"description": "One\r\n<b>", "version": "0"}, headers=HTMX)
    assert f'id="media-{media.pk}-about">One\n&lt;b&gt;</p>' in answer.content.decode()
    assert answer.content.decode().count('hx-target="#live"') == 1
    page = ada.post(url, {"description": "Two", "version": "1"}, follow=True).content.decode()
    assert "Description saved." in page
    assert "Edit description" in page
