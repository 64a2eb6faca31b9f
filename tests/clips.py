"""Small files of every kind, good and hostile, each made when it is first wanted."""

import io
import struct
import tempfile
import zlib
from functools import cached_property
from typing import cast

import av
import pytest
from av.stream import Disposition
from av.video.stream import VideoStream
from PIL import Image

from config.dev.clips import Encoding, write

RED, BLUE = (200, 30, 30), (30, 30, 200)
_UPRIGHT = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_A_QUARTER_TURNED = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)


class Clips:
    """One second of 64 × 36 pixels, the left half red, the right half blue, where it is a video at all."""

    @cached_property
    def mp4(self) -> bytes:
        return self.of(Encoding("mp4", "h264", "aac"))

    @cached_property
    def silent(self) -> bytes:
        return self.of(Encoding("mp4", "h264"))

    @cached_property
    def mov(self) -> bytes:
        return self.of(Encoding("mov", "h264", "aac"))

    @cached_property
    def mp3_in_mp4(self) -> bytes:
        return self.of(Encoding("mp4", "h264", "mp3"))

    @cached_property
    def av1(self) -> bytes:
        return self.of(Encoding("mp4", "av1", "aac"))

    @cached_property
    def vp9(self) -> bytes:
        return self.of(Encoding("webm", "vp9", "opus"))

    @cached_property
    def vp8(self) -> bytes:
        return self.of(Encoding("webm", "vp8"))

    @cached_property
    def matroska(self) -> bytes:
        return self.of(Encoding("matroska", "vp9", "opus"))

    @cached_property
    def from_a_browsers_recorder(self) -> bytes:
        """It cannot go back: no duration, no index, a segment of unknown size."""
        file = _OneWay()
        picture = halves((64, 36))
        write(file, lambda _: picture, 1, Encoding("webm", "vp8"))
        return bytes(file.written)

    @cached_property
    def portrait(self) -> bytes:
        """As a telephone makes it: stored lying, with a note to turn it clockwise."""
        assert self.silent.count(_UPRIGHT) == 2  # of the film, then of its one track
        return _A_QUARTER_TURNED.join(self.silent.rsplit(_UPRIGHT, 1))

    @cached_property
    def hevc(self) -> bytes:
        return self.of(Encoding("mp4", "hevc"))

    @cached_property
    def ten_bits(self) -> bytes:
        return self.of(Encoding("mp4", "h264", pixels="yuv420p10le"))

    @cached_property
    def h264_in_matroska(self) -> bytes:
        return self.of(Encoding("matroska", "h264"))

    @cached_property
    def transport_stream(self) -> bytes:
        return self.of(Encoding("mpegts", "h264"))

    @cached_property
    def avi(self) -> bytes:
        return self.of(Encoding("avi", "h264"))

    @cached_property
    def pcm_sound(self) -> bytes:
        return self.of(Encoding("mov", "h264", "pcm"))

    @cached_property
    def only_sound(self) -> bytes:
        """A piece of music with its cover."""
        file = io.BytesIO()
        with av.open(file, "w", format="mp4") as output:
            stream = output.add_stream("aac", 16_000)
            frame = av.AudioFrame(format="fltp", layout="stereo", samples=1024)
            frame.sample_rate = 16_000
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            cover = output.add_stream("mjpeg", 1)
            cover.width, cover.height, cover.pix_fmt = 64, 36, "yuvj420p"
            cover.disposition = Disposition.attached_pic
            picture = av.VideoFrame.from_image(halves((64, 36)))  # type: ignore[no-untyped-call]
            output.mux([*stream.encode(frame), *stream.encode(None)])
            output.mux([*cover.encode(picture.reformat(format="yuvj420p")), *cover.encode(None)])
        return file.getvalue()

    @cached_property
    def truncated(self) -> bytes:
        """Its table of contents stood at the end."""
        return self.mp4[: len(self.mp4) * 2 // 3]

    @cached_property
    def truncated_streamable(self) -> bytes:
        """Its table of contents stands at the start, and knows nothing of the cut."""
        picture = halves((64, 36))
        with tempfile.NamedTemporaryFile(suffix=".mp4") as file:  # FFmpeg reads it again to move it
            encoding = Encoding("mp4", "h264", "aac")
            write(file.name, lambda _: picture, 1, encoding, movflags="faststart")
            whole = file.read()
        return whole[: len(whole) * 2 // 3]

    @cached_property
    def truncated_webm(self) -> bytes:
        return self.vp9[: len(self.vp9) * 2 // 3]

    @cached_property
    def overwritten(self) -> bytes:
        """As long as it should be, with nothing left of its contents."""
        return self.mp4[:48] + bytes(len(self.mp4) - 48)

    @cached_property
    def too_large(self) -> bytes:
        """A little more than 8192 × 4320 pixels, of a kind that we play."""
        return self.of(Encoding(), 0.1, (16384, 2176))

    @cached_property
    def huge_by_its_frames(self) -> bytes:
        """Its header says 64 × 36, its first frame 16,000²."""
        size = self.vp8.index(b"\x9d\x01\x2a") + 3
        return self.vp8[:size] + struct.pack("<HH", 16_000, 16_000) + self.vp8[size + 4 :]

    @cached_property
    def huge_still(self) -> bytes:
        """16,000² pixels in a few kilobytes: 1.4 GB for whoever decodes it."""
        side = 16_000
        row = b"\0" + bytes(side // 8)
        png = b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in (
                (b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
                (b"IDAT", zlib.compress(row * side, 9)),
                (b"IEND", b""),
            )
        )
        return _with_packet(png, "png", "gray", side)

    empty = b""
    html = b"<!doctype html><title>Sign in</title><p>Your session has ended.</p>" * 20
    text = b"Summary of part one\n"
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>'
    zeros = bytes(5000)

    def ffconcat(self, other: str) -> bytes:
        return f"ffconcat version 1.0\nfile '{other}'\n".encode()

    def m3u8(self, address: str) -> bytes:
        return f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{address}\n#EXT-X-ENDLIST\n".encode()

    def sdp(self, port: int) -> bytes:
        return f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\n".encode()

    @cached_property
    def not_for_browsers(self) -> dict[str, bytes]:
        """By the names that people have them under. Of some, only how they begin."""
        heads = {
            "a.ogv": b"OggS\0\2",
            "b.flv": b"FLV\1\5\0\0\0\x09",
            "c.wmv": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c",
            "d.mpg": b"\0\0\1\xba\x44",
            "e.m2v": b"\0\0\1\xb3\x16",
            "f.mxf": b"\x06\x0e\x2b\x34\2\5\1\1\x0d\1\2",
            "g.rm": b".RMF\0\0\0\x12",
        }
        packets = self.transport_stream
        timed = (bytes(4) + packets[at : at + 188] for at in range(0, len(packets), 188))
        whole = {"h.avi": self.avi, "i.ts": packets, "j.mts": b"".join(timed)}
        return {name: head.ljust(1000, b"\1") for name, head in heads.items()} | whole

    @cached_property
    def gif(self) -> bytes:
        return _still("GIF")

    @cached_property
    def jpeg(self) -> bytes:
        return _still("JPEG")

    @cached_property
    def avif(self) -> bytes:
        return _still("AVIF")

    def of(
        self,
        encoding: Encoding,
        seconds: float = 1,
        size: tuple[int, int] = (64, 36),
        **options: str,
    ) -> bytes:
        file = io.BytesIO()
        picture = halves(size)
        write(file, lambda _: picture, seconds, encoding, **options)
        return file.getvalue()


class _OneWay:
    """A file that can only be written to its end."""

    def __init__(self) -> None:
        self.written = bytearray()

    def write(self, piece: bytes) -> int:
        self.written += piece
        return len(piece)


def _with_packet(packet: bytes, codec: str, pixels: str, side: int) -> bytes:
    """A file of one picture that nobody encoded."""
    file = io.BytesIO()
    with av.open(file, "w", format="mov") as output:
        stream = cast(VideoStream, output.add_stream(codec, 1))
        stream.width = stream.height = side
        stream.pix_fmt = pixels
        picture = av.Packet(packet)
        picture.stream = stream
        picture.pts = picture.dts = 0
        picture.is_keyframe = True
        output.mux(picture)
    return file.getvalue()


def _still(kind: str) -> bytes:
    file = io.BytesIO()
    halves((64, 36)).save(file, kind)
    return file.getvalue()


def halves(size: tuple[int, int]) -> Image.Image:
    width, height = size
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture


@pytest.fixture(scope="session")
def clips() -> Clips:
    return Clips()
