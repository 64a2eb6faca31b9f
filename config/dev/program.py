"""One of the studio's programs: kept running, whatever happens to it."""

import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.dev.minder import Minder
from config.dev.processes import die_with_parent, signal_group

Steps = tuple[tuple[float, signal.Signals], ...]

# Seconds after being asked to stop, and the signal then due.
GENTLY: Steps = ((0, signal.SIGTERM), (3.0, signal.SIGKILL))
# SIGQUIT ends Celery without waiting for its tasks. They are taken up again: the rows are the queue.
GENTLY_THEN_COLD: Steps = ((0, signal.SIGTERM), (2.0, signal.SIGQUIT), (3.0, signal.SIGKILL))

_PAUSES = (0.5, 1.0, 2.0)
_LIVED_WELL = 10.0
_LONGEST_LINE = 65536


@dataclass(frozen=True)
class Plan:
    """How to start a program and how to stop it."""

    name: str
    argv: Sequence[str]
    steps: Steps = GENTLY
    last_word: signal.Signals = signal.SIGKILL  # from the kernel, when the supervisor is killed
    inherits: tuple[int, ...] = ()
    ready_words: bytes = b""  # in its output, if it says so
    once: bool = False  # a command that runs to its end


@dataclass
class Program:
    plan: Plan
    env: Mapping[str, str]
    cwd: Path
    show: Callable[[str, bytes], None]
    tell: Callable[[str], None]
    minder: Minder
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    said_ready: bool = False
    exit_code: int | None = None
    _line: bytearray = field(default_factory=bytearray)
    _steps: deque[tuple[float, signal.Signals]] = field(default_factory=deque)
    _start_at: float | None = None
    _early_ends: int = 0
    _asked_to_stop: bool = False

    @property
    def is_running(self) -> bool:
        return self.process is not None

    @property
    def is_stopping(self) -> bool:
        return bool(self._asked_to_stop)

    @property
    def output(self) -> int | None:
        """What to read its log from."""
        if self.process is None or self.process.stdout is None or self.process.stdout.closed:
            return None
        return self.process.stdout.fileno()

    def start(self, now: float) -> None:
        self._start_at = None
        self._asked_to_stop = False
        self.said_ready = False
        self.exit_code = None
        self.started_at = now
        self.process = subprocess.Popen(
            self.plan.argv,
            env=self.env,
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            pass_fds=self.plan.inherits,
            start_new_session=True,  # the terminal's Ctrl-C is for the supervisor alone
            preexec_fn=die_with_parent(self.plan.last_word),
        )
        assert self.process.stdout is not None  # noqa: S101
        os.set_blocking(self.process.stdout.fileno(), False)
        self.minder.watch(self.process.pid, signal.SIGKILL)

    def restart(self, now: float) -> None:
        """With the code as it is now. What kept dying gets another chance."""
        self._early_ends = 0
        if self.is_running:
            self.stop(now)
        self._start_at = now

    def retry(self, now: float) -> None:
        """Another chance for what waits, nothing for what runs."""
        if not self.is_running and not self.plan.once:
            self.restart(now)

    def stop(self, now: float) -> None:
        self._start_at = None  # a restart that was under way is off
        self._asked_to_stop = True
        self._steps = deque((now + delay, number) for delay, number in self.plan.steps)

    def stop_at_once(self) -> None:
        if self.process is not None:
            signal_group(self.process.pid, signal.SIGKILL)

    def attend(self, now: float) -> None:
        """Notice its end, take the next step of a stop, start it when it is due."""
        if self.process is not None:
            self._take_due_steps(now)
            if self.process.poll() is not None:
                self._has_ended(now)
        if self.process is None and self._start_at is not None and self._start_at <= now:
            self.start(now)

    def read(self) -> None:
        """Pass on the lines that it has written."""
        descriptor = self.output
        if descriptor is None:
            return
        try:
            written = os.read(descriptor, 65536)
        except BlockingIOError:
            return
        if not written:
            assert self.process is not None  # noqa: S101
            assert self.process.stdout is not None  # noqa: S101
            self.process.stdout.close()
        self._line += written
        *lines, rest = self._line.split(b"\n")
        self._line = bytearray(rest)
        if not written or len(rest) > _LONGEST_LINE:
            lines.append(rest)
            self._line.clear()
        for line in lines:
            if line.strip():
                self.said_ready |= bool(self.plan.ready_words) and self.plan.ready_words in line
                self.show(self.plan.name, bytes(line.rstrip(b"\r")))

    def _take_due_steps(self, now: float) -> None:
        while self.process is not None and self._steps and self._steps[0][0] <= now:
            _, number = self._steps.popleft()
            if number is signal.SIGKILL:
                self.tell(f"{self.plan.name} does not stop by itself; it is ended.")
                self.stop_at_once()
            else:
                self.process.send_signal(number)

    def _has_ended(self, now: float) -> None:
        assert self.process is not None  # noqa: S101
        signal_group(self.process.pid, signal.SIGKILL)  # children that it left behind
        self.minder.forget(self.process.pid)
        while self.output is not None:
            before = len(self._line)
            self.read()
            if len(self._line) == before:
                break
        self.exit_code = self.process.returncode
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        self._steps.clear()
        if not self._asked_to_stop and not self.plan.once:
            self._plan_the_next_start(now)

    def _plan_the_next_start(self, now: float) -> None:
        """Soon, then later and later; what keeps dying waits for the code to change."""
        how = f"{self.plan.name} has ended ({_in_words(self.exit_code)})"
        self._early_ends = self._early_ends + 1 if now - self.started_at < _LIVED_WELL else 1
        if self._early_ends > len(_PAUSES):
            self._start_at = None
            self.tell(f"{how}, again and again: it starts when the code has changed.")
            return
        pause = _PAUSES[self._early_ends - 1]
        self._start_at = now + pause
        self.tell(f"{how}; it starts again in {pause:g} s.")


def _in_words(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
