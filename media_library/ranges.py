"""What part of a file a request asks for (RFC 9110, 13 and 14). Knows no Django and no files.

Of several ranges the first that the file has is answered, alone: so no header makes more work than one
read. What makes no sense is 416.
"""

import hashlib
import re
from dataclasses import dataclass

# A player that is paused reads no further, and the thread that answers it would wait with it. It asks for
# the next piece by itself: eight such players held eight threads for as long as they stood still.
OPEN_ENDED = 2 << 20

_MOST_RANGES = 100
_RANGE = re.compile(r"([0-9]{0,30})[ \t]*-[ \t]*([0-9]{0,30})")


@dataclass(frozen=True)
class Part:
    """Of a file of `size` bytes. Not `is_partial`: all of it, as nothing else was asked for."""

    start: int
    length: int
    size: int
    is_partial: bool = True

    @property
    def content_range(self) -> str:
        return f"bytes {self.start}-{self.start + self.length - 1}/{self.size}"


class NotSatisfiable(Exception):
    """Nothing of what is asked for is in the file."""


def asked_for(
    header: str, size: int, *, if_range: str = "", etag: str = "", open_ended: int = OPEN_ENDED
) -> Part:
    """`if_range` is for whoever has a part already: of another file than that, they want all."""
    unit, _, ranges = header.partition("=")
    whole = Part(0, size, size, is_partial=False)
    if unit.strip().lower() != "bytes":  # to be ignored, says the RFC
        return whole
    if if_range and if_range.strip() != etag:
        return whole
    for text in ranges.split(",", _MOST_RANGES)[:_MOST_RANGES]:
        if part := _part(text.strip(), size, open_ended):
            return part
    raise NotSatisfiable


def _part(text: str, size: int, open_ended: int) -> Part | None:
    match = _RANGE.fullmatch(text)
    if not match:
        return None
    first, last = match.groups()
    if first:
        start = int(first)
        stop = int(last) + 1 if last else start + open_ended
    elif last:
        start, stop = max(size - int(last), 0), size
    else:
        return None
    stop = min(stop, size)
    return Part(start, stop - start, size) if start < stop else None


def etag_of(stored_name: str) -> str:
    """What is stored under a name never changes."""
    return f'"{hashlib.sha256(stored_name.encode()).hexdigest()[:32]}"'


def is_known(if_none_match: str, etag: str) -> bool:
    """Whoever asks has it already."""
    known = (one.strip().removeprefix("W/") for one in if_none_match.split(","))
    return any(one in ("*", etag) for one in known)
