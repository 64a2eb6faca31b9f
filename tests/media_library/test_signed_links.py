"""Links that work for whoever has them, and the host of its own that they may lead to."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import signing
from django.test import Client, override_settings

from accounts.models import User
from media_library import signed_links
from media_library.models import MediaFile
from tests.media_library.test_playback import CONTENT, body, file_of, playable
from tests.people import ClientOf

MEDIA_HOST = "media.example"


@pytest.fixture
def media(author: User) -> MediaFile:
    return playable(author)


@pytest.fixture
def _with_media_host() -> Iterator[None]:
    with override_settings(
        MEDIA_HOST=MEDIA_HOST,
        MEDIA_ORIGIN=f"https://{MEDIA_HOST}",
        ALLOWED_HOSTS=["testserver", MEDIA_HOST],
    ):
        yield


def test_it_needs_no_session(media: MediaFile) -> None:
    visitor = Client()
    response = visitor.get(signed_links.address(media), headers={"Range": "bytes=1-3"})
    assert (response.status_code, body(response)) == (206, CONTENT[1:4])
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not visitor.cookies


def refused(address: str) -> bool:
    response = Client().get(address)
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Type"].startswith("text/plain")
    return response.status_code == 403


def test_it_expires(media: MediaFile, monkeypatch: pytest.MonkeyPatch) -> None:
    address = signed_links.address(media)
    later = time.time() + signed_links.KEPT.total_seconds()
    monkeypatch.setattr(signing.time, "time", lambda: later - 1)  # type: ignore[attr-defined]
    assert Client().head(address).status_code == 200
    monkeypatch.setattr(signing.time, "time", lambda: later + 1)  # type: ignore[attr-defined]
    assert refused(address)


def test_altered_it_is_refused(media: MediaFile, author: User) -> None:
    token = signed_links.token(media)
    other = signed_links.token(playable(author))
    payload, moment, signature = token.split(":")
    other_payload, _, other_signature = other.split(":")
    for wrong in (
        token[:-1],
        token + "x",
        f"{other_payload}:{moment}:{signature}",
        f"{payload}:{moment}:{other_signature}",
        f"{payload}:zzzzzz:{signature}",
        "x",
        "a:b:c",
        signing.dumps([media.pk.hex, media.file.name], salt="another"),
        "%F0%9F%8E%AC",
    ):
        assert refused(f"/media/{wrong}/"), wrong


def test_it_is_for_what_was_stored_when_it_was_made(media: MediaFile) -> None:
    address = signed_links.address(media)
    MediaFile.objects.filter(pk=media.pk).update(file="files/a/newer")
    assert refused(address)


def test_of_a_file_that_is_gone_it_is_refused(media: MediaFile) -> None:
    address = signed_links.address(media)
    media.delete()
    assert refused(address)


@pytest.mark.usefixtures("_with_media_host")
def test_with_a_host_of_its_own_people_are_sent_there(
    media: MediaFile, author: User, client_of: ClientOf
) -> None:
    ada = client_of(author)
    response = ada.get(file_of(media))
    assert response.status_code == 302
    assert response["Location"].startswith(f"https://{MEDIA_HOST}/media/")
    assert response["Cache-Control"] == "private, no-store"
    path = response["Location"].removeprefix(f"https://{MEDIA_HOST}")
    assert body(Client(headers={"Host": MEDIA_HOST}).get(path)) == CONTENT
    assert body(Client().get(path)) == CONTENT, "on the studio's own host, too"
    download = ada.get(file_of(media) + "?download=1")["Location"]
    assert download.endswith("/?download=1")
    page = ada.get("/library/")
    assert f"media-src 'self' https://{MEDIA_HOST};" in page["Content-Security-Policy"]


@pytest.mark.usefixtures("_with_media_host")
def test_strangers_are_sent_nowhere(media: MediaFile, stranger: User, client_of: ClientOf) -> None:
    assert client_of(stranger).get(file_of(media)).status_code == 404


@pytest.mark.usefixtures("_with_media_host")
@pytest.mark.parametrize(
    "path", ["/", "/library/", "/accounts/login/", "/static/css/app.css", "/nothing/", "/admin/"]
)
def test_nothing_else_is_on_that_host(path: str, author: User, client_of: ClientOf) -> None:
    client: Any = client_of(author)
    response = client.get(path, headers={"Host": f"{MEDIA_HOST}:443"})
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/plain")


@pytest.mark.usefixtures("_with_media_host")
def test_a_host_that_is_nobodys_is_refused() -> None:
    assert Client().get("/", headers={"Host": "evil.example"}).status_code == 400
