"""Probing a stored file: what is in it, found out by a process that can do no harm. Knows no Django."""

import atexit
import json
import math
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from media_library import containers
from media_library import prober_terms as terms
from media_library.file_errors import ERRORS, FileEmpty, ProberAbsent, ProberCrashed, ProberTimedOut

Read = Callable[[int, int], bytes]

_MOST_OUTPUT = 2 << 20  # facts, and a JPEG file of 640 × 640: 300 kB at worst
_LONGEST_VIDEO = 100 * 24 * 60 * 60
PROGRAM = "from media_library import prober; prober.serve(int(sys.argv[2]))"
_WHERE_MODULES_ARE = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
# A child computes only while one of these is held, and never while its parent waits for the storage:
# sixteen slow files overlap, and two cores still have no more than two of them to work on.
_cores = threading.BoundedSemaphore(os.cpu_count() or 1)


@dataclass(frozen=True)
class Facts:
    container: str
    duration: float
    width: int
    height: int
    video_codec: str
    audio_codec: str
    poster: bytes


def probe(read: Read, size: int, *, poster: bool = True, at: float | None = None) -> Facts:
    """`read(offset, length)` fetches from the storage; what it raises ends the probe and comes out here.

    The poster is the frame that is shown at that second, or one that looks like something. A file that
    cannot be played raises a FileError.
    """
    if size == 0:
        raise FileEmpty
    order = terms.ORDER.pack(size, poster, terms.ANY_SECOND if at is None else at)
    try:
        return _probe_once(read, size, order)
    except ProberCrashed:
        return _probe_once(read, size, order)  # it may have been the machine that ended it


def _probe_once(read: Read, size: int, order: bytes) -> Facts:
    with the_prober.connect() as child:
        seconds = 0.0
        message = b""
        while True:
            with _cores:
                started = time.monotonic()
                try:
                    message = _exchange(child, order, terms.SECONDS + 1 - seconds)
                except (EOFError, OSError) as error:
                    if not message:
                        raise ProberAbsent(repr(error)) from None
                    seconds += time.monotonic() - started
                    timed_out = seconds >= terms.CPU_SECONDS
                    raise (ProberTimedOut if timed_out else ProberCrashed)(repr(error)) from None
                seconds += time.monotonic() - started
            kind, rest = message[:1], message[1:]
            if kind == terms.RESULT:
                return _facts(rest)
            if kind == terms.ERROR:
                reason, _, details = rest.decode(errors="replace").partition(" ")
                raise ERRORS.get(reason, ProberCrashed)(details)
            order = read(*_asked_for(message, size))


def _exchange(child: Connection, order: bytes, patience: float) -> bytes:
    child.send_bytes(order)
    if not child.poll(max(patience, 0)):
        raise ProberTimedOut
    return child.recv_bytes(_MOST_OUTPUT)


def _asked_for(message: bytes, size: int) -> tuple[int, int]:
    """Nothing that a child says is believed: it has read the file."""
    try:
        kind, offset, length = terms.READ.unpack(message)
    except struct.error:
        raise ProberCrashed from None
    if kind != terms.READ_KIND or offset + length > size or length > terms.PIECE:
        raise ProberCrashed
    return offset, length


def _facts(message: bytes) -> Facts:
    written, _, poster = message.partition(b"\0")
    try:
        facts = Facts(**json.loads(written), poster=poster)
        believable = (
            facts.container in containers.NAMES
            and math.isfinite(facts.duration)
            and 0 <= facts.duration <= _LONGEST_VIDEO
            and 0 < int(facts.width) <= containers.MOST_PIXELS
            and 0 < int(facts.height) <= containers.MOST_PIXELS
            and facts.video_codec in containers.ALL_VIDEO_CODECS
            and facts.audio_codec in {"", *containers.AUDIO_CODECS}
            and (not poster or poster.startswith(b"\xff\xd8"))
        )
    except (TypeError, ValueError):
        raise ProberCrashed from None
    if not believable:
        raise ProberCrashed
    return facts


class Prober:
    """The one process of `prober` that this process has; started when it is first needed."""

    def __init__(self, program: str) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._program = program
        self._starting = threading.Lock()
        self._orders: socket.socket | None = None
        self._owner = 0

    def connect(self) -> Connection:
        """To a new child. It ends with the connection."""
        ours, theirs = _socket_pair()
        with ours, theirs:
            for end in (ours, theirs):  # a child that does not read must not stop us for ever
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _timeval(terms.SECONDS))
            self._hand_over(theirs)
            return Connection(ours.detach())

    def _hand_over(self, connection: socket.socket) -> None:
        with self._starting:
            for is_last_try in (False, True):
                orders = self._orders
                if orders is None or self._owner != os.getpid():
                    orders = self._start()
                try:
                    socket.send_fds(orders, [b"+"], [connection.fileno()])
                    return
                except OSError as error:  # it has been killed
                    self.stop()
                    if is_last_try:
                        raise ProberAbsent from error

    def _start(self) -> socket.socket:
        ours, theirs = _socket_pair()
        with theirs:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-c",
                    _WHERE_MODULES_ARE + self._program,
                    json.dumps(sys.path),
                    str(theirs.fileno()),
                ],
                env={},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._orders, self._owner = ours, os.getpid()
        return ours

    def stop(self) -> None:
        if self._orders is not None:
            self._orders.close()
            self._orders = None
        if self.process is not None and self._owner == os.getpid():
            self.process.wait()
        self.process = None


def _socket_pair() -> tuple[socket.socket, socket.socket]:
    """That wait: a Celery worker that stops gives every new socket a timeout, and so lets none wait."""
    ends = socket.socketpair()
    for end in ends:
        end.setblocking(True)  # noqa: FBT003 - the only way to say it
    return ends


def _timeval(seconds: int) -> bytes:
    return struct.pack("@ll", seconds, 0)


the_prober = Prober(PROGRAM)
atexit.register(the_prober.stop)
