"""Captions as people have them, WebVTT or SRT, made into WebVTT of our own. Knows no Django.

Nothing is passed on as it came: what is understood is written anew. So no file can bring a style sheet, a
tag that browsers would obey, or a second file inside of the first.
"""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from operator import itemgetter

from media_library import caption_text

MOST_BYTES = 1_000_000
MOST_CUES = 5_000
_MOST_CHARACTERS = 2_000  # of one cue: half a page
_MOST_REASONS = 3

_ARROW = "-->"
_TIME = r"(?:([0-9]{1,6}):)?([0-5]?[0-9]):([0-5]?[0-9])[.,]([0-9]{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s+(.*))?")
_NOT_A_CUE = re.compile(r"NOTE(?:[ \t].*)?|(?:STYLE|REGION)[ \t]*")
_PERCENT = r"(?:100(?:\.0{1,6})?|[0-9]{1,2}(?:\.[0-9]{1,6})?)%"
_SETTINGS = re.compile(
    r"vertical:(?:rl|lr)"
    rf"|line:(?:-?[0-9]{{1,3}}|{_PERCENT})(?:,(?:start|center|end))?"
    rf"|position:{_PERCENT}(?:,(?:line-left|center|line-right))?"
    rf"|size:{_PERCENT}"
    r"|align:(?:start|center|end|left|right)"
)


class CaptionsRefused(Exception):
    """The message is a sentence for the person, with the line if there is one."""


@dataclass(frozen=True)
class Line:
    number: int
    text: str

    def refused(self, why: str) -> CaptionsRefused:
        return CaptionsRefused(f"Line {self.number}: {why}")


Block = list[Line]


@dataclass
class WebVTT:
    """What was understood of a file, and why the rest is left out, for the first few."""

    text: str = ""
    left_out: int = 0
    reasons: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # of each caption, in milliseconds

    def leave_out(self, refusal: CaptionsRefused) -> None:
        self.left_out += 1
        if self.left_out <= _MOST_REASONS:
            self.reasons.append(str(refusal))


def as_webvtt(content: bytes, code_page: str = "cp1252") -> WebVTT:
    """The file anew; CaptionsRefused, if nothing of it is good. The code page is for what is no Unicode."""
    text = _decoded(content, code_page)
    is_webvtt = re.match(r"WEBVTT(?:[ \t\r\n]|$)", text) is not None
    blocks = _blocks(text, is_webvtt=is_webvtt)
    made = WebVTT()
    cues: list[tuple[int, str]] = []
    for number, block in enumerate(blocks):
        try:
            if is_webvtt and number == 0:
                _see_that_it_is_a_head(block)
            elif not (is_webvtt and _is_no_cue(block)):
                start, cue = _cue(block, is_webvtt=is_webvtt)
                cues += [(start, cue)] if cue else []
        except CaptionsRefused as refusal:
            made.leave_out(refusal)
        if len(cues) + made.left_out > MOST_CUES:
            raise block[0].refused(f"too many captions; the most is {MOST_CUES:,}.")
    if not cues:
        raise CaptionsRefused(
            made.reasons[0] if made.reasons else "There are no captions in this file."
        )
    in_order = sorted(cues, key=itemgetter(0))  # as WebVTT wants them, wherever one went astray
    made.starts = [start for start, _ in in_order]
    made.text = "\n".join(["WEBVTT\n", *(cue for _, cue in in_order)])
    return made


def _decoded(content: bytes, code_page: str) -> str:
    if len(content) > MOST_BYTES:
        raise CaptionsRefused("The file is too large; the most is 1 MB.")
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", code_page):
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if "\0" not in text:
                return text
    if is_utf16 or b"\0" in content:
        raise CaptionsRefused("This is not a text file.")
    raise CaptionsRefused("The letters of this file cannot be read: save it as UTF-8.")


def _blocks(text: str, *, is_webvtt: bool) -> Iterator[Block]:
    """Between empty lines. In SRT, spaces make no difference to them."""
    block: Block = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        if line if is_webvtt else line.strip():
            block.append(Line(number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _see_that_it_is_a_head(block: Block) -> None:
    for line in block:
        if _ARROW in line.text:
            raise line.refused("an empty line is missing between WEBVTT and the first caption.")


def _is_no_cue(block: Block) -> bool:
    return bool(_NOT_A_CUE.fullmatch(block[0].text)) and not _has_times(block[1:2])


def _has_times(lines: Block) -> bool:
    return any(_ARROW in line.text for line in lines)


def _cue(block: Block, *, is_webvtt: bool) -> tuple[int, str]:
    """When it begins, in milliseconds, and the whole as it is written; empty if it shows nothing."""
    if not _has_times(block[:1]):
        if not _has_times(block[1:2]):
            raise block[0].refused(
                "there should be times here, as in 00:01:02.500 --> 00:01:04.000."
            )
        block = block[1:]  # its number or name
    times, *lines = block
    match = _TIMES.fullmatch(times.text)
    if not match:
        raise times.refused("times are written like this: 00:01:02.500 --> 00:01:04.000.")
    start, end = _milliseconds(*match.groups()[:4]), _milliseconds(*match.groups()[4:8])
    if end <= start:
        raise times.refused("this caption ends before it begins.")
    for line in lines:
        if _ARROW in line.text:
            raise line.refused("an empty line is missing before this caption.")
    text = "\n".join(line.text for line in lines)
    if len(text) > _MOST_CHARACTERS:
        raise times.refused(
            f"this caption is too long; the most is {_MOST_CHARACTERS:,} characters."
        )
    settings = _known_settings(match[9] or "")
    if not is_webvtt:
        text, place = caption_text.without_orders(text)
        settings = [place] if place and not settings else settings
    shown = caption_text.safe(text, has_entities=is_webvtt)
    head = " ".join([f"{_clock(start)} {_ARROW} {_clock(end)}", *settings])
    return start, f"{head}\n{shown}\n" if shown else ""


def _known_settings(text: str) -> list[str]:
    """Each kind once."""
    known = (word for word in text.split() if _SETTINGS.fullmatch(word))
    return list({word.partition(":")[0]: word for word in known}.values())


def _milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> int:
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(fraction.ljust(3, "0"))


def _clock(milliseconds: int) -> str:
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}"
