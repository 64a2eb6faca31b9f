"""Running stand-in studios, and asking what is left of them."""

import contextlib
import fcntl
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY = "The studio is ready"


def _as_in_a_terminal() -> None:
    """The tests may run under nohup, whose children never hear of a terminal that is closed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@dataclass
class Studio:
    """A supervisor under test. Its output is read all the time, so that it never has to wait for us."""

    var: Path
    code: Path
    port: int
    process: "subprocess.Popen[str]" = field(init=False)
    lines: list[str] = field(default_factory=list)
    _listener: threading.Thread | None = None

    def start(self, **environment: str) -> "Studio":
        self.lines.clear()
        self._start(subprocess.PIPE, environment)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def start_with_output(self, descriptor: int) -> None:
        self._start(descriptor, {})

    def _start(self, output: int, environment: dict[str, str]) -> None:
        place = {"VAR_DIR": str(self.var), "PORT": str(self.port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.dev.stand_in_studio", str(self.code)],
            cwd=ROOT,
            env=bare_environment(**place | environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=_as_in_a_terminal,  # noqa: PLW1509 - it takes no lock
        )

    def _listen(self) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip("\n"))

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def says(self, words: str, *, times: int = 1, within: float = 20) -> str:
        """Wait for a line with these words; the line."""
        wait_until(
            lambda: sum(words in line for line in self.lines) >= times,
            within=within,
            otherwise=lambda: f"never said {words!r}, but:\n{self.output}",
        )
        return [line for line in self.lines if words in line][times - 1]

    def is_ready(self) -> "Studio":
        self.says(READY)
        return self

    def ends(self, *, within: float = 10) -> int:
        """Its exit code; and all that it said is there."""
        code = self.process.wait(within)
        if self._listener:
            self._listener.join(within)
        return code

    def end_by(self, number: signal.Signals) -> float:
        """Seconds until it was gone."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.ends(within=15)
        return time.monotonic() - began

    def get(self) -> tuple[int, str]:
        """The number of the web process that answers, and its title of the lesson."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=10) as answer:
            number, _, title = answer.read().decode().partition(" ")
        return int(number), title

    def get_or_reset(self) -> str:
        """The title, or how the connection failed. A request in flight may die with its process."""
        try:
            return self.get()[1]
        except urllib.error.URLError as error:
            return "refused" if isinstance(error.reason, ConnectionRefusedError) else "reset"
        except (ConnectionResetError, http.client.HTTPException, ValueError):  # or half an answer
            return "reset"

    def answers(self) -> None:
        wait_until(lambda: self.get_or_reset() not in ("refused", "reset"))

    def write_lesson(self, content: str) -> None:
        (self.code / "lesson.py").write_text(content)


def bare_environment(**changes: str) -> dict[str, str]:
    """Without what bin/test tells its tests."""
    hidden = ("DATABASE_URL", "REDIS_URL", "VAR_DIR", "SECRET_KEY", "DEBUG", "HOST", "PORT")
    return {name: value for name, value in os.environ.items() if name not in hidden} | changes


def wait_until(
    holds: Callable[[], bool],
    *,
    within: float = 20,
    otherwise: Callable[[], str] = lambda: "it did not come to that",
) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.02)


def processes_of(folder: Path) -> list[str]:
    """Command lines that name the folder."""
    if sys.platform != "linux":
        shown = subprocess.run(["ps", "-axww", "-o", "args="], capture_output=True, check=True)
        lines = os.fsdecode(shown.stdout).splitlines()
    else:
        lines = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                lines.append(os.fsdecode(entry.read_bytes().replace(b"\0", b" ")))
    return [line for line in lines if str(folder) in line]


def servers_that_live(var: Path) -> list[str]:
    """Names of the servers of which some process still holds the lock."""
    return [name for name in ("postgres", "valkey") if not is_free(var / name / "server.lock")]


def is_free(lock: Path) -> bool:
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    return True


def assert_nothing_is_left(var: Path, *, within: float = 5) -> None:
    wait_until(
        lambda: not processes_of(var) and not servers_that_live(var),
        within=within,
        otherwise=lambda: f"left: {processes_of(var)} {servers_that_live(var)}",
    )


def number_in(text: str) -> int:
    found = re.search(r"\d+", text)
    assert found
    return int(found.group())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def studio_in(var: Path, code: Path) -> Iterator[Studio]:
    """Ended at the latest when the test is over."""
    studio = Studio(var, code, free_port())
    try:
        yield studio
    finally:
        if hasattr(studio, "process") and studio.process.poll() is None:
            studio.end_by(signal.SIGTERM)
