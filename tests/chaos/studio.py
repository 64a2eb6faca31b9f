"""A whole studio of its own under a temporary folder, whose parts may be killed, frozen and taken away."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg.rows import dict_row
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.dev.minder import Minder
from config.ids import uuid7
from tests.chaos import history
from tests.chaos.names import World
from tests.chaos.orders import Mishap, StorageOrders, waiting
from tests.chaos.programs import Program
from tests.config import production
from tests.config.servers import PrivateServers, private_servers
from tests.dev.studios import ROOT

CONCURRENCY = 4
WORKERS = ("worker 1", "worker 2")
_ABOUT_ROOT = "ignore:You're running the worker with superuser privileges"
_TAKE_IN = """
    INSERT INTO media_library_mediafile (id, owner_id, name, file, size, checksum, status, reason,
                                         container, video_codec, audio_codec, poster, received,
                                         is_kept_twice)
    SELECT %s, owner_id, 'Copy.mp4', %s, size, checksum, 'processing', '', '', '', '', '', 0, false
    FROM media_library_mediafile WHERE id = %s
"""


class Studio:
    """Its clock starts when it is ready."""

    def __init__(self, var: Path, servers: PrivateServers, minder: Minder, static: Path) -> None:
        self.var = var
        self.servers = servers
        self.world = World({}, [])
        self._door = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._door.getsockname()[1]
        self.env = production.environment(
            DJANGO_SETTINGS_MODULE="config.settings",
            VAR_DIR=str(var),
            MEDIA_STORAGE="tests.chaos.storage.ObedientStorage",
            LINK_CONCURRENCY=str(CONCURRENCY),
            WEB_PROCESSES="1",
            WEB_THREADS="8",
            LOG_LEVEL="INFO",
            **servers.urls(),
        )
        (var / "static").symlink_to(static)
        python = (sys.executable, "-W", _ABOUT_ROOT)
        celery = (*python, "-m", "celery", "-q", "-A", "tests.chaos.worker", "worker")
        argvs: dict[str, tuple[str, ...]] = {
            "web": (*production.GUNICORN, "--bind", f"fd://{self._door.fileno()}"),
            **{
                name: (*celery, "--without-mingle", "--without-gossip", "-n", f"{number}@chaos")
                for number, name in enumerate(WORKERS, start=1)
            },
            "sweeper": (*python, "manage.py", "sweep"),
        }
        self.programs = {
            name: Program(name, argv, self.env, var / "logs" / f"{name}.log", minder)
            for name, argv in argvs.items()
        }
        self.web.argv = (*self.web.argv, "tests.chaos.wsgi")
        self.web.inherits = (self._door.fileno(),)
        self._redis = redis.Redis.from_url(
            servers.valkey.url, socket_timeout=5, retry=Retry(NoBackoff(), 1)
        )

    @property
    def web(self) -> Program:
        return self.programs["web"]

    @property
    def workers(self) -> list[Program]:
        return [self.programs[name] for name in WORKERS]

    @property
    def ready_workers(self) -> int:
        return sum(one.has_said("ready.") for one in self.workers)

    @property
    def redis(self) -> redis.Redis:
        return self._redis

    def _make_world(self) -> World:
        made = production.run("-m", "tests.chaos.world", env=self.env)
        assert made.returncode == 0, made.stderr
        with psycopg.connect(self.servers.postgres.url) as own:
            history.begin(own)
        return World.of(json.loads(made.stdout))

    def take_in_a_copy(self, media: str) -> str:
        """A new file in the same library, which nobody has examined yet, and nobody was called for."""
        fresh = str(uuid7())
        files = self.var / "media" / "files"
        (whole,) = (files / media).iterdir()
        (files / fresh).mkdir()
        shutil.copy(whole, files / fresh / "copy")
        self.write(_TAKE_IN, fresh, f"files/{fresh}/copy", media)
        return fresh

    def start(self) -> None:
        for program in (self.web, *self.workers):
            program.start()
        self.world = self._make_world()
        self.attend()
        self.visitor().get("/healthz")  # waits in the queue until somebody answers

    def visitor(self) -> production.Visitor:
        return production.Visitor(self.port, patience=10)

    def attend(self) -> None:
        for program in self.programs.values():
            program.attend()

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """On a connection of its own: one that was kept may have died with a server."""
        with psycopg.connect(self.servers.postgres.url, row_factory=dict_row) as own:
            return own.execute(query.encode(), values).fetchall()

    def write(self, query: str, *values: object) -> None:
        """Without an entry in the history, which is of the studio's own writes."""
        with psycopg.connect(self.servers.postgres.url) as own:
            own.execute("SET chaos.untold = 'yes'")
            own.execute(query.encode(), values)

    def wait_until(
        self, so: Callable[[], Any], *, within: float = 60, otherwise: Callable[[], object] = str
    ) -> float:
        """The seconds that it took. Meanwhile what has died is started again."""
        began = time.monotonic()
        while not so():
            assert time.monotonic() - began < within, f"it did not come true: {otherwise()}"
            self.attend()
            time.sleep(0.05)
        return time.monotonic() - began

    def cure(self) -> None:
        """Whatever a test that broke off has left: nothing that runs is ended by it."""
        StorageOrders().give(self.var)
        Mishap.call_off(self.var)
        waiting(self.var).unlink(missing_ok=True)

    def keep_logs(self, name: str) -> str:
        """Where nobody removes them, and in which words to say so."""
        folder = ROOT / "var" / "chaos" / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.var / "logs", folder)
        return f"Its diary and its logs are kept in {folder.relative_to(ROOT)}."

    def stop(self) -> None:
        self.cure()
        for program in self.programs.values():
            program.held = True
            program.kill()
        self._door.close()


@contextmanager
def studio(static: Path | None = None) -> Iterator[Studio]:
    """Not started yet. Afterwards nothing of it runs, and nothing of it is left."""
    var = Path(tempfile.mkdtemp(prefix="lectern-chaos-")).resolve()
    var.chmod(0o711)  # run by root, PostgreSQL is another user, who must come in
    with contextlib.ExitStack() as at_the_end:
        at_the_end.callback(_remove, var)
        servers = at_the_end.enter_context(private_servers(var))
        minder = at_the_end.enter_context(Minder())
        running = Studio(var, servers, minder, static or _collected(var))
        at_the_end.callback(running.stop)
        yield running


def _collected(var: Path) -> Path:
    own = var / "collected"
    own.mkdir()
    env = production.environment(VAR_DIR=str(own))
    production.manage("collectstatic", "--noinput", env=env)
    return own / "static"


def _remove(var: Path) -> None:
    shutil.rmtree((var / "postgres").resolve(), ignore_errors=True)  # may be a link to elsewhere
    shutil.rmtree(var, ignore_errors=True)
