"""Running the studio as production does, and asking it over HTTP as a proxy would."""

import contextlib
import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.dev.studios import ROOT, bare_environment, wait_until

HOST = "studio.example"
GUNICORN = (sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py")
PASSWORD = "a long word of nobody"

# What pytest's own settings say about the environment is not what an operator says.
_OF_PYTEST = (
    "DJANGO_SETTINGS_MODULE",
    "ALLOWED_HOSTS",
    "HTTPS",
    "LOG_LEVEL",
    "DJANGO_ALLOW_ASYNC_UNSAFE",  # of the tests with a browser
)


def environment(**given: str) -> dict[str, str]:
    """As an operator would give it: no DEBUG, https, one proxy."""
    inherited = {name: text for name, text in bare_environment().items() if name not in _OF_PYTEST}
    return (
        inherited
        | {
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": HOST,
            "TRUSTED_PROXIES": "1",
            "DATABASE_URL": "postgresql:///lectern?host=/nowhere",
            "REDIS_URL": "unix:///nowhere/valkey.sock",
            "PYTHONUNBUFFERED": "1",
        }
        | given
    )


def run(*arguments: str, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Python of this virtual environment, to its end."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=env,
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
    )


def manage(*arguments: str, env: dict[str, str]) -> str:
    done = run("manage.py", *arguments, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Visitor:
    """A browser without scripts, behind the TLS proxy. It keeps cookies, and follows nothing."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    patience: float = 30
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        return self.ask(method, path, headers=headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        content = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields), headers=content | headers)

    def ask(self, method: str, path: str, body: str = "", *, headers: dict[str, str]) -> Answer:
        """Underscores stand for hyphens in the names of headers."""
        sent = {"Host": HOST, "X-Forwarded-Proto": "https", "Origin": f"https://{HOST}"}
        sent |= {name.replace("_", "-"): value for name, value in (self.headers | headers).items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        began = time.monotonic()
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            if body or method == "POST":
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body.encode() or None)
            response = connection.getresponse()
            content = response.read()
        self._keep_cookies(response.headers)
        return Answer(response.status, response.headers, content, time.monotonic() - began)

    def _keep_cookies(self, headers: Message) -> None:
        for line in headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value

    def sign_in(self, username: str) -> "Visitor":
        token = self.token_of("/accounts/login/")
        fields = {"csrfmiddlewaretoken": token, "username": username, "password": PASSWORD}
        answer = self.post("/accounts/login/", fields)
        assert answer.status == 302, answer.text
        return self

    def token_of(self, path: str) -> str:
        page = self.get(path)
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert found, page.text
        return found[1]


class Web:
    """A real gunicorn with the configuration of production, on a port of its own."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.env = env
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._door = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._door.getsockname()[1]

    def visitor(self, **headers: str) -> Visitor:
        return Visitor(self.port, headers)

    def start(self) -> "Web":
        door = self._door.fileno()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*GUNICORN, "--bind", f"fd://{door}"],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(door,),
                start_new_session=True,
            )
        self.visitor().get("/healthz")  # waits in the queue until somebody answers
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self._door.close()

    def lines(self) -> list[dict[str, Any]]:
        """What it logged. Every line must be JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def logged(self, **fields: object) -> dict[str, Any]:
        """Wait for the line with these fields."""
        found: list[dict[str, Any]] = []

        def is_there() -> bool:
            found[:] = [line for line in self.lines() if fields.items() <= line.items()]
            return bool(found)

        wait_until(is_there, otherwise=self.log.read_text)
        return found[-1]


@contextlib.contextmanager
def web(env: dict[str, str], log: Path) -> Iterator[Web]:
    server = Web(env, log)
    try:
        yield server.start()
    finally:
        server.stop()
