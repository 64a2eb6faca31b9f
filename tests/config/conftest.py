"""A studio of production, with a database of its own, for all tests of one pytest process."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from config.dev import locks
from tests.config import production, servers
from tests.config.production import PASSWORD, Visitor, Web
from tests.config.servers import PrivateServers


@pytest.fixture(scope="session")
def static_var() -> Path:
    """A VAR_DIR whose static files are collected. That takes seconds, so one pytest process does it."""
    var = Path(os.environ["VAR_DIR"]).parent / "production"
    with locks.held(var.with_suffix(".lock"), while_waiting=""):
        if not (var / "static" / "staticfiles.json").exists():
            env = production.environment(VAR_DIR=str(var))
            production.manage("collectstatic", "--noinput", env=env)
    return var


@pytest.fixture(scope="session")
def studio(static_var: Path, worker_id: str) -> Iterator[dict[str, str]]:
    """Its environment: a migrated database in which only Ada and a member of staff stand."""
    name = sql.Identifier(f"lectern_production_{worker_id}")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
        env = production.environment(
            DJANGO_SETTINGS_MODULE="tests.config.stand_in.settings",
            VAR_DIR=str(static_var),
            DATABASE_URL=os.environ["DATABASE_URL"].replace("/lectern?", f"/{name._obj[0]}?"),
            REDIS_URL=_database_of_its_own(os.environ["REDIS_URL"]),
            WEB_PROCESSES="1",
            WEB_THREADS="4",
        )
        production.manage("bring_up", env=env)
        make_people(env)
        yield env
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _database_of_its_own(redis_url: str) -> str:
    """tests/settings.py counts from 1."""
    base, _, number = redis_url.rpartition("=")
    return f"{base}={int(number) + 8}"


def make_people(env: dict[str, str]) -> None:
    for name in ("ada", "admin"):
        password = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
        person = ("--noinput", f"--username={name}", f"--email={name}@example.org")
        production.manage("createsuperuser", *person, env=env | password)


@pytest.fixture(scope="session")
def web(studio: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Running."""
    with production.web(studio, tmp_path_factory.mktemp("web") / "web.log") as server:
        yield server


@pytest.fixture
def visitor(web: Web) -> Visitor:
    return web.visitor()


@pytest.fixture(scope="session")
def ada(web: Web) -> Visitor:
    """Signed in."""
    return web.visitor().sign_in("ada")


StartWeb = Callable[..., Web]


@pytest.fixture
def start_web(studio: dict[str, str], tmp_path: Path) -> Iterator[StartWeb]:
    """Another web process, with these variables changed."""
    with ExitStack() as running:

        def start(**changes: str) -> Web:
            log = tmp_path / f"web-{len(list(tmp_path.iterdir()))}.log"
            return running.enter_context(production.web(studio | changes, log))

        yield start


@pytest.fixture(scope="module")
def private_servers(static_var: Path) -> Iterator[PrivateServers]:
    """Running, with a studio inside as in `studio`."""
    var = Path(tempfile.mkdtemp(prefix="lectern-private-")).resolve()
    var.chmod(0o711)  # tests run by root run PostgreSQL as `nobody`
    with servers.private_servers(var) as running:
        env = production.environment(VAR_DIR=str(static_var), **running.urls())
        production.manage("bring_up", env=env)
        make_people(env)
        yield running
    shutil.rmtree((var / "postgres").resolve())
    shutil.rmtree(var)
