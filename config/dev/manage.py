"""`bin/manage <command>`: manage.py with the private servers, whether they run or not."""

import os
import signal
import subprocess
import time
from pathlib import Path

from config import env as dotenv
from config.dev import studio
from config.dev.minder import Minder
from config.dev.places import ROOT, VENV_PYTHON, var_dir
from config.dev.private_servers import PrivateServers
from config.dev.processes import die_with_parent, environment
from config.dev.setup import set_up
from config.dev.signals import ignore_endings, unwind_on_endings
from config.dev.trouble import Trouble, run_command, say

_PATIENCE_WITH_ANOTHERS_START = 120.0


def manage(arguments: list[str]) -> int:
    unwind_on_endings()
    dotenv.load_dotenv()
    set_up()
    var = var_dir()
    argv = [str(VENV_PYTHON), str(ROOT / "manage.py"), *arguments]
    try:
        lock = studio.take_run_lock(var, f"bin/manage, process {os.getpid()}")
    except studio.AlreadyRunning:
        env = _of_the_running_studio(var)
        borrowed = studio.borrow_servers(var)
        if borrowed is not None:
            os.set_inheritable(borrowed, True)  # noqa: FBT003
        os.execve(argv[0], argv, environment(**env))  # noqa: S606
    try:
        with Minder() as minder:
            return _with_servers_of_our_own(PrivateServers(var, minder), var, argv)
    finally:
        os.close(lock)


def _of_the_running_studio(var: Path) -> dict[str, str]:
    """It may still be starting."""
    deadline = time.monotonic() + _PATIENCE_WITH_ANOTHERS_START
    while not (env := studio.published(var)):
        if time.monotonic() > deadline:
            raise Trouble(f"Another command starts the servers of {var} and does not get done.")
        time.sleep(0.05)
    return env | {"VAR_DIR": str(var)}


def _with_servers_of_our_own(servers: PrivateServers, var: Path, argv: list[str]) -> int:
    try:
        servers.start()
        env = studio.environment(var, servers.urls())
        studio.publish(var, env)
        code = _in_the_foreground(argv, environment(**env))
        _wait_for_borrowers(var)
    finally:
        ignore_endings()
        studio.unpublish(var)
        servers.stop()
    return code


def _wait_for_borrowers(var: Path) -> None:
    if studio.servers_are_borrowed(var):
        say("Another bin/manage uses the servers; waiting for it before they stop …")
    while studio.servers_are_borrowed(var):
        time.sleep(0.1)


def _in_the_foreground(argv: list[str], env: dict[str, str]) -> int:
    """In the terminal's own group, so that a shell or a password prompt works."""
    with subprocess.Popen(
        argv, env=env, cwd=ROOT, preexec_fn=die_with_parent(signal.SIGTERM)
    ) as program:
        while True:
            try:
                return program.wait()
            except KeyboardInterrupt:
                continue  # the program has it too; what it means is for the program to say
            except SystemExit:
                program.terminate()
                program.wait()
                raise


if __name__ == "__main__":
    run_command(manage)
