"""When the studio is ready: at the first start, and again after a change of the code."""

from collections.abc import Sequence

from config.dev.program import Program
from config.dev.ready_check import ReadyCheck
from config.dev.terminal import Terminal

_READY_WITHOUT_SAYING_SO = 8.0  # for those who silence the log line that says so
_SLOW = 60.0


class Readiness:
    def __init__(
        self,
        programs: Sequence[Program],
        check: ReadyCheck,
        terminal: Terminal,
        *,
        since: float,
        welcome: str,
    ) -> None:
        self._programs = programs
        self._check = check
        self._terminal = terminal
        self._words = welcome
        self._since: float | None = since
        self._has_answered = False
        self._has_complained = False

    def begin_again(self, now: float) -> None:
        """The programs restart."""
        self._check.close()
        self._has_answered = False
        self._since = now

    def attend(self, now: float) -> None:
        if self._since is None:
            return
        if self._have_started() and not self._has_answered:
            self._has_answered = self._check.ask()
        if self._has_answered and all(_is_up(program, now) for program in self._programs):
            self._terminal.tell(self._words.format(seconds=now - self._since))
            self._words = "Ready again after {seconds:.1f} s."
            self._since = None
        elif now - self._since > _SLOW and not self._has_complained:
            self._has_complained = True
            self._terminal.tell(
                f"Not ready after {_SLOW:.0f} s. What holds it up should stand above; still waiting."
            )

    def _have_started(self) -> bool:
        """Else it would be the old web process that answers."""
        return all(
            program.is_running and program.started_at >= (self._since or 0)
            for program in self._programs
        )


def _is_up(program: Program, now: float) -> bool:
    if not program.is_running or program.is_stopping:
        return False
    return (
        not program.plan.ready_words
        or program.said_ready
        or now - program.started_at > _READY_WITHOUT_SAYING_SO
    )
