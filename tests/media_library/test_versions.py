"""A new version takes the place of a file; links never break meanwhile."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from courses.models import Video
from courses.sweeper import Sweeper
from media_library import trash, uploads, versions
from media_library.intake import examine
from media_library.models import KEPT_IN_TRASH, MediaFile
from tests.clips import Clips
from tests.courses.link_stories import nobody_sweeps
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf


@pytest.fixture
def media(author: User, clips: Clips) -> MediaFile:
    media = uploads.take_in(author, "01 Welcome.mp4", io.BytesIO(clips.mp4))
    examine(media.pk)
    media.refresh_from_db()
    return media


def bring(media: MediaFile, content: bytes, name: str = "new.webm") -> MediaFile:
    version = uploads.take_in(media.owner, name, io.BytesIO(content), version_of=media)
    examine(version.pk)
    version.refresh_from_db()
    return version


def contents(media: MediaFile) -> dict[str, Any]:
    media.refresh_from_db()
    return {column: getattr(media, column) for column in versions.CONTENTS}


def test_it_takes_the_place_once_it_is_known_to_play(media: MediaFile, clips: Clips) -> None:
    before = contents(media)
    version = bring(media, clips.vp9)
    now = contents(media)
    assert (media.name, media.container, media.video_codec) == ("01 Welcome.mp4", "webm", "vp9")
    assert now["checksum"] != before["checksum"]
    assert contents(version) == before
    assert version.replaced_at is not None
    assert list(MediaFile.objects.shelved()) == [media]


def test_until_then_nothing_changes(media: MediaFile) -> None:
    before = contents(media)
    uploads.begin(media.owner, "new.mp4", 1000, version_of=media)
    assert contents(media) == before


def test_one_that_is_no_video_never_does(media: MediaFile, clips: Clips) -> None:
    before = contents(media)
    version = bring(media, clips.truncated)
    assert contents(media) == before
    assert versions.waiting(media) == version
    assert version.reason == "cut_off"


def test_a_broken_file_is_mended_by_it(author: User, clips: Clips) -> None:
    broken = uploads.take_in(author, "a.mp4", io.BytesIO(clips.truncated))
    examine(broken.pk)
    bring(broken, clips.mp4)
    broken.refresh_from_db()
    assert (broken.status, broken.reason) == ("ready", "")


def test_links_stay_and_rows_are_drawn_anew(media: MediaFile, clips: Clips) -> None:
    course = make_course(media.owner)
    video = make_video(make_chapter(course), media)
    before = Video.objects.get().revision
    bring(media, clips.vp9)
    video.refresh_from_db()
    assert (video.status, video.media_id) == ("linked", media.pk)
    assert video.revision > before


def test_the_one_before_comes_back(media: MediaFile, clips: Clips, client_of: ClientOf) -> None:
    before = contents(media)
    version = bring(media, clips.vp9)
    address = f"/library/{media.pk}/versions/{version.pk}/bring-back/"
    assert client_of(media.owner).post(address).status_code == 302
    assert contents(media) == before
    page = client_of(media.owner).post(address, follow=True).text
    assert contents(media)["video_codec"] == "vp9"
    assert "The earlier version is back." in page
    assert "The present version took its place just now." in page
    assert "<h3>Earlier versions</h3>" in page


def test_a_second_click_does_not_undo_the_first(
    media: MediaFile, clips: Clips, client_of: ClientOf
) -> None:
    before = contents(media)
    version = bring(media, clips.vp9)
    assert version.replaced_at is not None
    form = {"replaced_at": version.replaced_at.isoformat()}
    assert (
        f'value="{form["replaced_at"]}"' in client_of(media.owner).get(f"/library/{media.pk}/").text
    )
    for _ in range(2):
        address = f"/library/{media.pk}/versions/{version.pk}/bring-back/"
        assert client_of(media.owner).post(address, form).status_code == 302
    assert contents(media) == before


@pytest.mark.parametrize(
    "said",
    [
        "",
        "garbage",
        "2026-13-01",
        "\0",
        "9" * 5000,
        "0001-01-01T00:00:00+23:59",
        "2001-01-01T00:00:00",
        "2001-01-01T00:00:00+00:00",
        "2999-01-01T00:00:00+00:00",
    ],
)
def test_a_moment_at_which_nothing_was_replaced_brings_nothing_back(
    media: MediaFile, clips: Clips, client_of: ClientOf, said: str
) -> None:
    version = bring(media, clips.vp9)
    before = contents(media)
    address = f"/library/{media.pk}/versions/{version.pk}/bring-back/"
    ada = client_of(media.owner)
    page = ada.post(address, {"replaced_at": said}, follow=True).content.decode()
    assert "The versions are not as this page showed them: look again." in page
    assert "The earlier version is back." not in page
    answer = ada.post(address, {"replaced_at": said}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert contents(media) == before


def test_of_two_under_way_the_one_that_was_brought_last_has_the_last_word(
    media: MediaFile, clips: Clips
) -> None:
    first = uploads.begin(media.owner, "first.mp4", len(clips.mp4), version_of=media)
    bring(media, clips.vp9)
    uploads.receive(first, 0, io.BytesIO(clips.mp4))
    examine(first.pk)
    assert contents(media)["video_codec"] == "vp9"
    assert {version.video_codec for version in versions.former(media)} == {"h264"}
    assert versions.waiting(media) is None
    assert versions.take_waiting_places() == 0
    # The late one says nothing of it.
    assert versions.in_place_since(versions.former(media)) is None


def test_one_that_waits_can_be_discarded(
    media: MediaFile, clips: Clips, client_of: ClientOf
) -> None:
    broken = bring(media, clips.truncated)
    coming = uploads.begin(media.owner, "new.mp4", 1000, version_of=media)
    for version in (broken, coming):
        address = f"/library/{media.pk}/versions/{version.pk}/discard/"
        assert client_of(media.owner).post(address).status_code == 302
    assert list(MediaFile.objects.all()) == [media]


def test_a_former_version_goes_after_thirty_days(media: MediaFile, clips: Clips) -> None:
    version = bring(media, clips.vp9)
    assert trash.forget_what_is_old() == 0
    MediaFile.objects.filter(pk=version.pk).update(
        replaced_at=timezone.now() - KEPT_IN_TRASH - timedelta(minutes=1)
    )
    assert trash.forget_what_is_old() == 1
    assert list(MediaFile.objects.all()) == [media]


def test_versions_of_another_file_are_not_its_own(
    media: MediaFile, clips: Clips, client_of: ClientOf
) -> None:
    version = bring(media, clips.vp9)
    other = make_media(media.owner, "other.mp4")
    for verb in ("bring-back", "discard"):
        address = f"/library/{other.pk}/versions/{version.pk}/{verb}/"
        assert client_of(media.owner).post(address).status_code == 404


def test_a_version_has_no_versions(media: MediaFile, clips: Clips, client_of: ClientOf) -> None:
    version = bring(media, clips.vp9)
    form = {"videos": io.BytesIO(clips.mp4), "version_of": str(version.pk)}
    assert client_of(media.owner).post("/library/uploads/form/", form).status_code == 404


def test_without_scripts_a_form_brings_it(
    media: MediaFile, clips: Clips, client_of: ClientOf
) -> None:
    form = {"videos": io.BytesIO(clips.vp9), "version_of": str(media.pk)}
    response = client_of(media.owner).post("/library/uploads/form/", form)
    assert response["Location"] == f"/library/{media.pk}/"
    assert versions.waiting(media) is not None


def test_one_that_had_its_turn_cannot_be_cancelled(
    media: MediaFile, clips: Clips, client_of: ClientOf
) -> None:
    """The page of before shows it as waiting; its row now holds what was there before."""
    version = bring(media, clips.vp9)
    client_of(media.owner).post(f"/library/{media.pk}/versions/{version.pk}/discard/")
    assert MediaFile.objects.filter(pk=version.pk).exists()


def test_one_that_was_ready_too_early_has_its_turn_later(media: MediaFile, clips: Clips) -> None:
    MediaFile.objects.filter(pk=media.pk).update(status="processing")
    version = bring(media, clips.vp9)
    assert (version.status, version.replaced_at) == ("ready", None)
    examine(media.pk)
    nobody_sweeps()
    Sweeper().sweep()
    media.refresh_from_db()
    assert media.video_codec == "vp9"
