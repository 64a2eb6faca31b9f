"""How the commands give up: with one sentence that says what to do."""

import errno
import os
import sys
from collections.abc import Callable

from config.env import EnvironmentVariableError


class Trouble(Exception):
    """The command cannot go on. The text is a sentence; `detail` is what a program said last."""

    def __init__(self, sentence: str, detail: str = "") -> None:
        super().__init__(sentence)
        self.detail = detail.strip()


class GivenUp(Exception):
    """Somebody wants the command to end."""


def say(text: str) -> None:
    """To stderr, so that the output of `bin/manage dumpdata` holds nothing of ours."""
    print(text, file=sys.stderr, flush=True)


def run_command(command: Callable[[list[str]], int]) -> None:
    """Call `command` with the arguments of this process, and end the process with what it returns."""
    try:
        code = command(sys.argv[1:])
    except Trouble as trouble:
        if trouble.detail:
            say(trouble.detail)
        say(str(trouble))
        code = 1
    except EnvironmentVariableError as error:
        say(str(error))
        code = 1
    except OSError as error:
        sentence = _sentence_about(error)
        if sentence is None:
            raise
        say(sentence)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _sentence_about(error: OSError) -> str | None:
    place = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else "the disk"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(place)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"This user may not write or read {place}. "
            "If the studio ran as another user before, run it as that user, or give it another VAR_DIR."
        )
    return None


def disk_full(place: object) -> str:
    return f"The disk is full ({place}): make room and start again."


def says_disk_full(output: str) -> bool:
    """Whether a program's output blames the disk: pip, npm, initdb and postgres use these words."""
    return "No space left on device" in output or "ENOSPC" in output or "Disk quota" in output
