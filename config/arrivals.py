"""A request on its way, as far as it must be understood to know when all of it is there."""

import re
import time

from config import lines

_END = re.compile(rb"\n\r?\n")  # without \r gunicorn refuses it, and that at once
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r", re.I)
_CHUNKED = re.compile(rb"\ntransfer-encoding:", re.I)
_TYPE = re.compile(rb"\ncontent-type:[ \t]*([\w.+-]+/[\w.+-]+)", re.I)
_CONTINUE = re.compile(rb"\nexpect:[ \t]*100-continue[ \t]*\r(?=\n)", re.I)
_PIECE = b"application/offset+octet-stream"
_FILES = b"multipart/form-data"


class TooLarge(Exception):
    """A head that nobody but who means harm sends."""

    status = "431 Request Header Fields Too Large"
    sentence = "The head of the request is too large."


class Arrival:
    """What has come, until when more must, and whether a thread may have it.

    A large body is never all of it here: a thread reads on, or refuses it.
    """

    def __init__(self, *, patience: float) -> None:
        self.came = bytearray()
        self.until = time.monotonic() + patience
        self.is_complete = False
        self.goes_on = False
        self.asks_to_continue = False
        self._whole = 0
        self._has_files = False
        self._of_late = 0

    def add(self, data: bytes) -> None:
        if not self.came:
            self.until = time.monotonic() + lines.HEAD
        searched = max(0, len(self.came) - 3)
        self.came += data
        if not self._whole:
            if end := _END.search(self.came, searched):
                self._understand(end.end())
            elif len(self.came) > lines.SMALL:
                raise TooLarge
        elif self._has_files:
            self._of_late += len(data)
            if self._of_late >= lines.LEAST:
                self._of_late = 0
                self.until = time.monotonic() + lines.WINDOW
        self.is_complete = self.goes_on or 0 < self._whole <= len(self.came)

    def _understand(self, end: int) -> None:
        head = bytes(self.came[:end])
        length = int(found[1]) if (found := _LENGTH.search(head)) else 0
        kind = found[1].lower() if (found := _TYPE.search(head)) else b""
        self._whole = end + length
        self.goes_on = bool(
            length > lines.LARGEST_FORM or (length and kind == _PIECE) or _CHUNKED.search(head)
        )
        if self.goes_on or len(self.came) >= self._whole:
            return
        self.until = time.monotonic() + lines.WINDOW
        self._has_files = kind == _FILES
        if b" HTTP/1.1\r" in head and (asked := _CONTINUE.search(head)):
            # Told here, and by gunicorn no more.
            del self.came[asked.start() : asked.end()]
            self._whole -= len(asked[0])
            self.asks_to_continue = True
