"""`manage.py sweep`, as a process: it outlives the servers that it needs."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from courses.models import Chapter, Video
from tests.conftest import ROOT
from tests.courses.link_stories import linking, nobody_sweeps, wait_until
from tests.courses.test_linking_worker import LONG_AGO

Environment = dict[str, str]
pytestmark = pytest.mark.django_db(transaction=True)


class SweepProcess:
    def __init__(self, environment: Environment, log: Path) -> None:
        self.log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "sweep", "--every", "0.1"],
                cwd=ROOT,
                env=environment,
                stdout=file,
                stderr=file,
            )

    def said(self, words: str) -> int:
        return self.log.read_text().count(words)

    def stop(self) -> float:
        """The seconds that it took."""
        started = time.monotonic()
        self.process.terminate()
        self.process.wait(30)
        return time.monotonic() - started


@pytest.fixture
def start(
    studio_environment: Environment, redis_server: redis.Redis, tmp_path: Path
) -> Iterator[Callable[..., SweepProcess]]:
    redis_server.flushdb()
    nobody_sweeps()
    processes: list[SweepProcess] = []

    def start(**environment: str) -> SweepProcess:
        log = tmp_path / f"sweep{len(processes)}.log"
        processes.append(SweepProcess(studio_environment | environment, log))
        wait_until(lambda: processes[-1].said("Sweeping"))
        return processes[-1]

    yield start
    for process in processes:
        process.stop()
    redis_server.flushdb()


def waiting(chapter: Chapter) -> Video:
    video = linking(chapter)
    Video.objects.filter(pk=video.pk).update(due_at=LONG_AGO)
    return video


def test_it_calls_for_what_waits_and_ends_when_told(
    start: Callable[..., SweepProcess], chapter: Chapter, redis_server: redis.Redis
) -> None:
    waiting(chapter)
    sweep = start()
    wait_until(lambda: redis_server.llen("celery"))
    assert _only_message(redis_server) == "courses.link_next"
    assert sweep.stop() < 10
    assert sweep.process.returncode in (0, -signal.SIGALRM)


def _only_message(redis_server: redis.Redis) -> str:
    (message,) = redis_server.lrange("celery", 0, -1)
    task: str = json.loads(message)["headers"]["task"]
    return task


def test_it_goes_on_when_redis_comes_back_and_says_so_once(
    start: Callable[..., SweepProcess],
    chapter: Chapter,
    redis_server: redis.Redis,
    tmp_path: Path,
) -> None:
    real = urlsplit(settings.REDIS_URL)
    socket = tmp_path / "redis.sock"
    waiting(chapter)
    sweep = start(REDIS_URL=f"unix://{socket}?db={parse_qs(real.query)['db'][0]}")
    wait_until(lambda: sweep.said("Redis does not answer"))
    time.sleep(1)
    socket.symlink_to(real.path)
    wait_until(lambda: redis_server.llen("celery"))
    wait_until(lambda: sweep.said("Redis answers again"))
    assert sweep.said("does not answer") == 1


def test_it_goes_on_when_postgresql_comes_back_and_says_so_once(
    start: Callable[..., SweepProcess], chapter: Chapter, redis_server: redis.Redis
) -> None:
    sweep = start()
    with _nobody_may_connect():
        wait_until(lambda: sweep.said("PostgreSQL does not answer"))
        time.sleep(1)
    wait_until(lambda: sweep.said("PostgreSQL answers again"))
    waiting(chapter)
    wait_until(lambda: redis_server.llen("celery"))
    assert sweep.said("does not answer") == 1


@contextmanager
def _nobody_may_connect() -> Iterator[None]:
    """As if the server were away: who is connected is cut off, who comes is sent away. Not this test."""
    database = connection.settings_dict
    name = connection.ops.quote_name(database["NAME"])
    mine = _value("SELECT pg_backend_pid()")
    with psycopg.connect(
        host=database["HOST"], user=database["USER"], dbname="postgres", autocommit=True
    ) as server:
        server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
            [database["NAME"], mine],
        )
        try:
            yield
        finally:
            server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")


def test_it_ends_within_a_second_while_its_servers_hang(
    start: Callable[..., SweepProcess], chapter: Chapter, studio_environment: Any
) -> None:
    """A lock that nobody gives free stands for a server that does not answer."""
    sweep = start()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE courses_video")
        wait_until(
            lambda: _value("SELECT count(*) FROM pg_locks WHERE NOT granted"),
        )
        assert sweep.stop() < 5
        assert sweep.process.returncode in (0, -signal.SIGALRM)
        cursor.execute("ROLLBACK")


def _value(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        (value,) = cursor.fetchone() or (None,)
        return value


def test_one_sweep_is_enough_for_a_timer_of_the_system(
    studio_environment: Environment, chapter: Chapter, redis_server: redis.Redis
) -> None:
    redis_server.flushdb()
    nobody_sweeps()
    waiting(chapter)
    command = [sys.executable, "manage.py", "sweep", "--once"]
    subprocess.run(command, cwd=ROOT, env=studio_environment, check=True, timeout=60)
    assert redis_server.llen("celery") == 1
