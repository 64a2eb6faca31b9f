"""The process that reads untrusted files: a child with hard limits for each of them. Knows no Django.

It loads PyAV once (80 ms) and forks per file (3 ms). Neither it nor its children have the studio's
environment, so there is no key and no address to be found in them.
"""

import contextlib
import json
import os
import resource
import signal
import socket
import sys
from multiprocessing.connection import Connection

import av.subtitles.stream  # noqa: F401 - PyAV would import it at the first file, in a child that cannot
from PIL import Image

from media_library import looking
from media_library import prober_terms as terms
from media_library.file_errors import FileError, ProberCrashed, TooMuchMemory

# The one descriptor that a child has. With no number left, it can open no file and no socket.
CONNECTION = 3


def serve(control: int) -> None:
    """Fork a child for every connection that arrives, until the studio's process is gone."""
    Image.preinit()  # a child can import nothing
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is not for us: EOF is
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    os.nice(5)  # pages before posters
    base = _address_space()
    if control != CONNECTION:
        os.dup2(
            control, CONNECTION
        )  # where a child puts its own instead: it must not keep this one
        os.close(control)
    with socket.socket(fileno=CONNECTION) as orders:
        while True:
            message, descriptors, _, _ = socket.recv_fds(orders, 1, 1)
            if not message:
                return
            for descriptor in descriptors:
                with contextlib.suppress(OSError):  # no more processes: it ends unanswered
                    if os.fork() == 0:
                        _look_at_one_file(descriptor, base)
                os.close(descriptor)


def _look_at_one_file(descriptor: int, base: int) -> None:
    try:
        _confine(descriptor, base)
        with Connection(CONNECTION) as parent:
            size, with_poster, at = terms.ORDER.unpack(parent.recv_bytes())
            signal.setitimer(signal.ITIMER_REAL, terms.SECONDS)
            _answer(parent, size, with_poster=with_poster, at=at)
    finally:
        os._exit(0)


def _confine(descriptor: int, base: int) -> None:
    os.dup2(descriptor, CONNECTION)
    os.closerange(CONNECTION + 1, 256)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends also what hangs outside of Python
    if sys.platform == "linux":  # macOS knows this limit by name only
        resource.setrlimit(resource.RLIMIT_AS, (base + terms.MEMORY, base + terms.MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (terms.CPU_SECONDS, terms.CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (CONNECTION + 1, CONNECTION + 1))


def _address_space() -> int:
    """What Python and FFmpeg have mapped before any file: mostly libraries, not memory in use."""
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[0]) * resource.getpagesize()
    return 0


def _answer(parent: Connection, size: int, *, with_poster: bool, at: float) -> None:
    try:
        facts, poster = looking.look(File(parent, size), size, with_poster=with_poster, at=at)
    except FileError as error:
        parent.send_bytes(terms.ERROR + error.reason.encode())
    except MemoryError:
        parent.send_bytes(terms.ERROR + TooMuchMemory.reason.encode())
    except EOFError:
        return  # the studio's process has gone, or wants no answer any more
    except Exception as error:
        told = f"{ProberCrashed.reason} {type(error).__name__}: {error}"
        parent.send_bytes(terms.ERROR + told[:1000].encode(errors="replace"))
    else:
        parent.send_bytes(terms.RESULT + json.dumps(facts).encode() + b"\0" + poster)


class File:
    """The file as PyAV reads it: the studio's process does the reading, from whatever storage it has."""

    def __init__(self, parent: Connection, size: int) -> None:
        self._parent = parent
        self._size = size
        self._position = 0
        self._start = 0
        self._piece = b""

    def read(self, length: int) -> bytes:
        """Of what was fetched last, if it is in there: the first bytes are wanted twice.

        No more than a piece: of a long table FFmpeg wants the whole at once, and asks again for the rest.
        """
        if not self._start <= self._position < self._start + len(self._piece):
            self._fetch()
        here = self._position - self._start
        read = self._piece[here : here + length]
        self._position += len(read)
        return read

    def _fetch(self) -> None:
        length = max(min(terms.PIECE, self._size - self._position), 0)
        self._start, self._piece = self._position, b""
        if length:
            # A slow storage does not use up the child's time.
            left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
            self._parent.send_bytes(terms.READ.pack(terms.READ_KIND, self._position, length))
            self._piece = self._parent.recv_bytes(length)
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.001))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(start + offset, 0)
        return self._position

    def tell(self) -> int:
        return self._position
