"""The processes of a studio under chaos: each is started again when it ends, as a supervisor would."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.dev import processes
from config.dev.minder import Minder
from tests.dev.studios import ROOT

_PAUSE = 0.5  # before it is started again


@dataclass
class Program:
    """In a process group of its own. `held`: somebody wants it to stay away for now."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    minder: Minder
    inherits: tuple[int, ...] = ()
    held: bool = False
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)
    _start_at: float = 0.0
    _said_before: int = 0

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.name} does not run"
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._said_before = log.tell()
            self.process = subprocess.Popen(
                self.argv,
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.inherits,
                start_new_session=True,
            )
        self.minder.watch(self.process.pid, signal.SIGKILL)
        self.starts.append(time.monotonic())

    def has_said(self, words: str) -> bool:
        """Since it was started last, and it still runs."""
        if not self.is_running:
            return False
        with self.log.open("rb") as log:
            log.seek(self._said_before)
            return words.encode() in log.read()

    def attend(self) -> None:
        if self.is_running:
            return
        now = time.monotonic()
        if self.process is not None:
            self._bury()
            self._start_at = now + _PAUSE
        if not self.held and now >= self._start_at:
            self.start()

    def signal(self, number: signal.Signals) -> None:
        """To the program alone, not to what it started."""
        if self.is_running:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """With -9, all at once."""
        if self.process is not None:
            processes.signal_group(self.pid, signal.SIGKILL)
            self.process.wait()
            self._bury()
            self._start_at = time.monotonic() + _PAUSE

    def stop(self, within: float) -> None:
        """As a deployment does: asked, asked to leave its work, ended."""
        for number, patience in ((signal.SIGTERM, within), (signal.SIGQUIT, 3.0)):
            self.signal(number)
            if self.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(patience)
                    break
        self.kill()

    def _bury(self) -> None:
        if self.process is not None:
            processes.signal_group(self.process.pid, signal.SIGKILL)  # what it left behind
            self.minder.forget(self.process.pid)
            self.process = None


def children_of(parent: int) -> list[int]:
    return [pid for pid, its_parent in _processes() if its_parent == parent]


def _processes() -> list[tuple[int, int]]:
    """Of everything that runs, its number and that of its parent."""
    if sys.platform != "linux":
        shown = subprocess.run(
            ["ps", "-axo", "pid=,ppid="], capture_output=True, check=True, text=True
        )
        pairs = (line.split() for line in shown.stdout.splitlines())
        return [(int(pid), int(parent)) for pid, parent in pairs]
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = stat.read_text().rpartition(")")[2].split()[1]
            found.append((int(stat.parent.name), int(parent)))
    return found
