"""bin/dev with stand-ins for the studio's programs: the runner, the servers and the lock are real.

Usage: python -m tests.dev.stand_in_studio <folder with lesson.py, the code that may change>
"""

import os
import socket
import sys
from pathlib import Path

from config.dev import dev
from config.dev.program import GENTLY_THEN_COLD, Plan
from config.dev.trouble import run_command

CODE = Path(sys.argv[1])
PROGRAMS = Path(__file__).parent / "stand_ins"


def stand_in(name: str, *arguments: str) -> list[str]:
    return [sys.executable, str(PROGRAMS / f"{name}.py"), os.environ["VAR_DIR"], *arguments]


def programs(_var: Path, door: socket.socket) -> list[Plan]:
    return [
        Plan("web", stand_in("web", str(door.fileno()), str(CODE)), inherits=(door.fileno(),)),
        Plan("worker", stand_in("worker"), steps=GENTLY_THEN_COLD, ready_words=b"ready."),
        Plan("beat", stand_in("beat")),
    ]


def bring_up(demo: bool) -> Plan:
    return Plan("setup", stand_in("bring_up", str(CODE), "demo" * demo), once=True)


def studio(_arguments: list[str]) -> int:
    return dev.run(lambda: None, bring_up, programs, code=CODE)


if __name__ == "__main__":
    run_command(studio)
