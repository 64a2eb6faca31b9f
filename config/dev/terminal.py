"""All logs in one terminal: whole lines, with a prefix and a colour each."""

import os
import select
import sys
import time

_COLOURS = {"web": 36, "worker": 33, "beat": 35, "sweeper": 32, "setup": 34, "studio": 1}
_WIDTH = max(map(len, _COLOURS))
_CHUNK = 1024
_FULL = 1_000_000


class Terminal:
    """Writes only as much as goes without waiting: a terminal paused by Ctrl-S, or a slow pipe,
    must not keep the supervisor from its work. `is_broken` once nobody reads any more.
    """

    def __init__(self, descriptor: int, *, coloured: bool) -> None:
        self.descriptor = descriptor
        self.is_broken = False
        self._coloured = coloured
        self._pending = bytearray()

    @classmethod
    def of_this_process(cls) -> "Terminal":
        wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return cls(sys.stdout.fileno(), coloured=wanted and sys.stdout.isatty())

    def tell(self, text: str) -> None:
        """In the studio's own voice."""
        for line in text.splitlines():
            self.show("studio", line.encode())

    def show(self, name: str, line: bytes) -> None:
        prefix = f"{name:{_WIDTH}} |"
        if self._coloured:
            prefix = f"\x1b[{_COLOURS[name]}m{prefix}\x1b[0m"
        self._pending += prefix.encode() + b" " + line + b"\n"
        self.write()

    @property
    def is_behind(self) -> bool:
        """So much waits that programs should wait too: stop reading what they say."""
        return len(self._pending) > _FULL

    @property
    def has_pending(self) -> bool:
        return bool(self._pending) and not self.is_broken

    def write(self) -> None:
        """What goes now, and no more."""
        while self.has_pending and select.select((), (self.descriptor,), (), 0)[1]:
            try:
                written = os.write(self.descriptor, self._pending[:_CHUNK])
            except BlockingIOError:
                return
            except OSError:
                self.is_broken = True
                return
            del self._pending[:written]

    def notice_hang_up(self) -> None:
        """Whether a pipe's reader is gone can be asked without writing."""
        if hasattr(select, "poll"):
            asked = select.poll()
            asked.register(self.descriptor, 0)
            self.is_broken |= any(event & select.POLLERR for _, event in asked.poll(0))

    def finish(self, *, within: float) -> None:
        """The last words, if somebody still reads."""
        deadline = time.monotonic() + within
        while self.has_pending and time.monotonic() < deadline:
            select.select((), (self.descriptor,), (), 0.05)
            self.write()
