"""A program that is asked to stop while it restarts must not come back."""

import os
import sys
import time
from pathlib import Path
from typing import cast

from config.dev.minder import Minder
from config.dev.program import Plan, Program


class NobodyMinds:
    def watch(self, *_: object) -> None: ...
    def forget(self, *_: object) -> None: ...


def running_pid(program: Program) -> int | None:
    return program.process.pid if program.process else None


def test_a_stop_during_a_restart_is_final() -> None:
    program = Program(
        Plan("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"]),
        os.environ,
        Path.cwd(),
        show=lambda *_: None,
        tell=lambda *_: None,
        minder=cast(Minder, NobodyMinds()),
    )
    program.start(time.monotonic())
    assert program.process is not None
    first = program.process.pid
    program.restart(time.monotonic())
    program.stop(time.monotonic())
    deadline = time.monotonic() + 10
    try:
        while program.is_running and time.monotonic() < deadline:
            program.attend(time.monotonic())
            assert running_pid(program) in (None, first)
        program.attend(time.monotonic())
        assert not program.is_running
    finally:
        program.stop_at_once()
