"""`.venv/bin/python -m benchmarks` with one of the names below: on servers of its own.

They are thrown away. The benchmark itself runs in a process of its own, with the settings of production.
"""

import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

from config.dev.minder import Minder
from config.dev.places import ROOT, VENV_PYTHON
from config.dev.private_servers import PrivateServers
from config.dev.processes import environment
from config.dev.trouble import Trouble, run_command

BENCHMARKS = {
    "pages": "benchmarks.pages",
    "library": "benchmarks.library",
    "editor": "benchmarks.editor",
    "heads": "benchmarks.heads",
    "linking": "benchmarks.linking.questions",
    "edits": "benchmarks.edits",
}


def bench(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in BENCHMARKS:
        raise Trouble(f"Which one? python -m benchmarks {' | '.join(BENCHMARKS)}")
    var = Path(tempfile.mkdtemp(prefix="lectern-bench-")).resolve()
    var.chmod(0o711)  # run by root, PostgreSQL is another user, who must come in
    try:
        with Minder() as minder:
            servers = PrivateServers(var, minder)
            servers.start()
            try:
                return _run(arguments[0], var, servers.urls())
            finally:
                servers.stop()
    finally:
        shutil.rmtree((var / "postgres").resolve())
        shutil.rmtree(var)


def _run(name: str, var: Path, urls: dict[str, str]) -> int:
    env = environment(
        **urls,
        VAR_DIR=str(var),
        SECRET_KEY=secrets.token_urlsafe(64),
        ALLOWED_HOSTS="studio.example,127.0.0.1",
        DEBUG="0",
        HTTPS="0",
        LOG_LEVEL="WARNING",
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    for command in (["bring_up"], ["collectstatic", "--noinput", "--verbosity", "0"]):
        subprocess.run(
            [VENV_PYTHON, "manage.py", *command],
            env=env,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    argv = [str(VENV_PYTHON), "-m", "benchmarks.with_django", BENCHMARKS[name]]
    return subprocess.run(argv, env=env, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    run_command(bench)
