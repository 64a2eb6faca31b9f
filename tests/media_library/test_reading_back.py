"""A file of two gigabytes goes out through a web process of production."""

import contextlib
import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from accounts.models import User
from media_library.models import MediaFile
from tests.config.production import Web
from tests.factories import make_media
from tests.media_library.test_tus_clients import (
    MEGABYTE,
    cookie,  # noqa: F401
    peak_memory,
    web,  # noqa: F401
)

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 2 << 30
MARK = b"near the end"
MARK_AT = SIZE - 5 * MEGABYTE


@pytest.fixture
def media(author: User) -> Iterator[MediaFile]:
    """Of zeros, which take no space on the disk, and one mark."""
    media = make_media(author, size=SIZE)
    with Path(media.file.path).open("wb") as file:
        file.truncate(SIZE)
        file.seek(MARK_AT)
        file.write(MARK)
    yield media
    media.file.delete(save=False)


class Reader:
    def __init__(self, web: Web, cookie: str, media: MediaFile) -> None:  # noqa: F811
        self.port, self.cookie = web.port, cookie
        self.address = f"/library/{media.pk}/file/"

    def read(self, asked: str = "", *, download: bool = False) -> tuple[int, int, bytes]:
        """How it was answered, with how much, and how it began."""
        headers = {"Cookie": self.cookie} | ({"Range": asked} if asked else {})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with contextlib.closing(connection):
            address = self.address + ("?download=1" if download else "")
            connection.request("GET", address, headers=headers)
            response = connection.getresponse()
            start = response.read(len(MARK))
            length = len(start)
            while piece := response.read(MEGABYTE):
                length += len(piece)
            return response.status, length, start


def test_two_gigabytes_are_read_and_leave_the_memory_as_it_was(
    web: Web,  # noqa: F811
    cookie: str,  # noqa: F811
    media: MediaFile,
) -> None:
    reader = Reader(web, cookie, media)
    reader.read("bytes=0-")
    before = peak_memory(web)

    status, length, _ = reader.read(download=True)
    assert (status, length) == (200, SIZE)
    half = SIZE // 2
    assert reader.read(f"bytes={half}-{SIZE - 1}")[:2] == (206, half)
    assert reader.read(f"bytes={half}-", download=True)[:2] == (206, half)

    told = reader.read(f"bytes={MARK_AT}-{MARK_AT + len(MARK) - 1}")
    assert told == (206, len(MARK), MARK)
    places = [SIZE * number // 64 for number in range(64)]
    with ThreadPoolExecutor(4) as players:
        answers = set(players.map(lambda place: reader.read(f"bytes={place}-")[:2], places))
    assert answers == {(206, 2 * MEGABYTE)}

    assert peak_memory(web) - before < 32 * MEGABYTE
