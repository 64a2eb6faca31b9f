"""What the two private servers have in common: how they start, stop and are found again."""

import contextlib
import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path

from config.dev import locks, processes
from config.dev.minder import Minder
from config.dev.trouble import GivenUp, Trouble, disk_full, says_disk_full
from config.dev.unprivileged import Account

_LARGEST_LOG = 5_000_000
_SOON = 0.01


class Server(ABC):
    """A server program in the foreground, as our direct child, on a unix socket.

    All its processes inherit a locked descriptor of `home/server.lock`. So "does it run?" never
    depends on a pid file: once the lock is ours, nothing of it runs, and whatever pid file it left is
    stale. While another holds the lock, it is the orphan of a killed supervisor (two supervisors are
    kept apart by `run.lock`, see `servers`), and is asked to stop.
    """

    title: str
    stop_signal: signal.Signals
    last_resort: signal.Signals

    def __init__(self, home: Path, log: Path, account: Account, minder: Minder) -> None:
        self.home = home
        self.log = log
        self.account = account
        self.process: subprocess.Popen[bytes] | None = None
        self._minder = minder
        self._log_start = 0
        self._asked_orphan = False
        self._given_up: Callable[[], bool] = lambda: False

    @property
    @abstractmethod
    def url(self) -> str:
        """How the studio reaches it. Known once it has been spawned."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it takes connections."""

    @abstractmethod
    def _prepare(self) -> None:
        """Make what the program needs. The lock is held."""

    @abstractmethod
    def _argv(self) -> list[str | Path]: ...

    @abstractmethod
    def _clean_up(self) -> None:
        """Remove what only a running server needs."""

    def start(self, *, within: float = 60.0, given_up: Callable[[], bool] = lambda: False) -> None:
        """Spawn it and wait until it takes connections; GivenUp as soon as `given_up()` is true."""
        self._given_up = given_up
        deadline = time.monotonic() + within
        while not self.spawn():
            self._check_given_up()
            if time.monotonic() > deadline:
                raise Trouble(
                    f"{self.title} cannot start: another process holds {self.home}. "
                    f"Stop {self._holder() or 'it'} and start again."
                )
            time.sleep(_SOON)
        while not self.is_ready():
            self.check_alive()
            self._check_given_up()
            if time.monotonic() > deadline:
                raise Trouble(
                    f"{self.title} was not ready within {within:.0f} s.", self._end_of_log()
                )
            time.sleep(_SOON)

    def _check_given_up(self) -> None:
        if self._given_up():
            raise GivenUp

    def spawn(self) -> bool:
        """Start the program; False while an earlier one of this home is still there."""
        lock = locks.take(self.home / "server.lock")
        if lock is None:
            self._ask_orphan_to_stop()
            return False
        try:
            self._prepare()
            self._spawn(lock)
        except BaseException:
            self._clean_up()
            raise
        finally:
            os.close(lock)  # the program has its own copy
        return True

    def check_alive(self) -> None:
        if self.process is None or self.process.poll() is None:
            return
        said = self._end_of_log()
        if says_disk_full(said):
            raise Trouble(disk_full(self.home), said)
        raise Trouble(
            f"{self.title} did not start (exit {self.process.returncode}): the end of {self.log} is above.",
            said,
        )

    def ask_to_stop(self) -> None:
        self._signal(self.stop_signal)

    def insist(self) -> None:
        """Stop at once; the data are such as after a loss of power, which both servers stand."""
        self._signal(self.last_resort)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def has_stopped(self) -> None:
        """Call when the process has ended."""
        if self.process is not None:
            self._minder.forget(self.process.pid)
        self.process = None
        self._clean_up()

    def stop(self, *, within: float = 15.0) -> None:
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.insist()
            self.process.wait()
        self.has_stopped()

    def _spawn(self, lock: int) -> None:
        self.log.parent.mkdir(exist_ok=True)
        mode = "ab" if self.log.exists() and self.log.stat().st_size < _LARGEST_LOG else "wb"
        with self.log.open(mode) as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(
                self._argv(),
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock,),
                cwd="/",  # another user may not be able to enter ours
                start_new_session=True,  # the terminal's Ctrl-C is for the supervisor alone
                preexec_fn=processes.die_with_parent(self.stop_signal),
                **self.account.for_popen(),
            )
        self._minder.watch(self.process.pid, self.stop_signal)
        locks.write_note(lock, str(self.process.pid))

    def _environment(self) -> Mapping[str, str]:
        return {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C"}

    def _ask_orphan_to_stop(self) -> None:
        """Once; and only if the number still names our server, not a stranger who has it now."""
        if self._asked_orphan:
            return
        if pid := self._holder():
            self._asked_orphan = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, self.stop_signal)

    def _holder(self) -> int | None:
        note = locks.read_note(self.home / "server.lock")
        if note.isdigit() and str(self.home) in processes.command_line(int(note)):
            return int(note)
        return None

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def _end_of_log(self, lines: int = 15) -> str:
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            said = log.read().decode(errors="replace")
        return "\n".join(said.strip().splitlines()[-lines:])
