"""Files that begin as a film and lead elsewhere: to a playlist, or to the contents of another file."""

import io
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from media_library import looking
from media_library.file_errors import FileError
from tests.clips import Clips
from tests.media_library.boxes import box, inside, with_box
from tests.media_library.test_probing import probe

HEAD = box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41")


@pytest.fixture
def listening() -> Iterator[int]:
    """On this port, and nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server.getsockname()[1]
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.fixture
def playlists(clips: Clips, listening: int, tmp_path: Path) -> list[bytes]:
    other = tmp_path / "other.mp4"
    other.write_bytes(clips.mp4)
    address = f"http://127.0.0.1:{listening}/video.ts"
    return [
        clips.ffconcat(str(other)),
        clips.m3u8(address),
        clips.m3u8(str(other)),
        clips.sdp(listening),
    ]


def look(content: bytes) -> int:
    """As the prober does it, but with all that this process may open."""
    facts, _ = looking.look(io.BytesIO(content), len(content), with_poster=True)
    width: int = facts["width"]
    return width


def test_a_playlist_behind_the_head_of_a_film_is_no_film(playlists: list[bytes]) -> None:
    for playlist in playlists:
        whole = [HEAD + playlist, HEAD + box(b"mdat", playlist), HEAD + box(b"moov", playlist)]
        for content in (*whole, b"\0\0\0\0ftyp" + playlist, playlist[:4] + b"ftyp" + playlist):
            with pytest.raises(FileError):
                probe(content)
            with pytest.raises(FileError):
                look(content)


def test_a_film_with_a_playlist_inside_is_that_film(clips: Clips, playlists: list[bytes]) -> None:
    for playlist in playlists:
        content = clips.mp4 + box(b"free", playlist)
        assert probe(content).width == look(content) == 64


def alias(path: Path) -> bytes:
    """What QuickTime writes of a file that has the pictures of this one."""
    there = os.fsencode(path)
    there += b"\0" * (len(there) % 2)
    record = b"\0\2" + len(there).to_bytes(2) + there + b"\xff\xff\0\0"
    return bytes(4 + 10 + 28 + 12 + 64 + 16 + 4 + 16) + record


def test_a_film_whose_pictures_are_in_another_file_opens_none(clips: Clips, tmp_path: Path) -> None:
    whole = clips.silent
    other = tmp_path / "other.mp4"
    other.write_bytes(whole)
    table = bytes(4) + (1).to_bytes(4) + box(b"alis", alias(other))
    empty = with_box(whole, bytes(len(inside(whole, b"mdat"))), b"mdat")
    content = with_box(empty, table, b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref")
    for read in (probe, look):
        with pytest.raises(FileError):
            read(content)
