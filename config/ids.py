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


def oldest_of(age: timedelta) -> uuid.UUID:
    """By the clock of whoever makes ids of version 7: none that was made since then is less."""
    return uuid.UUID(int=max(0, int((time.time() - age.total_seconds()) * 1000)) << 80)


def is_older(made: uuid.UUID, age: timedelta) -> bool:
    return made < oldest_of(age)


def uuid7() -> uuid.UUID:
    """RFC 9562, 5.7: 48 bits of milliseconds, 12 of their fraction, 62 random ones.

    Python has its own only from 3.14 on.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    chance = int.from_bytes(os.urandom(8)) >> 2
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | chance)
