"""What a video file is: its container, length, size and codecs, and a picture of it. Knows PyAV only.

Runs where a crash costs nothing: in a child of `prober`.
"""

import contextlib
import io
import time
from typing import Any, Literal, Protocol, cast

import av
from av.audio.codeccontext import AudioCodecContext
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from media_library import containers
from media_library.containers import AUDIO_CODECS, MOST_PIXELS, VIDEO_CODECS
from media_library.file_errors import (
    CodecNotPlayable,
    FileCutOff,
    FileDamaged,
    NotAVideo,
    OnlySound,
    PictureTooLarge,
    TooMuchMemory,
)
from media_library.prober_terms import ANY_SECOND, CPU_SECONDS, PIECE

_H264_PIXELS = {
    "yuv420p",
    "yuvj420p",
}  # 10 bits and 4:2:2 come out of editors; Firefox plays neither
_POSTER_SIDE = 640
_POSTER_QUALITY = 82  # 20 to 60 kB
BUFFER = PIECE
_OPTIONS = {
    # FFmpeg decodes while it opens, until it knows all streams: let it give up early.
    "probesize": "5000000",
    "analyzeduration": "5000000",
    # We have chosen the demuxer already; no other may be chosen inside, and nothing be opened.
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm",
    "protocol_whitelist": "none",
}
# Checked by the decoders before they allocate: a 48 kB file of 16,000² pixels took 1.4 GB without it.
_STREAM_OPTIONS: list[Any] = [
    {"max_pixels": str(MOST_PIXELS), "threads": "1"}
] * 16  # one per stream


class Readable(Protocol):
    def read(self, length: int, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...


def look(
    file: Readable, size: int, *, with_poster: bool, at: float = ANY_SECOND
) -> tuple[dict[str, Any], bytes]:
    """Facts and poster, or the FileError that says what is wrong."""
    container = containers.recognize(file.read(BUFFER), size)
    file.seek(0)
    try:
        with av.open(
            file,
            "r",
            format=container.demuxer,
            metadata_errors="replace",
            buffer_size=BUFFER,
            options=_OPTIONS,
            stream_options=_STREAM_OPTIONS,
            io_open=_open_nothing,
        ) as opened:
            return _facts(opened, container, size, with_poster=with_poster, at=at)
    except MemoryError:  # of Python or of FFmpeg
        raise TooMuchMemory from None
    except (
        av.error.FFmpegError,
        ValueError,
        IndexError,
    ):  # ValueError: options for no stream at all
        raise FileDamaged from None


def _open_nothing(url: str, flags: int, options: dict[str, str]) -> Any:
    raise PermissionError(url)


def _facts(
    opened: InputContainer,
    container: containers.Container,
    size: int,
    *,
    with_poster: bool,
    at: float,
) -> tuple[dict[str, Any], bytes]:
    stream = _video(opened)
    context = stream.codec_context
    width, height = context.width, context.height
    if width * height > MOST_PIXELS:
        raise PictureTooLarge
    video_codec = context.codec.canonical_name
    if video_codec not in VIDEO_CODECS[container.demuxer]:
        raise CodecNotPlayable
    if not width or not height:
        raise FileDamaged
    if video_codec == "h264" and context.pix_fmt not in _H264_PIXELS:
        raise CodecNotPlayable
    audio_codec = _audio_codec(opened)
    _see_that_samples_end(opened, size)
    duration = _duration(opened, stream)
    width, height = _with_square_pixels(stream, width, height)
    poster = b""
    if with_poster:
        frame = _frame_at(opened, stream, at) if at >= 0 else _frame(opened, stream, duration)
        poster = _as_jpeg(_picture(frame, width, height))
        if frame.rotation % 180:
            width, height = height, width
    facts = {
        "container": container.name,
        "duration": duration,
        "width": width,
        "height": height,
        "video_codec": video_codec,
        "audio_codec": audio_codec,
    }
    return facts, poster


def _video(opened: InputContainer) -> VideoStream:
    """The first that is no cover picture of a piece of music."""
    for stream in opened.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            if stream.codec_context is None:  # FFmpeg has no decoder for it
                raise CodecNotPlayable
            return stream
    raise OnlySound if opened.streams.audio else NotAVideo


def _audio_codec(opened: InputContainer) -> str:
    """Of the track that plays; empty if there is none."""
    stream = next(iter(opened.streams.audio), None)
    if stream is None:
        return ""
    context: AudioCodecContext | None = stream.codec_context
    codec = context.codec.canonical_name if context else ""
    if codec not in AUDIO_CODECS:
        raise CodecNotPlayable
    return codec


def _see_that_samples_end(opened: InputContainer, size: int) -> None:
    """The table of an MP4 file says where each of its samples is."""
    for stream in (*opened.streams.video, *opened.streams.audio):
        count = len(stream.index_entries)
        if count and (last := stream.index_entries[count - 1]).pos + last.size > size:
            raise FileCutOff


def _duration(opened: InputContainer, stream: VideoStream) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if opened.duration:
        return opened.duration / av.time_base
    # Recorded in a browser, which cannot go back to write it at the start: read to the end.
    end = max(
        (
            (packet.pts + (packet.duration or 0)) * packet.time_base
            for packet in opened.demux(stream)
            if packet.pts is not None
        ),
        default=0,
    )
    if end <= 0:
        raise FileDamaged
    return float(end)


def _with_square_pixels(stream: VideoStream, width: int, height: int) -> tuple[int, int]:
    ratio = stream.sample_aspect_ratio
    if ratio and 0.25 <= ratio <= 4:
        return max(1, round(width * ratio)), height
    return width, height


def _picture(frame: VideoFrame, width: int, height: int) -> Image.Image:
    """Upright, and at most 640 pixels wide or high."""
    scale = min(1, _POSTER_SIDE / max(width, height))
    small = frame.reformat(  # by FFmpeg, before Python sees it: 14 ms instead of 43 for 1080p
        width=max(2, round(width * scale)), height=max(2, round(height * scale)), format="rgb24"
    )
    picture = cast(Image.Image, small.to_image())  # type: ignore[no-untyped-call]
    return picture.rotate(frame.rotation, expand=True)


_PLACES: list[tuple[float, Literal["NONKEY", "DEFAULT"]]] = [
    (0.1, "NONKEY"),
    (0, "NONKEY"),
    (0, "DEFAULT"),
]


def _frame(opened: InputContainer, stream: VideoStream, duration: float) -> VideoFrame:
    """A key frame after the fade-in, or whatever comes first."""
    context = stream.codec_context
    for place, skipped in _PLACES:
        context.skip_frame = skipped
        with contextlib.suppress(av.error.FFmpegError):
            opened.seek(int(duration * place * av.time_base))
            for frame in opened.decode(stream):
                return frame
    raise FileDamaged


def _frame_at(opened: InputContainer, stream: VideoStream, seconds: float) -> VideoFrame:
    """What a player shows then. Between distant key frames, as near to it as there is time for."""
    wanted = seconds + (opened.start_time or 0) / av.time_base  # players count from where it starts
    seen = None
    began = time.process_time()
    with contextlib.suppress(av.error.FFmpegError):
        opened.seek(int(wanted * av.time_base))
        for frame in opened.decode(stream):
            if seen is not None and frame.pts is not None and frame.time > wanted + 0.001:
                break
            seen = frame
            if time.process_time() - began > CPU_SECONDS / 2:
                break
    return seen or _frame(opened, stream, 0)


def _as_jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_POSTER_QUALITY)
    return file.getvalue()
