"""Ids of the studio: UUIDs of version 7, so that new rows stand together in every index."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """RFC 9562, 5.7: 48 bits of milliseconds, 74 random bits. Python has its own only from 3.14 on."""
    value = time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
