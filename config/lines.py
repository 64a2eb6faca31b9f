"""How slow somebody's line may be, and a socket that sees to it."""

import errno
import fcntl
import select
import socket
import sys
import termios
import time
from contextlib import suppress
from typing import IO

from django.conf import settings

# A line of the slowest that people have, 2 kB/s, brings and takes nearly four times that.
LEAST = 16 << 10
WINDOW = 30.0
HEAD = 10.0
# Of a form: its fields, and what multipart/form-data writes between them.
LARGEST_FORM = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + (64 << 10)
# Of all requests together. Beyond that heads, and the forms that people fill in, still find room.
MOST_COLLECTED = 64 << 20
SMALL = 64 << 10
# Of an answer, what waits for a slow reader without a thread: a piece for a player (2 MiB), or any page.
MOST_KEPT = 3 << 20

_SO_NWRITE = 0x1024  # of macOS


class TooSlow(ConnectionResetError):
    """For gunicorn, and whoever else reads or writes here, a line that broke."""

    status = "408 Request Timeout"
    sentence = "The request came too slowly, and nothing was changed. Send it again."

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "it came, or was taken, too slowly")


class Pace:
    """So many bytes within so many seconds of waiting, again and again."""

    def __init__(self, moved: int) -> None:
        self._begin(moved)

    def _begin(self, moved: int) -> None:
        self._before = moved
        self._left = WINDOW

    def wait(self, line: socket.socket, event: int) -> bool:
        """Whether so much time is over. What the studio does meanwhile is no waiting, and may be slower."""
        began = time.monotonic()
        poll = select.poll()
        poll.register(line, event)
        poll.poll(self._left * 1000)
        self._left -= time.monotonic() - began
        return self._left <= 0

    def check(self, moved: int) -> None:
        """After such a time."""
        if moved < self._before + LEAST:
            raise TooSlow
        self._begin(moved)


class Line(socket.socket):
    """A connection that holds no thread, or at least never for ever."""

    def __init__(self, accepted: socket.socket) -> None:
        family, kind, protocol = accepted.family, accepted.type, accepted.proto
        # Of a number alone it asks the system what it is, which macOS does not say of one that was reset.
        super().__init__(family, kind, protocol, accepted.detach())
        self.unsent = bytearray()
        self.held = 0  # bytes of its request, by the main loop
        self._came = self._sent = 0
        self._is_over = False
        self.begin(is_coming=False)

    def begin(self, *, is_coming: bool) -> None:
        """A request, whose body is here already, or still coming."""
        self.is_coming = is_coming
        self._coming = Pace(self._came)
        self._going = Pace(self.taken())

    def come(self, most: int = 64 << 10) -> bytes | None:
        """What is there, and empty when nothing will be any more; None if it is not there yet."""
        try:
            return super().recv(most, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None

    def recv(self, size: int, flags: int = 0) -> bytes:
        """For threads. Nothing is read for longer than the request is, so an end is a line that broke.

        It is told once. Then it is an end as any other, so that what has come until then can be had.
        """
        if self._is_over:
            return b""
        try:
            while (data := self.come(size)) is None:
                if not self.is_coming:
                    raise TooSlow
                if self._coming.wait(self, select.POLLIN):
                    self._coming.check(self._came)
            if not data:
                raise ConnectionResetError(errno.ECONNRESET, "it broke off")
        except OSError:
            self._is_over = True
            raise
        self._came += len(data)
        return data

    def sendall(self, data: bytes, flags: int = 0) -> None:  # type: ignore[override]
        self.unsent += data
        self.send_on()
        try:
            while len(self.unsent) > MOST_KEPT:
                if self._going.wait(self, select.POLLOUT):
                    self._going.check(self.taken())
                self.send_on()
        except TooSlow:
            self.unsent.clear()
            raise

    def sendfile(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> int:  # type: ignore[override]
        """As `sendall` does: the kernel would wait for a slow reader."""
        file.seek(offset)
        left = count or 0
        while piece := file.read(min(left, 256 << 10)):
            self.sendall(piece)
            left -= len(piece)
        return (count or 0) - left

    def send_on(self) -> None:
        """What can be sent at once."""
        with suppress(BlockingIOError):
            while self.unsent:
                sent = self.send(self.unsent, socket.MSG_DONTWAIT)
                del self.unsent[:sent]
                self._sent += sent

    def taken(self) -> int:
        """The kernel keeps as much as the slowest line carries in minutes, and nobody has that yet."""
        try:
            if sys.platform == "darwin":
                return self._sent - self.getsockopt(socket.SOL_SOCKET, _SO_NWRITE)
            kept = fcntl.ioctl(self, termios.TIOCOUTQ, bytes(4))
        except OSError:
            return self._sent
        return self._sent - int.from_bytes(kept, sys.byteorder)
