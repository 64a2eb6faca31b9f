"""What kind of file it is, by its first bytes and not by its name, and whether all of it is there.

So FFmpeg is told which demuxer to use and guesses nothing: left to itself it takes a GIF for a video, and
a text file for a list of other files to open.
"""

from dataclasses import dataclass

from media_library.file_errors import CodecNotPlayable, FileCutOff, NotAVideo

# What HTTP calls each, and how the names of such files end.
TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "matroska": "video/matroska",
}
EXTENSIONS = {"mp4": ".mp4", "mov": ".mov", "webm": ".webm", "matroska": ".mkv"}
NAMES = TYPES.keys()

MOST_PIXELS = 8192 * 4320
# By container, as FFmpeg calls it: what Chromium, Firefox and Safari of today all play.
VIDEO_CODECS = {"mp4": {"h264", "av1"}, "matroska": {"vp8", "vp9", "av1"}}
AUDIO_CODECS = {"aac", "mp3", "opus", "vorbis"}
ALL_VIDEO_CODECS = set[str]().union(*VIDEO_CODECS.values())

_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
# ISO 14496-12, and what QuickTime files from before it begin with.
_FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_STILL_PICTURES = {b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1"}
# True videos, but none that a browser plays: Ogg, FLV, WMV, MPEG-PS and the pictures in it, MXF, RealMedia.
# static/js/upload-zone.js knows them, too, and AVI and MPEG-TS.
_OTHER_VIDEOS = (
    b"OggS",
    b"FLV\x01",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    b"\x00\x00\x01\xba",
    b"\x00\x00\x01\xb3",
    b"\x06\x0e\x2b\x34",
    b".RMF",
)


@dataclass(frozen=True)
class Container:
    name: str  # mp4, mov, webm or matroska
    demuxer: str  # mp4 or matroska: what both of its kind are read with


def recognize(start: bytes, size: int) -> Container:
    """From the first bytes of a file of this size; a FileError if it is nothing for us."""
    if start[4:8] in _FIRST_BOXES:
        brand = start[8:12]
        if brand in _STILL_PICTURES:
            raise NotAVideo
        _see_that_boxes_end(start, size)
        return Container("mov" if start[4:8] != b"ftyp" or brand == b"qt  " else "mp4", "mp4")
    if start.startswith(_EBML):
        _see_that_segment_ends(start, size)
        return Container("webm" if b"webm" in start[:64] else "matroska", "matroska")
    if start.startswith(_OTHER_VIDEOS) or (start[:4] == b"RIFF" and start[8:12] == b"AVI "):
        raise CodecNotPlayable
    if start[:377:188] == b"GGG" or start[4:389:192] == b"GGG":  # MPEG-TS, and as cameras write it
        raise CodecNotPlayable
    raise NotAVideo


def _see_that_boxes_end(start: bytes, size: int) -> None:
    """As far as the first bytes go: usually up to the largest box, the one that gets cut."""
    here = 0
    while here + 16 <= len(start):
        length = int.from_bytes(start[here : here + 4])
        if length == 1:
            length = int.from_bytes(start[here + 8 : here + 16])
        if length < 8:  # 0: to the end of the file; anything else: for FFmpeg to complain about
            return
        here += length
        if here > size:
            raise FileCutOff


def _see_that_segment_ends(start: bytes, size: int) -> None:
    """Truncated, it would play up to where it ends, and claim its full duration."""
    here = start.find(_SEGMENT, 0, 4096)
    if here < 0 or here + 12 > len(start):
        return
    here += len(_SEGMENT)
    width = 9 - start[here].bit_length()
    length = int.from_bytes(start[here : here + width]) & (1 << 7 * width) - 1
    unknown = length == (1 << 7 * width) - 1  # written by a recorder that could not go back
    if 0 < width < 9 and not unknown and here + width + length > size:
        raise FileCutOff
