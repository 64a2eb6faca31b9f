"""Ends what a killed supervisor leaves behind: its programs with all their children.

On Linux the kernel also does that for direct children (see `die_with_parent`); this does it on macOS
too, and for the children of children.
"""

import contextlib
import os
import signal
import subprocess
import sys
from types import TracebackType


class Minder:
    """A small process that is told of every process group, and wakes up when we are gone.

    It listens at a pipe of which only we hold the other end; the kernel closes it, however we die.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Minder":
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            text=True,
            cwd="/",
            start_new_session=True,  # the terminal's Ctrl-C is for the supervisor alone
        )
        return self

    def watch(self, group: int, last_word: signal.Signals) -> None:
        """If we die, this group gets this signal."""
        self._tell(f"{group} {int(last_word)}")

    def forget(self, group: int) -> None:
        """It has ended; its number may soon be another's."""
        self._tell(f"{group} 0")

    def _tell(self, line: str) -> None:
        if self._process is None or self._process.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):  # somebody ended it; Linux has the kernel's way
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()


def mind() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    last_words: dict[int, int] = {}
    for line in sys.stdin:
        group, last_word = map(int, line.split())
        if last_word:
            last_words[group] = last_word
        else:
            last_words.pop(group, None)
    for group, last_word in last_words.items():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, last_word)


if __name__ == "__main__":
    mind()
