"""Ids of the studio: UUIDs of version 7, so that new rows stand together in every index."""

import os
import time
import uuid
from datetime import timedelta

# In templates of what the page draws before the studio knows of it: see static/js/guesses.js.
NO_ID = uuid.UUID(int=0x7000 << 64 | 0x8 << 60)


def uuid_of(text: str) -> uuid.UUID | None:
    """What somebody sent as an id, if it is one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def is_older(made: uuid.UUID, age: timedelta) -> bool:
    """By the clock that made this id of version 7."""
    return made.int >> 80 < (time.time() - age.total_seconds()) * 1000


def uuid7() -> uuid.UUID:
    """RFC 9562, 5.7: 48 bits of milliseconds, 12 of their fraction, 62 random ones.

    Python has its own only from 3.14 on.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    chance = int.from_bytes(os.urandom(8)) >> 2
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | chance)
