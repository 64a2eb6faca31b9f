"""Real short videos, made with PyAV: for the demo world and for tests."""

from __future__ import annotations

import array
import io
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import Image

os.environ.setdefault("SVT_LOG", "1")  # the AV1 encoder otherwise says 20 lines about each file

Draw = Callable[[float], Image.Image]

_SAMPLE_RATE = 16_000  # three times cheaper than 48 kHz, and the sound cost more than the pictures
# The fastest that each encoder has: nobody will look for artefacts in them.
_ENCODERS: dict[str, tuple[str, dict[str, object]]] = {
    "h264": ("libx264", {"preset": "ultrafast", "crf": "24"}),
    "hevc": ("libx265", {"preset": "ultrafast", "x265-params": "log-level=none"}),
    "vp8": ("libvpx", {"deadline": "realtime", "cpu-used": "8", "crf": "24", "b": "1M"}),
    "vp9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "crf": "34", "b": "0"}),
    "av1": ("libsvtav1", {"preset": "12", "crf": "38"}),
}
_AUDIO_ENCODERS: dict[str, tuple[str, dict[str, object]]] = {
    "aac": ("aac", {"aac_coder": "fast"}),
    "opus": ("libopus", {}),
    "mp3": ("libmp3lame", {}),
    "pcm": ("pcm_s16le", {}),
}


@dataclass(frozen=True)
class Encoding:
    """`audio` is empty for a silent video."""

    container: str = "mp4"  # as FFmpeg calls it
    video: str = "h264"
    audio: str = ""
    pixels: str = "yuv420p"
    pictures_per_second: int = 5


def encode(draw: Draw, seconds: float, encoding: Encoding) -> bytes:
    """`draw` gives the picture at a time; all of one even size."""
    file = io.BytesIO()
    write(file, draw, seconds, encoding)
    return file.getvalue()


def write(file: Any, draw: Draw, seconds: float, encoding: Encoding, **options: str) -> None:
    """Into whatever can be written to; the options are those of FFmpeg's muxer."""
    with av.open(file, "w", format=encoding.container, options=options) as output:
        video = _video_stream(output, encoding, draw(0))
        audio = _audio_stream(output, encoding) if encoding.audio else None
        for packet in _pictures(video, draw, seconds, encoding):
            output.mux(packet)
        if audio is not None:
            for packet in _sound(audio, seconds):
                output.mux(packet)


def _video_stream(output: OutputContainer, encoding: Encoding, picture: Image.Image) -> VideoStream:
    encoder, options = _ENCODERS[encoding.video]
    rate = encoding.pictures_per_second
    stream = cast(VideoStream, output.add_stream(encoder, rate))
    stream.width, stream.height = picture.size
    stream.pix_fmt = encoding.pixels
    # A key frame every other second, so that a player can jump; one thread, for several are made at once.
    stream.options = options | {"g": str(2 * rate)}
    stream.thread_count = 1
    return stream


def _audio_stream(output: OutputContainer, encoding: Encoding) -> AudioStream:
    encoder, options = _AUDIO_ENCODERS[encoding.audio]
    stream = cast(AudioStream, output.add_stream(encoder, _SAMPLE_RATE))
    stream.layout = "mono"
    stream.options = options
    return stream


def _pictures(
    stream: VideoStream, draw: Draw, seconds: float, encoding: Encoding
) -> Iterator[av.Packet[Any]]:
    rate = encoding.pictures_per_second
    for number in range(max(1, round(seconds * rate))):
        frame = av.VideoFrame.from_image(draw(number / rate))  # type: ignore[no-untyped-call]
        frame.pts, frame.time_base = number, Fraction(1, rate)
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _sound(stream: AudioStream, seconds: float) -> Iterator[av.Packet[Any]]:
    """A quiet hum, so that one hears that there is sound."""
    second = array.array(
        "h", (round(900 * math.sin(math.tau * 220 * n / _SAMPLE_RATE)) for n in range(_SAMPLE_RATE))
    )
    resampler = av.AudioResampler(
        stream.format, stream.layout, _SAMPLE_RATE, stream.frame_size or None
    )
    left = round(seconds * _SAMPLE_RATE)
    at = 0
    while at < left:
        samples = second[: min(_SAMPLE_RATE, left - at)]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
        frame.planes[0].update(samples.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate, frame.pts, frame.time_base = _SAMPLE_RATE, at, Fraction(1, _SAMPLE_RATE)
        at += len(samples)
        for piece in resampler.resample(frame):
            yield from stream.encode(piece)
    for piece in resampler.resample(None):
        yield from stream.encode(piece)
    yield from stream.encode(None)
