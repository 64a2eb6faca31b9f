"""The same bytes twice in one library."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import User
from media_library.duplicates import twins
from media_library.models import MediaFile
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf

SAME = "a" * 64


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.fixture
def first(author: User) -> MediaFile:
    return make_media(author, "first.mp4", checksum=SAME)


@pytest.fixture
def again(first: MediaFile) -> MediaFile:
    return make_media(first.owner, "again.mp4", checksum=SAME)


def test_the_later_one_is_told_of_the_first(first: MediaFile, again: MediaFile) -> None:
    third = make_media(first.owner, "third.mp4", checksum=SAME)
    assert twins([first, again, third]) == {again.pk: first, third.pk: first}


def test_the_first_is_the_first_by_the_clock_of_the_studio(author: User) -> None:
    first = make_media(author, "first.mp4", checksum=SAME, pk=UUID(int=(1 << 128) - 1))
    again = make_media(author, "again.mp4", checksum=SAME, pk=UUID(int=1))
    assert twins([first, again]) == {again.pk: first}


def test_nobody_is_told_of_other_peoples_files(first: MediaFile, stranger: User) -> None:
    assert twins([make_media(stranger, checksum=SAME)]) == {}


@pytest.mark.parametrize("what", ["trashed", "broken", "former"])
def test_what_could_not_be_used_is_no_twin(first: MediaFile, again: MediaFile, what: str) -> None:
    other = make_media(first.owner, "other.mp4")
    changes: dict[str, dict[str, Any]] = {
        "trashed": {"trashed_at": first.probed_at},
        "broken": {"status": "broken", "reason": "damaged"},
        "former": {"version_of": other, "replaced_at": first.probed_at},
    }
    MediaFile.objects.filter(pk=first.pk).update(**changes[what])
    assert twins([again]) == {}


def test_both_can_be_kept(ada: Client, first: MediaFile, again: MediaFile) -> None:
    said = "You already have this as"
    assert said in ada.get(f"/library/{again.pk}/").text
    assert said in ada.get(f"/library/uploads/rows/?id={again.pk}").text
    assert said not in ada.get(f"/library/{first.pk}/").text
    ada.post(f"/library/{again.pk}/keep-both/")
    assert said not in ada.get(f"/library/{again.pk}/").text


def test_the_one_that_was_there_can_take_its_place(
    ada: Client, first: MediaFile, again: MediaFile
) -> None:
    video = make_video(make_chapter(make_course(first.owner)), again)
    response = ada.post(f"/library/{again.pk}/use-other/")
    assert response["Location"] == f"/library/{first.pk}/"
    video.refresh_from_db()
    again.refresh_from_db()
    assert (video.media, video.status) == (first, "linked")
    assert again.trashed_at is not None


def test_what_is_no_duplicate_has_nothing_to_use_instead(ada: Client, first: MediaFile) -> None:
    assert ada.post(f"/library/{first.pk}/use-other/").status_code == 404
