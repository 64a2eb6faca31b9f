"""What every test may use."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError, connection
from django.test import TransactionTestCase

from tests.people import author, client_of, co_author, staff, stranger  # noqa: F401


class FailuresAtOnce:
    """Where the reports of all processes come together: the end, with its tracebacks, may not come."""

    def __init__(self, config: pytest.Config) -> None:
        self.terminal = config.pluginmanager.get_plugin("terminalreporter")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self.terminal is not None:
            crash = getattr(report.longrepr, "reprcrash", None)
            said = (crash.message if crash else report.longreprtext)[:300]
            free = shutil.disk_usage(settings.VAR_DIR).free // 1_000_000
            where = f"{report.when} of {report.nodeid} failed, with {free:,} MB of disk free:"
            self.terminal.write_line(f"\n{where} {said}")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        config.pluginmanager.register(FailuresAtOnce(config))


_empty_tables = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def _empty_tables_for_sure(case: TransactionTestCase) -> None:
    """What a request of a test still holds cannot keep rows there: they would fail all tests after it."""
    try:
        _empty_tables(case)
    except (CommandError, DatabaseError) as error:
        print(f"The tables were in use after a test: {error}")
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        _empty_tables(case)


TransactionTestCase._fixture_teardown = _empty_tables_for_sure  # type: ignore[attr-defined]

# Set by the tests with a browser for their own process: see tests/browser/conftest.py.
OF_BROWSERS = "DJANGO_ALLOW_ASYNC_UNSAFE"
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def studio_environment(django_db_setup: None) -> dict[str, str]:
    """For processes of the studio that work beside the test, on its own database, Redis and files."""
    database = connection.settings_dict
    host = quote(str(database["HOST"]), safe="")
    inherited = {name: value for name, value in os.environ.items() if name != OF_BROWSERS}
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={host}",
        "REDIS_URL": settings.REDIS_URL,
        "LOG_LEVEL": "INFO",
        "LINK_CONCURRENCY": "4",
    }


@pytest.fixture
def redis_server() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL)


class CeleryWorker:
    """A real worker process."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "celery",
                    "-A",
                    "config.celery",
                    "worker",
                    "--without-mingle",
                ],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None


@pytest.fixture
def celery_worker(
    transactional_db: None,
    studio_environment: dict[str, str],
    redis_server: redis.Redis,
    tmp_path: Path,
) -> Iterator[CeleryWorker]:
    """Running; whatever waited in Redis from another test is gone."""
    redis_server.flushdb()
    worker = CeleryWorker(dict(studio_environment), tmp_path / "worker.log")
    worker.start()
    yield worker
    worker.stop()
    redis_server.flushdb()
