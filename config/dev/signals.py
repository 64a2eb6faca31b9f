"""What Ctrl-C, SIGTERM and a closed terminal do to our commands."""

import signal
import sys
from collections.abc import Callable
from types import FrameType

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def unwind_on_endings() -> None:
    """Let SIGTERM and a closed terminal unwind the stack, as Ctrl-C does by itself."""

    def end(number: int, _frame: FrameType | None) -> None:
        ignore_endings()
        sys.exit(128 + number)

    _handle((signal.SIGTERM, signal.SIGHUP), end)


def call_on_endings(callback: Callable[[], None]) -> None:
    """Nothing is interrupted: the callback makes a note, and a loop reads it."""
    _handle(ENDINGS, lambda _number, _frame: callback())


def ignore_endings() -> None:
    """While what was begun is brought to its end."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def _handle(
    numbers: tuple[signal.Signals, ...], handler: Callable[[int, FrameType | None], None]
) -> None:
    for number in numbers:
        # nohup ignores SIGHUP for us, and a shell SIGINT for what it runs in the background.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)
