"""gunicorn's threads, for requests that are there and for answers as long as they are made.

gunicorn gives a thread to a connection as soon as it has brought a byte, and there it waits for all others.
Here the main loop of the process collects a request before a thread gets it, and sends what is left of the
answer when the thread is done, as a proxy does that stands in front. So a slow line costs no thread, but for
what is too large to be collected: pieces of files (media_library/places.py) and long downloads.
"""

import time
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from socket import SHUT_WR
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from config import lines
from config.arrivals import Arrival, TooLarge
from config.lines import Line, TooSlow

# What a connection waits for, and until when.
Wait = tuple[int, float]
Story = Generator[Wait, None, None]

_LOOK = 0.25
_LINGER = 5.0
_MOST_DISCARDED = 32 << 20  # a piece as the page sends it, twice


class Crowded(Exception):
    """So many large forms are on their way that the memory of the process is better left alone."""

    status = "503 Service Unavailable"
    sentence = "The studio takes in all that it can. Send it again in a moment."


def _saying_what_is_closed(wsgi: Any) -> Any:
    """A body that nobody has read is not waited for: the head of the answer says so (RFC 9112, 9.6)."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        def start(*given: Any) -> Any:
            unread = getattr(environ["wsgi.input"].reader, "length", None)
            if unread is None or unread > lines.LARGEST_FORM:
                start_response.__self__.force_close()
            return start_response(*given)

        return wsgi(environ, start)

    return answer


class Worker(ThreadWorker):
    poller: Any

    def init_process(self) -> None:
        self._waiting: dict[Any, tuple[Story, float]] = {}
        self._looked = 0.0
        self._collected = 0
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self.wsgi = _saying_what_is_closed(self.wsgi)

    def enqueue_req(self, conn: Any) -> None:
        """Every way to a thread begins here."""
        if not conn.initialized:
            conn.sock = Line(conn.sock)
            conn.init()
        self._go_on(conn, self._arriving(conn))

    def _arriving(self, conn: Any) -> Story:
        try:
            arrival = yield from self._collecting(conn)
        except (TooSlow, TooLarge, Crowded) as refused:
            yield from self._refusing(conn, refused)
        except OSError:
            self._close(conn)
        else:
            conn.parser.unreader.unread(bytes(arrival.came))
            conn.sock.begin(is_coming=arrival.goes_on)
            super().enqueue_req(conn)

    def _collecting(self, conn: Any) -> Generator[Wait, None, Arrival]:
        arrival = Arrival(patience=self.cfg.keepalive)
        try:
            data = conn.parser.unreader.take_buffered() or conn.sock.come()
            while not self._has_all(conn, arrival, data):
                if arrival.asks_to_continue:
                    arrival.asks_to_continue = False
                    conn.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                if (data := conn.sock.come()) is None:
                    yield EVENT_READ, arrival.until
                    data = conn.sock.come()
            return arrival
        except TooSlow:
            if arrival.came:
                raise
            raise ConnectionResetError from None  # it was idle

    def _has_all(self, conn: Any, arrival: Arrival, data: bytes | None) -> bool:
        if data is None:
            return False
        if not data:
            raise ConnectionResetError
        arrival.add(data)
        self._hold(conn, len(arrival.came))
        if len(arrival.came) > lines.SMALL and self._collected > lines.MOST_COLLECTED:
            raise Crowded
        return arrival.is_complete

    def _hold(self, conn: Any, count: int) -> None:
        """Of a request in memory, until it is answered."""
        self._collected += count - conn.sock.held
        conn.sock.held = count

    def _refusing(self, conn: Any, refused: TooSlow | TooLarge | Crowded) -> Story:
        self._hold(conn, 0)
        self.log.info("%s: %s", refused.status, conn.client)
        head = f"HTTP/1.1 {refused.status}\r\nConnection: close\r\nContent-Type: text/plain\r\n"
        text = f"{refused.sentence}\n"
        with suppress(OSError):
            conn.sock.sendall(f"{head}Content-Length: {len(text)}\r\n\r\n{text}".encode())
        yield from self._lingering(conn)

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """A body that nobody has read is not waited for."""
        conn.sock.is_coming = False
        return bool(keepalive and conn.parser.finish_body(max_bytes=lines.LARGEST_FORM))

    def finish_request(self, conn: Any, done: "Future[bool]") -> None:
        """Every way from a thread ends here."""
        self._go_on(conn, self._leaving(conn, done))

    def _leaving(self, conn: Any, done: "Future[bool]") -> Story:
        self._hold(conn, 0)
        if conn.sock.fileno() < 0:  # an answer broke off, so gunicorn has closed it in the thread
            self._close(conn)
            return
        try:
            pace = lines.Pace(conn.sock.taken())
            until = time.monotonic() + lines.WINDOW
            while conn.sock.unsent:
                try:
                    yield EVENT_WRITE, until
                except TooSlow:
                    pace.check(conn.sock.taken())
                    until = time.monotonic() + lines.WINDOW
                conn.sock.send_on()
        except OSError as error:
            if isinstance(error, TooSlow):
                self.log.info("too slow to take its answer: %s", conn.client)
            self._close(conn)
            return
        if not done.cancelled() and done.exception() is None and done.result():
            super().finish_request(conn, done)
        else:
            yield from self._lingering(conn)

    def _lingering(self, conn: Any) -> Story:
        """Closed at once, the answer would be lost to who is still sending (RFC 9112, 9.6)."""
        with suppress(OSError):
            conn.sock.shutdown(SHUT_WR)
            until = time.monotonic() + _LINGER
            discarded = 0
            while discarded < _MOST_DISCARDED:
                yield EVENT_READ, until
                if (data := conn.sock.come()) == b"":
                    break
                discarded += len(data or b"")
        self._close(conn)

    def _close(self, conn: Any) -> None:
        self._hold(conn, 0)
        self.nr_conns -= 1
        conn.close()

    def _go_on(self, conn: Any, story: Story, error: BaseException | None = None) -> None:
        try:
            event, until = story.throw(error) if error else next(story)
        except StopIteration:
            return
        except Exception:
            # Of one connection; let through, it would be the end of the process and of all others.
            self.log.exception("lost a connection: %s", conn.client)
            self._close(conn)
            return
        self._waiting[conn] = story, until
        self.poller.register(conn.sock, event, partial(self._is_ready, conn))

    def _is_ready(self, conn: Any, _line: object) -> None:
        self._go_on(conn, self._no_longer_waiting(conn))

    def _no_longer_waiting(self, conn: Any) -> Story:
        self.poller.unregister(conn.sock)
        story, _ = self._waiting.pop(conn)
        return story

    def murder_pending(self) -> None:
        """Called by gunicorn's loop after whatever has happened, and once a second at least."""
        now = time.monotonic()
        if now < self._looked + _LOOK:
            return
        self._looked = now
        for conn in [conn for conn, (_, until) in self._waiting.items() if until <= now]:
            self._go_on(conn, self._no_longer_waiting(conn), TooSlow())
