"""Children that never outlive us, and what other processes are."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(last_word: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn`: on Linux the kernel signals the child when we die, even by kill -9.

    Popen runs it after it has changed the user, which would clear the setting. The kernel means the
    thread that forked, so children are started by the main thread only.
    """
    libc, parent = _libc, os.getpid()
    if libc is None:
        return None

    def ask_the_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(last_word), 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return ask_the_kernel


def environment(**changes: str) -> dict[str, str]:
    """This process's environment for a child, with changes."""
    return dict(os.environ) | changes


def run(
    argv: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run to the end, with output and errors in one text, in the order in which they came."""
    return subprocess.run(
        argv,
        env=env,
        cwd=cwd,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )


def command_line(pid: int) -> str:
    """What runs under this number now; empty if nothing does."""
    if sys.platform == "linux":
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return os.fsdecode(arguments.replace(b"\0", b" "))
    else:  # noqa: RET505 - mypy knows by the else that this is for another platform
        asked = subprocess.run(
            ["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, check=False
        )
        return os.fsdecode(asked.stdout)


def signal_group(leader: int, number: signal.Signals) -> None:
    """To every process of the group, if there is still one."""
    # macOS answers PermissionError for a group of zombies.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
