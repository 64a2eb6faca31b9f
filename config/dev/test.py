"""`bin/test [pytest arguments]`: runs the tests on servers of their own, which are thrown away."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config.dev import chromium, locks, processes, studio
from config.dev.minder import Minder
from config.dev.places import ROOT, VENV_PYTHON
from config.dev.private_servers import PrivateServers
from config.dev.setup import set_up
from config.dev.signals import ignore_endings, unwind_on_endings
from config.dev.trouble import Trouble, run_command

_PREFIX = "lectern-test-"
_PATIENCE_WITH_PYTEST = 15.0
# Under CI nobody presses Ctrl-C: a run in which the database or the disk is gone would fail test by test,
# each after its own patience, until CI cuts it off without a word about why.
_MOST_FAILURES_UNDER_CI = 20
_LONGEST_UNDER_CI = 55 * 60.0

# Starting parallel workers costs more than it saves for a few tests, and a debugger needs the terminal.
_ONE_BY_ONE = ("-n", "--numprocesses", "-k", "--pdb", "--trace", "--collect-only", "--co", "--lf")


def test(arguments: list[str]) -> int:
    unwind_on_endings()
    set_up(tests=True)
    browser = chromium.find()
    _remove_what_killed_runs_left()
    with _throw_away_var() as var, _throw_away_servers(var) as servers:
        env = processes.environment(
            **studio.hide_dotenv(),
            **studio.environment(var, servers.urls()) | {"DEBUG": "0", "CHROMIUM": str(browser)},
        )
        return _run_pytest([*_parallel(arguments), *arguments], env)


def _run_pytest(arguments: list[str], env: dict[str, str]) -> int:
    """In the terminal's own group, so that Ctrl-C reaches pytest, and a debugger the keyboard."""
    argv: list[str | Path] = [
        VENV_PYTHON,
        "-m",
        "pytest",
        "-p",
        "no:valkey",
        "--durations=10",
        *([f"--maxfail={_MOST_FAILURES_UNDER_CI}"] if _is_ci() else []),
        *arguments,
    ]
    with subprocess.Popen(
        argv, env=env, cwd=ROOT, preexec_fn=processes.die_with_parent(signal.SIGINT)
    ) as pytest:
        try:
            return _wait(pytest)
        except (SystemExit, subprocess.TimeoutExpired) as end:
            pytest.send_signal(signal.SIGINT)  # lets fixtures end what they started
            with contextlib.suppress(subprocess.TimeoutExpired):
                pytest.wait(_PATIENCE_WITH_PYTEST)
            pytest.kill()
            if isinstance(end, SystemExit):
                raise
            raise Trouble(f"The tests were not over after {end.timeout / 60:.0f} minutes.") from end


def _wait(pytest: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            return pytest.wait(_LONGEST_UNDER_CI if _is_ci() else None)
        except KeyboardInterrupt:  # pytest has it too, and ends by itself
            continue


def _is_ci() -> bool:
    return bool(os.environ.get("CI"))


def _parallel(arguments: list[str]) -> list[str]:
    """How pytest spreads the tests, unless the caller says so or asks for a few."""
    if any(argument.split("=")[0] in _ONE_BY_ONE for argument in arguments):
        return []
    if any(argument.startswith("-n") for argument in arguments):
        return []
    named = [argument for argument in arguments if (ROOT / argument.split("::")[0]).is_file()]
    if len(named) == 1:
        return []
    processes_of_pytest = max(2, min(4, os.cpu_count() or 2))
    return ["-n", str(processes_of_pytest), "--dist", "worksteal"]


@contextlib.contextmanager
def _throw_away_var() -> Iterator[Path]:
    """Where root runs this, PostgreSQL's user must be able to enter, hence the mode."""
    var = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    var.chmod(0o711)
    lock = studio.take_run_lock(var, f"bin/test, process {os.getpid()}")
    try:
        yield var
    finally:
        _remove(var)
        os.close(lock)


def _remove_what_killed_runs_left() -> None:
    """Their servers ended with them, their files did not. A folder without a lock is just being made."""
    for var in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if (var / studio.RUN_LOCK).exists() and var.stat().st_uid == os.geteuid():
            lock = locks.take(var / studio.RUN_LOCK)
            if lock is not None:
                _remove(var)
                os.close(lock)


def _remove(var: Path) -> None:
    shutil.rmtree((var / "postgres").resolve(), ignore_errors=True)  # may be a link to elsewhere
    shutil.rmtree(var, ignore_errors=True)


@contextlib.contextmanager
def _throw_away_servers(var: Path) -> Iterator[PrivateServers]:
    """Never those of DATABASE_URL and REDIS_URL, which somebody may need."""
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("REDIS_URL", None)
    with Minder() as minder:
        servers = PrivateServers(var, minder, durable=False)
        try:
            servers.start()
            yield servers
        finally:
            ignore_endings()
            servers.stop()


if __name__ == "__main__":
    run_command(test)
