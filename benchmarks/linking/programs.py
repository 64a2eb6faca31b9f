"""The studio's own processes, for as long as a question is asked."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

from config.celery import app
from config.dev.places import ROOT
from config.dev.processes import die_with_parent


@contextmanager
def web(*arguments: str, **env: str) -> Iterator[str]:
    """gunicorn as in production, or with another application; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    argv = ["gunicorn", "--bind", f"127.0.0.1:{port}", *(arguments or ("-c", "config/gunicorn.py"))]
    with _program(argv, **env):
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/healthz")
        yield address


@contextmanager
def worker(**env: str) -> Iterator[None]:
    """Ready: it has answered a ping."""
    argv = ["celery", "-q", "-A", "config.celery", "worker", "--without-mingle", "--without-gossip"]
    with _program(argv, **env):
        while not app.control.ping(timeout=0.5):
            pass
        yield


@contextmanager
def _program(argv: list[str], **env: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", *argv],
        cwd=ROOT,
        env=os.environ | {"LOG_LEVEL": "WARNING"} | env,
        stdout=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - no thread runs yet
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            urlopen(address).close()  # noqa: S310 - our own
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
