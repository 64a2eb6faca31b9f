"""The boxes of an MP4 file, taken apart and put together again."""

import struct
from collections.abc import Iterator

TABLE = (b"moov", b"trak", b"mdia", b"minf", b"stbl")


def box(kind: bytes, inside: bytes) -> bytes:
    return struct.pack(">I4s", len(inside) + 8, kind) + inside


def numbers(*them: int) -> bytes:
    """What is in a box of numbers, after its version."""
    return bytes(4) + struct.pack(f">{len(them)}I", *them)


def inside(content: bytes, *path: bytes) -> bytes:
    found = next(there for kind, there in _boxes(content) if kind == path[0])
    return inside(found, *path[1:]) if path[1:] else found


def with_box(content: bytes, new: bytes, *path: bytes) -> bytes:
    """With this in the box that the path leads to. What follows it in the file lies elsewhere then."""
    return b"".join(
        box(kind, there)
        if kind != path[0]
        else box(kind, with_box(there, new, *path[1:]) if path[1:] else new)
        for kind, there in _boxes(content)
    )


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    here = 0
    while here < len(content):
        length = int.from_bytes(content[here : here + 4])
        yield content[here + 4 : here + 8], content[here + 8 : here + length]
        here += length
