"""A prober whose children do what a file is not able to make them do, as far as we know."""

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

from media_library import looking, prober_terms
from media_library.file_errors import FileDamaged
from media_library.looking import Readable

prober_terms.SECONDS = 2
prober_terms.CPU_SECONDS = 1


def look(
    file: Readable, size: int, *, with_poster: bool, at: float = prober_terms.ANY_SECOND
) -> tuple[dict[str, Any], bytes]:
    facts = {
        "container": "mp4",
        "duration": 1.0,
        "width": 64,
        "height": 36,
        "video_codec": "h264",
        "audio_codec": "",
    }
    match file.read(100).decode().split():
        case ["crash"]:
            os.abort()
        case ["loop"]:
            signal.setitimer(signal.ITIMER_REAL, 0)  # as one could who has taken the child over
            while True:
                pass
        case ["sleep"]:
            time.sleep(60)
        case ["memory"]:
            raise FileDamaged if bytearray(2 << 30) else AssertionError
        case ["open", path]:
            facts["width"] = len(Path(path).read_bytes())
        case ["connect"]:
            socket.create_connection(("127.0.0.1", 9))
        case ["environment"]:
            facts["width"] = 1000 + len(os.environ)
        case ["descriptors"]:
            facts["width"] = 1000 + _open_descriptors()
        case ["babble"]:
            return facts, b"\xff\xd8" + bytes(3 << 20)
        case ["lie", name, value]:
            facts[name] = int(value) if value.lstrip("-").isdigit() else value
        case ["surplus"]:
            facts["is_admin"] = True
        case ["wait"]:
            file.seek(290 << 10)
            file.read(100)  # of a storage that takes its time
        case other:
            raise AssertionError(other)
    return facts, b""


def _open_descriptors() -> int:
    count = 0
    for number in range(64):
        try:
            os.fstat(number)
            count += 1
        except OSError:
            pass
    return count


looking.look = look
