"""Real short videos, made with PyAV: for the demo world and for tests."""

from __future__ import annotations

import array
import io
import math
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import Image

os.environ.setdefault("SVT_LOG", "1")  # the AV1 encoder otherwise says 20 lines about each file

Draw = Callable[[float], Image.Image]

_SAMPLE_RATE = 16_000
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
    stream.codec_context.open(strict=False)
    _be_no_real_time_process()
    return stream


def _be_no_real_time_process() -> None:
    """Run by root, SVT-AV1 gives its threads and the one that called it SCHED_FIFO, priority 99.

    All that this one does and starts afterwards would come before everything else on the machine.
    """
    for thread in Path("/proc/self/task").glob("*"):
        with suppress(ProcessLookupError):
            if os.sched_getscheduler(int(thread.name)) == os.SCHED_FIFO:
                os.sched_setscheduler(int(thread.name), os.SCHED_OTHER, os.sched_param(0))


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
    """A chime at the start. Sound all along would cost more than all the pictures."""
    count = round(min(seconds, 2) * _SAMPLE_RATE)
    samples = array.array("h", (_chime(number / _SAMPLE_RATE) for number in range(count)))
    frame = av.AudioFrame(format="s16", layout="mono", samples=count)
    frame.planes[0].update(samples.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
    frame.sample_rate, frame.pts, frame.time_base = _SAMPLE_RATE, 0, Fraction(1, _SAMPLE_RATE)
    resampler = av.AudioResampler(
        stream.format, stream.layout, _SAMPLE_RATE, stream.frame_size or None
    )
    for piece in (*resampler.resample(frame), *resampler.resample(None)):
        yield from stream.encode(piece)
    yield from stream.encode(None)


def _chime(second: float) -> int:
    tone = math.sin(math.tau * 440 * second) + math.sin(math.tau * 660 * second) / 2
    return round(3000 * math.exp(-3 * second) * tone)
