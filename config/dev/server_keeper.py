"""A private server is started again when it dies under the running studio."""

from collections.abc import Callable

from config.dev.server import Server
from config.dev.trouble import Trouble

_PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0)
_LIVED_WELL = 10.0


class ServerKeeper:
    def __init__(self, server: Server, tell: Callable[[str], None]) -> None:
        self._server = server
        self._tell = tell
        self._is_back_awaited = False
        self._try_at = 0.0
        self._failures = 0
        self._started_at = 0.0

    def attend(self, now: float) -> bool:
        """True at the moment when the server is back."""
        if not self._server.is_running:
            self._start_again(now)
        elif self._is_back_awaited and self._server.is_ready():
            self._is_back_awaited = False
            self._tell(f"{self._server.title} is back.")
            return True
        return False

    def _start_again(self, now: float) -> None:
        if self._server.process is not None:
            self._plan_next_try(now)
            self._server.has_stopped()
        if now < self._try_at:
            return
        try:
            if self._server.spawn():  # False while processes of the dead one are still there
                self._started_at = now
                self._is_back_awaited = True
        except (Trouble, OSError) as error:
            self._tell(str(error))
            self._plan_next_try(now)

    def _plan_next_try(self, now: float) -> None:
        self._failures = self._failures + 1 if now - self._started_at < _LIVED_WELL else 1
        pause = _PAUSES[min(self._failures, len(_PAUSES)) - 1]
        self._try_at = now + pause
        self._tell(f"{self._server.title} has ended: see {self._server.log}. Starting it again.")
