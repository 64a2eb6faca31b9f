"""The bytes of a file: who gets them, how, and in pieces."""

import threading
import time
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client, override_settings

from accounts.models import User
from config.ids import uuid7
from media_library import playing, stored_files
from media_library.file_errors import FileMissing, StorageSilent
from media_library.intake import examine
from media_library.models import MediaFile
from media_library.ranges import OPEN_ENDED, etag_of
from tests.clips import Clips
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf


def playable(owner: User, content: bytes = bytes(range(256)) * 40, **columns: Any) -> MediaFile:
    media = make_media(owner, size=len(content), **columns)
    storage, name = media.file.storage, str(media.file.name)
    storage.delete(name)
    assert storage.save(name, ContentFile(content)) == name
    return media


def file_of(media: MediaFile) -> str:
    return f"/library/{media.pk}/file/"


def body(response: Any) -> bytes:
    """To its end, where Django's client closes it."""
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def media(author: User) -> MediaFile:
    return playable(author)


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


CONTENT = bytes(range(256)) * 40


def test_all_of_it(ada: Client, media: MediaFile) -> None:
    response = ada.get(file_of(media))
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(CONTENT))
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == etag_of(str(media.file.name))
    assert response["Cache-Control"] == "private, no-store"
    assert body(response) == CONTENT


@pytest.mark.parametrize(
    ("asked", "told", "part"),
    [
        ("bytes=0-", "bytes 0-10239/10240", CONTENT),
        ("bytes=10-19", "bytes 10-19/10240", CONTENT[10:20]),
        ("bytes=-5", "bytes 10235-10239/10240", CONTENT[-5:]),
        ("bytes=10-19,0-3", "bytes 10-19/10240", CONTENT[10:20]),
    ],
)
def test_a_part_of_it(ada: Client, media: MediaFile, asked: str, told: str, part: bytes) -> None:
    response = ada.get(file_of(media), headers={"Range": asked})
    assert response.status_code == 206
    assert response["Content-Range"] == told
    assert response["Content-Length"] == str(len(part))
    assert body(response) == part


@pytest.mark.parametrize("asked", ["bytes=0-9", "bytes=99999999-"])
def test_a_part_is_of_what_is_got(ada: Client, media: MediaFile, asked: str) -> None:
    """Asked about, it is told of as a whole (RFC 9110, 14.2)."""
    response = ada.head(file_of(media), headers={"Range": asked})
    assert (response.status_code, response["Content-Length"]) == (200, str(len(CONTENT)))


def test_no_part_of_it(ada: Client, media: MediaFile) -> None:
    response = ada.get(file_of(media), headers={"Range": "bytes=10240-"})
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */10240"


def test_who_has_it_is_told_so_and_who_has_another_gets_all(ada: Client, media: MediaFile) -> None:
    etag = etag_of(str(media.file.name))
    known = ada.get(file_of(media), headers={"If-None-Match": etag, "Range": "bytes=0-1"})
    assert (known.status_code, known["ETag"]) == (304, etag)
    again = ada.get(file_of(media), headers={"If-Range": '"other"', "Range": "bytes=0-1"})
    assert (again.status_code, body(again)) == (200, CONTENT)


def test_an_open_end_and_a_download(ada: Client, author: User) -> None:
    content = bytes(1 << 20) * 5
    media = playable(author, content)
    player = ada.get(file_of(media), headers={"Range": "bytes=1-"})
    assert len(body(player)) == OPEN_ENDED
    download = ada.get(file_of(media) + "?download=1", headers={"Range": "bytes=1-"})
    assert len(body(download)) == len(content) - 1
    assert body(ada.get(file_of(media))) == content


@pytest.mark.parametrize(
    ("container", "kind", "name"),
    [
        ("mp4", "video/mp4", "talk.html.mp4"),
        ("mov", "video/quicktime", "talk.html.mov"),
        ("webm", "video/webm", "talk.html.webm"),
        ("matroska", "video/matroska", "talk.html.mkv"),
    ],
)
def test_it_is_what_was_found_in_it_and_never_a_page(
    ada: Client, author: User, container: str, kind: str, name: str
) -> None:
    media = playable(author, name="talk.html", container=container)
    for headers in ({}, {"Range": "bytes=0-4"}, {"Range": "bytes=5-4"}):
        response = ada.get(file_of(media), headers=headers)
        body(response)
        assert response["Content-Type"] == kind
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response["Content-Disposition"] == f'inline; filename="{name}"'


def test_a_film_that_is_also_a_page_is_a_film(author: User, ada: Client, clips: Clips) -> None:
    page = b"<!doctype html><script>alert(1)</script>"
    polyglot = clips.mp4 + (len(page) + 8).to_bytes(4, "big") + b"free" + page
    media = playable(author, polyglot, name="film.html", status="processing", probed_at=None)
    examine(media.pk)
    media.refresh_from_db()
    assert media.status == "ready"
    response = ada.get(file_of(media))
    assert page in body(response)
    assert response["Content-Type"] == "video/mp4"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_download_has_the_name_of_the_file_in_any_script(ada: Client, author: User) -> None:
    media = playable(author, name='Größe "1"; x=y.mp4')
    response = ada.get(file_of(media) + "?download=1")
    body(response)
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%20%221%22%3B%20x%3Dy.mp4"
    )


def test_authors_of_a_course_that_uses_it_and_staff_may(
    media: MediaFile, author: User, co_author: User, staff: User, client_of: ClientOf
) -> None:
    course = make_course(author)
    make_video(make_chapter(course), media)
    grace = client_of(co_author)
    assert grace.get(file_of(media)).status_code == 404
    course.add_co_author(co_author)
    for person in (co_author, staff):
        response = client_of(person).get(file_of(media))
        assert body(response) == CONTENT


@pytest.mark.parametrize("status", ["uploading", "processing", "broken"])
def test_only_what_is_ready_plays(ada: Client, author: User, status: str) -> None:
    media = playable(author)
    columns: dict[str, Any] = {"status": status}
    if status == "broken":
        columns["reason"] = "damaged"
    if status == "uploading":
        columns["upload_until"] = "2100-01-01T00:00Z"
    MediaFile.objects.filter(pk=media.pk).update(**columns)
    assert ada.get(file_of(media)).status_code == 404


def test_what_the_storage_lost_is_404_and_what_it_lost_the_end_of_breaks_off(
    ada: Client, author: User
) -> None:
    media = playable(author)
    MediaFile.objects.filter(pk=media.pk).update(size=1 << 20)
    with pytest.raises(FileMissing):
        body(ada.get(file_of(media)))
    media.file.storage.delete(str(media.file.name))
    assert ada.get(file_of(media)).status_code == 404


@pytest.fixture
def for_players(monkeypatch: pytest.MonkeyPatch) -> stored_files.ForPages:
    ours = stored_files.ForPages(2)
    ours.patience = ours.turn = 0.2
    monkeypatch.setattr(playing, "for_players", ours)
    return ours


@pytest.mark.usefixtures("for_players")
def test_a_storage_that_hangs_holds_few_and_the_others_are_told(
    ada: Client, media: MediaFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    asked: list[None] = []

    def hangs(*_: Any) -> None:
        asked.append(None)
        let_go.wait(60)
        raise ConnectionError

    monkeypatch.setattr(type(media.file.storage), "open", hangs)
    began = time.monotonic()
    answers = [ada.get(file_of(media)) for _ in range(20)]
    took = time.monotonic() - began
    let_go.set()
    assert {answer.status_code for answer in answers} == {503}
    assert {answer["Retry-After"] for answer in answers} == {"5"}
    assert len(asked) == 2
    assert took < 10


@pytest.mark.usefixtures("for_players")
def test_a_storage_that_falls_silent_on_the_way_breaks_it_off(
    ada: Client, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = playable(author, bytes(1 << 20))
    response: Any = ada.get(file_of(media), headers={"Range": "bytes=0-"})
    pieces = iter(response.streaming_content)
    assert next(pieces)

    def fails(*_: Any) -> None:
        raise OSError(5, "I/O error")

    monkeypatch.setattr(playing.Reading, "_read", fails)
    with pytest.raises(StorageSilent):
        next(pieces)


def test_long_answers_leave_threads_for_others(
    ada: Client, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = OPEN_ENDED + 10
    media = playable(author, bytes(size))
    places = threading.BoundedSemaphore(1)
    monkeypatch.setattr("media_library.views.playback.long_answers", places)
    first = ada.get(file_of(media))
    assert ada.get(file_of(media)).status_code == 503
    shorter = ada.get(file_of(media), headers={"Range": f"bytes=0-{size - 1}"})
    assert shorter["Content-Range"] == f"bytes 0-{OPEN_ENDED - 1}/{size}"
    assert len(body(shorter)) == OPEN_ENDED
    assert len(body(first)) == size
    assert len(body(ada.get(file_of(media)))) == size
    assert places.acquire(blocking=False), "it was given back"


def test_nginx_is_told_where_the_file_is(ada: Client, author: User) -> None:
    media = playable(author)
    with override_settings(MEDIA_ACCEL_PREFIX="/stored/"):
        response = ada.get(file_of(media), headers={"Range": "bytes=0-1"})
    assert response.status_code == 200
    assert response["X-Accel-Redirect"] == f"/stored/{media.file.name}"
    assert response["Content-Type"] == "video/mp4"
    assert response["Cache-Control"] == "private, no-cache"
    assert response.content == b""
    assert "Content-Range" not in response


def test_nginx_never_hears_of_what_is_somebody_elses(
    client_of: ClientOf, media: MediaFile, stranger: User
) -> None:
    with override_settings(MEDIA_ACCEL_PREFIX="/stored/"):
        response = client_of(stranger).get(file_of(media))
    assert response.status_code == 404
    assert "X-Accel-Redirect" not in response


def test_a_storage_with_signed_addresses_is_where_people_are_sent(
    ada: Client, media: MediaFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def url(name: str) -> str:
        return f"https://bucket.example/{name}?signature=1"

    monkeypatch.setattr(media.file.storage, "url", url)
    with override_settings(
        MEDIA_REDIRECT_TO_STORAGE=True, MEDIA_STORAGE_ORIGIN="https://bucket.example"
    ):
        response = ada.get(file_of(media))
        page = Client().get("/accounts/login/")
    assert response.status_code == 302
    assert response["Location"] == f"https://bucket.example/{media.file.name}?signature=1"
    assert response["Cache-Control"] == "private, no-store"
    assert "media-src 'self' https://bucket.example;" in page["Content-Security-Policy"]


def test_what_is_nobodys_is_404(ada: Client) -> None:
    assert ada.get(f"/library/{uuid7()}/file/").status_code == 404
    assert settings.MEDIA_HOST == ""
