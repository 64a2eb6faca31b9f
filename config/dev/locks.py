"""Locks that the kernel gives back when their holder ends, however it ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from config.dev.trouble import say


def take(path: Path, *, shared: bool = False) -> int | None:
    """The locked file's descriptor, or None while another holds it. Closing it gives the lock back."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def write_note(descriptor: int, note: str) -> None:
    """For those who find the lock taken."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, note.encode(), 0)


def read_note(path: Path) -> str:
    """What the holder wrote; empty if it did not get to it yet."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""


@contextlib.contextmanager
def held(path: Path, *, while_waiting: str) -> Iterator[None]:
    """Wait for the lock, for as long as it takes, and hold it."""
    descriptor = take(path)
    if descriptor is None:
        say(while_waiting)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)
