"""Two requests for one upload at the same time, to a web process of production."""

import contextlib
import hashlib
import http.client
import os
from pathlib import Path

import pytest

from media_library.models import MediaFile
from tests.config.production import Web
from tests.dev.studios import wait_until
from tests.media_library.test_take_in import stored_files
from tests.media_library.test_tus_clients import (
    MEGABYTE,
    announced,
    begin_piece,
    cookie,  # noqa: F401
    web,  # noqa: F401
)

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 8 * MEGABYTE


@pytest.fixture
def before() -> set[Path]:
    """Other tests leave files behind."""
    return stored_files()


def stored_since(before: set[Path]) -> list[int]:
    """How long each of them is by now."""
    return sorted(path.stat().st_size for path in stored_files() - before)


def answer(connection: http.client.HTTPConnection) -> int:
    with contextlib.closing(connection):
        response = connection.getresponse()
        response.read()
        assert response.headers["Tus-Resumable"] == "1.0.0"
        return response.status


def ask(web: Web, cookie: str, method: str, media: MediaFile) -> http.client.HTTPConnection:  # noqa: F811
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
    headers = {"Tus-Resumable": "1.0.0", "Cookie": cookie}
    connection.request(method, f"/library/uploads/{media.pk}/", headers=headers)
    return connection


@pytest.mark.parametrize("rest", [0, MEGABYTE])
def test_the_same_piece_twice_at_once_counts_once(
    web: Web,  # noqa: F811
    cookie: str,  # noqa: F811
    before: set[Path],
    rest: int,
) -> None:
    """Both are under way before either of them has ended: half of each is stored."""
    contents = [os.urandom(SIZE), os.urandom(SIZE)]
    media = announced(web, cookie, SIZE + rest)
    pieces = [begin_piece(web, cookie, media, SIZE) for _ in contents]
    for piece, content in zip(pieces, contents, strict=True):
        piece.send(content[: SIZE // 2])
    wait_until(lambda: len(stored_since(before)) == 2 and stored_since(before)[0] > MEGABYTE)
    for piece, content in zip(pieces, contents, strict=True):
        piece.send(content[SIZE // 2 :])
    answers = [answer(piece) for piece in pieces]
    assert sorted(answers) == [204, 409]
    media.refresh_from_db()
    won = contents[answers.index(204)]
    assert media.received == SIZE
    stored = media.parts.get().file if rest else media.file
    with stored.open() as file:
        assert file.read() == won
    assert stored_since(before) == [SIZE]
    assert media.checksum == ("" if rest else hashlib.sha256(won).hexdigest())


def test_an_upload_that_is_ended_during_a_piece_is_over_and_leaves_nothing(
    web: Web,  # noqa: F811
    cookie: str,  # noqa: F811
    before: set[Path],
) -> None:
    media = announced(web, cookie, SIZE)
    piece = begin_piece(web, cookie, media, SIZE)
    piece.send(bytes(SIZE // 2))
    wait_until(lambda: sum(stored_since(before)) > MEGABYTE)
    assert answer(ask(web, cookie, "DELETE", media)) == 204
    assert not MediaFile.objects.exists()
    piece.send(bytes(SIZE // 2))
    assert answer(piece) == 410
    assert answer(ask(web, cookie, "HEAD", media)) == 404
    assert not MediaFile.objects.exists()
    assert stored_since(before) == []
