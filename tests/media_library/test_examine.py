"""Examining a file: READY with facts and poster, or BROKEN with the reason, and once."""

import io
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from PIL import Image

from accounts.models import User
from config.ids import uuid7
from media_library import intake
from media_library.file_errors import StorageSilent
from media_library.intake import examine
from media_library.models import MediaFile
from media_library.uploads import take_in
from tests.clips import Clips
from tests.factories import make_upload
from tests.media_library.test_take_in import stored_files


def taken_in(author: User, content: bytes) -> MediaFile:
    return take_in(author, "01 Welcome.mp4", io.BytesIO(content))


def test_a_good_file_is_ready_with_its_facts_and_a_poster(author: User, clips: Clips) -> None:
    media = taken_in(author, clips.mp4)
    examine(media.pk)
    media.refresh_from_db()
    assert (media.status, media.reason) == ("ready", "")
    assert (media.container, media.video_codec, media.audio_codec) == ("mp4", "h264", "aac")
    assert (media.width, media.height, media.duration) == (64, 36, timedelta(seconds=1))
    assert media.probed_at is not None
    with media.poster.open() as poster:
        assert Image.open(poster).format == "JPEG"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("truncated", "cut_off"),
        ("html", "not_a_video"),
        ("only_sound", "only_sound"),
        ("empty", "empty"),
        ("hevc", "codec"),
    ],
)
def test_a_bad_file_is_broken_and_says_why(
    author: User, clips: Clips, name: str, reason: str
) -> None:
    media = taken_in(author, getattr(clips, name))
    examine(media.pk)
    media.refresh_from_db()
    assert (media.status, media.reason) == ("broken", reason)
    assert media.poster.name == ""


def test_a_file_that_is_ready_uploading_or_gone_is_left_alone(author: User, clips: Clips) -> None:
    media = taken_in(author, clips.mp4)
    coming = make_upload(author)
    examine(coming.pk)
    coming.refresh_from_db()
    assert coming.status == "uploading"
    examine(media.pk)
    before = MediaFile.objects.values().get(pk=media.pk)
    examine(media.pk)
    assert MediaFile.objects.values().get(pk=media.pk) == before
    examine(uuid7())


@pytest.mark.django_db(transaction=True)
def test_examined_five_times_at_once_it_has_one_poster(author: User, clips: Clips) -> None:
    media = taken_in(author, clips.mp4)
    before = stored_files()

    def work() -> None:
        examine(media.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    media.refresh_from_db()
    assert media.status == "ready"
    (poster,) = stored_files() - before
    assert poster.samefile(media.poster.path)


def test_a_silent_storage_leaves_it_waiting(
    author: User, clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise StorageSilent

    media = taken_in(author, clips.mp4)
    with monkeypatch.context() as patch:
        patch.setattr(intake, "inspect", away)
        with pytest.raises(StorageSilent):
            examine(media.pk)
    assert MediaFile.objects.get().status == "processing"
    examine(media.pk)
    assert MediaFile.objects.get().status == "ready"


def test_no_space_for_the_poster_leaves_it_waiting(
    author: User, clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = taken_in(author, clips.mp4)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(media.poster.storage, "save", full)
        with pytest.raises(StorageSilent):
            examine(media.pk)
    assert MediaFile.objects.get().status == "processing"
