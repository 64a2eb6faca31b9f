"""A client of tus that this project did not write, and a web process of production: both are killed."""

import contextlib
import hashlib
import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from media_library.intake import examine
from media_library.models import MediaFile
from tests.clips import Clips
from tests.config.production import Web
from tests.dev.studios import wait_until
from tests.people import ClientOf

pytestmark = pytest.mark.django_db(transaction=True)
MEGABYTE = 1 << 20
TUSPY = """
import sys
from tusclient.client import TusClient
address, cookie, path, url = sys.argv[1:]
client = TusClient(address, headers={"Cookie": cookie})
uploader = client.uploader(path, url=url or None, chunk_size=1 << 20, metadata={"filename": "long.mp4"})
while uploader.offset < uploader.get_file_size():
    uploader.upload_chunk()
    print(uploader.url, uploader.offset, flush=True)
"""


@pytest.fixture
def web(studio_environment: dict[str, str], tmp_path: Path) -> Iterator[Web]:
    env = studio_environment | {
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "0",
        "WEB_PROCESSES": "1",
        "WEB_THREADS": "8",
    }
    server = Web(env, tmp_path / "web.log")
    yield server.start()
    server.stop()


@pytest.fixture
def cookie(client_of: ClientOf, author: User) -> str:
    client: Client = client_of(author)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def tuspy(web: Web, cookie: str, path: Path, url: str = "") -> "subprocess.Popen[str]":
    address = f"http://127.0.0.1:{web.port}/library/uploads/"
    return subprocess.Popen(
        [sys.executable, "-c", TUSPY, address, cookie, str(path), url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(client: "subprocess.Popen[str]") -> None:
    client.kill()
    client.communicate()


def kill(web: Web) -> None:
    assert web.process is not None
    os.killpg(web.process.pid, signal.SIGKILL)
    web.process.wait()


def test_a_killed_client_and_a_killed_studio_go_on_where_they_were(
    web: Web, cookie: str, author: User, clips: Clips, tmp_path: Path
) -> None:
    free = 40 * MEGABYTE
    content = clips.mp4 + (free + 8).to_bytes(4) + b"free" + os.urandom(free)
    path = tmp_path / "long.mp4"
    path.write_bytes(content)

    first = tuspy(web, cookie, path)
    assert first.stdout is not None
    url = first.stdout.readline().split()[0]
    end(first)
    came = MediaFile.objects.get().received
    assert 0 < came < len(content)

    second = tuspy(web, cookie, path, url)
    wait_until(lambda: MediaFile.objects.get().received > came)
    kill(web)
    end(second)  # it may wait for an answer for ever
    came = MediaFile.objects.get().received
    assert came < len(content)

    web.start()
    third = tuspy(web, cookie, path, url)
    said, complaints = third.communicate(timeout=120)
    assert third.returncode == 0, complaints
    assert int(said.splitlines()[0].split()[1]) > came  # nothing was sent again
    media = MediaFile.objects.get()
    assert (media.owner, media.name, media.status) == (author, "long.mp4", "processing")
    examine(media.pk)
    media.refresh_from_db()
    assert (media.status, media.reason) == ("ready", "")
    assert media.checksum == hashlib.sha256(content).hexdigest()


def test_a_piece_whose_line_breaks_is_kept_as_far_as_it_came(
    web: Web, cookie: str, author: User
) -> None:
    media = announced(web, cookie, 10 * MEGABYTE)
    connection = begin_piece(web, cookie, media, 10 * MEGABYTE)
    connection.send(b"x" * 3 * MEGABYTE)
    connection.close()
    wait_until(lambda: MediaFile.objects.get().received == 3 * MEGABYTE)


def test_two_gigabytes_leave_the_memory_as_it_was(web: Web, cookie: str, author: User) -> None:
    size = 2 << 30
    warm = announced(web, cookie, 64 * MEGABYTE)
    send_all(begin_piece(web, cookie, warm, 64 * MEGABYTE), 64 * MEGABYTE)
    before = peak_memory(web)
    media = announced(web, cookie, size)
    send_all(begin_piece(web, cookie, media, size), size)
    media.refresh_from_db()
    assert (media.status, media.received) == ("processing", size)
    assert media.file.size == size
    assert peak_memory(web) - before < 32 * MEGABYTE
    media.file.delete(save=False)


def announced(web: Web, cookie: str, size: int) -> MediaFile:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Cookie": cookie}
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
    ) as connection:
        connection.request("POST", "/library/uploads/", headers=headers)
        response = connection.getresponse()
        assert response.status == 201, response.read()
        location = response.headers["Location"]
    return MediaFile.objects.get(pk=location.split("/")[-2])


def begin_piece(web: Web, cookie: str, media: MediaFile, size: int) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=120)
    connection.putrequest("PATCH", f"/library/uploads/{media.pk}/")
    for name, value in {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(size),
        "Cookie": cookie,
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    return connection


def send_all(connection: http.client.HTTPConnection, size: int) -> None:
    piece = bytes(MEGABYTE)
    for _ in range(size // MEGABYTE):
        connection.send(piece)
    with contextlib.closing(connection):
        response = connection.getresponse()
        assert response.status == 204, response.read()


def peak_memory(web: Web) -> int:
    """Of the process that answers: the one child of gunicorn's master."""
    assert web.process is not None
    master = web.process.pid
    (worker,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    lines = Path(f"/proc/{worker}/status").read_text().splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(peak) * 1024
