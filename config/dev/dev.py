"""`bin/dev`: sets everything up and runs the studio until somebody ends it."""

import contextlib
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from config import env as dotenv
from config.dev import studio
from config.dev.code_changes import CodeChanges
from config.dev.listening import Address, listen
from config.dev.minder import Minder
from config.dev.places import ROOT, VENV_PYTHON, var_dir
from config.dev.private_servers import PrivateServers
from config.dev.program import GENTLY_THEN_COLD, Plan
from config.dev.ready_check import ReadyCheck
from config.dev.runner import Runner
from config.dev.setup import set_up
from config.dev.signals import unwind_on_endings
from config.dev.terminal import Terminal
from config.dev.trouble import GivenUp, run_command

_ACCOUNTS = "Sign in as ada or grace (instructors) or admin (staff); the password is lectern."

# Root is no danger here: the messages are JSON. In a container everybody is root.
_ABOUT_ROOT = "ignore:You're running the worker with superuser privileges"


def dev(_arguments: list[str]) -> int:
    return run(set_up, _bring_up, _programs, code=ROOT)


def run(
    prepare: Callable[[], None],
    bring_up: Callable[[bool], Plan],
    programs: Callable[[Path, socket.socket], list[Plan]],
    *,
    code: Path,
) -> int:
    """Whatever programs: `bring_up` is told whether to make the demo world, `programs` what they
    need to know of the VAR_DIR and of the socket to listen at.
    """
    unwind_on_endings()
    # The programs read `.env` themselves, anew at each start, so that a change of it takes effect.
    given = dict(os.environ)
    dotenv.load_dotenv()
    address = Address.from_environment()
    # The demo world's password is known: it is for a desk, and for a database that nobody else has.
    is_debug = dotenv.flag("DEBUG", default=True)
    var = var_dir()
    studio.take_run_lock(var, f"process {os.getpid()}, {address.url}")
    with contextlib.suppress(GivenUp), listen(address) as door, Minder() as minder:
        prepare()
        servers = PrivateServers(var, minder)
        runner = Runner(servers, Terminal.of_this_process(), minder)
        with runner.running():
            env = given | _environment(var, servers, address)
            studio.publish(var, env)
            try:
                has_demo = servers.postgres is not None and is_debug
                runner.run_to_its_end(bring_up(has_demo), env)
                runner.keep_running(
                    programs(var, door),
                    env,
                    CodeChanges(code, but_not=var),
                    ReadyCheck(address),
                    _welcome(address, accounts=has_demo),
                )
            finally:
                studio.unpublish(var)
    return 0


def _environment(var: Path, servers: PrivateServers, address: Address) -> dict[str, str]:
    """What every program is told. Servers and address stay as they are until the next bin/dev."""
    return studio.environment(var, servers.urls()) | {
        "HOST": address.host,
        "PORT": str(address.port),
    }


def _bring_up(demo: bool) -> Plan:
    arguments = ("--demo",) if demo else ()
    return Plan("setup", _python("manage.py", "bring_up", *arguments), once=True)


def _programs(var: Path, door: socket.socket) -> list[Plan]:
    bind = f"fd://{door.fileno()}"
    schedule = str(var / "celerybeat-schedule")
    return [
        Plan(
            "web",
            _python("-m", "gunicorn", "-c", "config/gunicorn.py", "--bind", bind, "config.wsgi"),
            last_word=signal.SIGQUIT,  # gunicorn takes its workers along
            inherits=(door.fileno(),),
        ),
        Plan(
            "worker",
            _celery("worker", "--without-mingle", "--without-gossip"),  # there is nobody to ask
            steps=GENTLY_THEN_COLD,
            ready_words=b"ready.",
        ),
        Plan("beat", _celery("beat", "-s", schedule)),
        Plan("sweeper", _python("manage.py", "sweep")),
    ]


def _celery(*arguments: str) -> list[str]:
    """Quiet: its banners are longer than what the studio itself has to say."""
    return _python("-W", _ABOUT_ROOT, "-m", "celery", "-q", "-A", "config.celery", *arguments)


def _python(*arguments: str) -> list[str]:
    return [str(VENV_PYTHON), *arguments]


def _welcome(address: Address, *, accounts: bool) -> str:
    lines = [f"The studio is ready: {address.url}", "Ctrl-C ends it."]
    if accounts:
        lines.insert(1, _ACCOUNTS)
    return "\n".join(lines)


if __name__ == "__main__":
    run_command(dev)
