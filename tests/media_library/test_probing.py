"""What is found out about a file, and which files are refused for what reason."""

import io
import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from config.dev.clips import Encoding
from media_library import looking, probing
from media_library.file_errors import (
    CodecNotPlayable,
    FileCutOff,
    FileDamaged,
    FileEmpty,
    FileError,
    NotAVideo,
    OnlySound,
    PictureTooLarge,
)
from tests.clips import Clips


def reader(
    content: bytes, reads: list[tuple[int, int]] | None = None
) -> Callable[[int, int], bytes]:
    def read(offset: int, length: int) -> bytes:
        if reads is not None:
            reads.append((offset, length))
        return content[offset : offset + length]

    return read


def probe(content: bytes) -> probing.Facts:
    return probing.probe(reader(content), len(content))


def poster_of(facts: probing.Facts) -> Image.Image:
    return Image.open(io.BytesIO(facts.poster))


@pytest.mark.parametrize(
    ("name", "container", "video_codec", "audio_codec"),
    [
        ("mp4", "mp4", "h264", "aac"),
        ("silent", "mp4", "h264", ""),
        ("mp3_in_mp4", "mp4", "h264", "mp3"),
        ("mov", "mov", "h264", "aac"),
        ("av1", "mp4", "av1", "aac"),
        ("vp9", "webm", "vp9", "opus"),
        ("vp8", "webm", "vp8", ""),
        ("matroska", "matroska", "vp9", "opus"),
        ("from_a_browsers_recorder", "webm", "vp8", ""),
    ],
)
def test_what_browsers_play_is_described(
    clips: Clips, name: str, container: str, video_codec: str, audio_codec: str
) -> None:
    facts = probe(getattr(clips, name))
    assert (facts.container, facts.video_codec, facts.audio_codec) == (
        container,
        video_codec,
        audio_codec,
    )
    assert (facts.width, facts.height) == (64, 36)
    assert facts.duration == pytest.approx(1, abs=0.1)
    assert poster_of(facts).size == (64, 36)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("empty", FileEmpty),
        ("html", NotAVideo),
        ("text", NotAVideo),
        ("svg", NotAVideo),
        ("zeros", NotAVideo),
        ("gif", NotAVideo),
        ("jpeg", NotAVideo),
        ("avif", NotAVideo),
        ("only_sound", OnlySound),
        ("hevc", CodecNotPlayable),
        ("ten_bits", CodecNotPlayable),
        ("h264_in_matroska", CodecNotPlayable),
        ("pcm_sound", CodecNotPlayable),
        ("avi", CodecNotPlayable),
        ("transport_stream", CodecNotPlayable),
        ("truncated", FileCutOff),
        ("truncated_streamable", FileCutOff),
        ("truncated_webm", FileCutOff),
        ("overwritten", FileDamaged),
        ("too_large", PictureTooLarge),
        ("huge_by_its_frames", FileDamaged),
        ("huge_still", CodecNotPlayable),
    ],
)
def test_what_they_do_not_play_is_refused_for_its_reason(
    clips: Clips, name: str, error: type[FileError]
) -> None:
    with pytest.raises(error):
        probe(getattr(clips, name))


def test_of_other_kinds_of_video_it_is_said_what_to_convert_them_to(clips: Clips) -> None:
    for content in clips.not_for_browsers.values():
        with pytest.raises(CodecNotPlayable):
            probe(content)
    assert "convert it to MP4 (H.264) or WebM" in CodecNotPlayable.sentence


def test_a_cut_behind_what_is_read_of_the_boxes_shows_in_the_table(
    clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a long film, whose table of contents is longer than what is read at once."""
    monkeypatch.setattr(looking, "BUFFER", 600)
    content = clips.truncated_streamable
    with pytest.raises(FileCutOff):
        looking.look(io.BytesIO(content), len(content), with_poster=False)


def test_a_playlist_opens_no_other_file_and_calls_nobody(clips: Clips, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    os.mkfifo(other)  # whoever opens it lets us know
    listening = os.open(other, os.O_RDONLY | os.O_NONBLOCK)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/video.ts"
        for playlist in (
            clips.ffconcat(str(other)),
            clips.m3u8(address),
            clips.m3u8(str(other)),
            clips.sdp(server.getsockname()[1]),
        ):
            with pytest.raises(NotAVideo):
                probe(playlist)
        with pytest.raises(BlockingIOError):
            server.accept()
    os.close(listening)


def test_a_picture_stored_lying_stands(clips: Clips) -> None:
    facts = probe(clips.portrait)
    poster = poster_of(facts)
    assert (facts.width, facts.height) == poster.size == (36, 64)
    red, _, blue = poster.getpixel((18, 8))  # type: ignore[misc]
    assert red > 150 > 100 > blue  # the left half has turned to the top
    red, _, blue = poster.getpixel((18, 56))  # type: ignore[misc]
    assert blue > 150 > 100 > red


def test_a_poster_is_at_most_640_pixels_wide_or_high(clips: Clips) -> None:
    for size in ((1280, 720), (720, 1280)):
        facts = probe(clips.of(Encoding(), size=size))
        assert (facts.width, facts.height) == size
        assert max(poster_of(facts).size) == 640
        assert min(poster_of(facts).size) == 360


def test_a_look_without_a_poster_finds_the_same_facts(clips: Clips) -> None:
    content = clips.mp4
    facts = probing.probe(reader(content), len(content), poster=False)
    assert facts.poster == b""
    assert facts.duration == probe(content).duration


def test_a_large_file_is_not_read_whole(clips: Clips) -> None:
    """40 MB between the pictures and their table, as in a long film."""
    content = clips.mp4
    cut = content.index(b"moov") - 4
    padding = struct.pack(">I4s", 40 << 20, b"free") + bytes((40 << 20) - 8)
    large = content[:cut] + padding + content[cut:]
    reads: list[tuple[int, int]] = []
    probing.probe(reader(large, reads), len(large))
    assert sum(length for _, length in reads) < 2 << 20
    assert max(length for _, length in reads) <= 256 << 10


def test_what_reading_raises_comes_out(clips: Clips) -> None:
    def read(offset: int, length: int) -> bytes:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        probing.probe(read, 1000)
    assert probe(clips.mp4).width == 64  # and the next file is read as ever
