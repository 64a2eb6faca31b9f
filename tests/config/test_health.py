"""/healthz and /readyz, as a load balancer asks them."""

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from config.dev.server import Server
from tests.config import production
from tests.config.conftest import StartWeb
from tests.config.production import Answer, Visitor
from tests.config.servers import PrivateServers

ALL_WELL = {"ready": True, "postgresql": "ok", "redis": "ok", "migrations": "ok"}
NOWHERE = {
    "DATABASE_URL": "postgresql:///lectern?host=/nowhere",
    "REDIS_URL": "unix:///nowhere/valkey.sock?db=0",
}


def readiness(visitor: Visitor) -> dict[str, object]:
    """The answer; its status says the same."""
    answer = visitor.get("/readyz")
    told: dict[str, object] = json.loads(answer.text)
    assert answer.status == (200 if told["ready"] else 503)
    assert answer.seconds < 20
    assert set(told) == set(ALL_WELL)
    assert set(map(str, told.values())) <= {
        *("True", "False", "ok", "does not answer", "not applied", "unknown")
    }
    return told


@contextmanager
def stopped(server: Server) -> Iterator[None]:
    """It keeps its socket, and answers nothing there."""
    assert server.process
    server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.process.send_signal(signal.SIGCONT)


def assert_is_alive(answer: Answer) -> None:
    assert (answer.status, answer.text) == (200, "ok\n")
    assert "Set-Cookie" not in answer.headers


def test_alive_touches_nothing(start_web: StartWeb) -> None:
    server = start_web(**NOWHERE)
    answer = server.visitor().get("/healthz")
    assert_is_alive(answer)
    assert answer.seconds < 10


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "10.0.0.7:8000"},
        {"Host": "not a host!"},
        {"X_Forwarded_Proto": "http"},
        {"Cookie": "lectern_session=of-somebody"},
    ],
)
def test_whoever_asks_gets_an_answer(visitor: Visitor, headers: dict[str, str]) -> None:
    assert_is_alive(visitor.get("/healthz", **headers))
    assert visitor.get("/readyz", **headers).status == 200


def test_head_is_enough(visitor: Visitor) -> None:
    for path in ("/healthz", "/readyz"):
        answer = visitor.get(path, method="HEAD")
        assert (answer.status, answer.body) == (200, b"")


def test_ready(visitor: Visitor) -> None:
    assert readiness(visitor) == ALL_WELL


def test_a_database_that_refuses_is_named(start_web: StartWeb) -> None:
    told = readiness(start_web(DATABASE_URL=NOWHERE["DATABASE_URL"]).visitor())
    assert told == ALL_WELL | {
        "ready": False,
        "postgresql": "does not answer",
        "migrations": "unknown",
    }


def test_a_closed_socket_of_redis_is_named(start_web: StartWeb) -> None:
    told = readiness(start_web(REDIS_URL=NOWHERE["REDIS_URL"]).visitor())
    assert told == ALL_WELL | {"ready": False, "redis": "does not answer"}


def test_a_migration_that_is_missing_is_named(studio: dict[str, str], start_web: StartWeb) -> None:
    name = "lectern_unmigrated_" + os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
        try:
            url = os.environ["DATABASE_URL"].replace("/lectern?", f"/{name}?")
            production.manage("migrate", "courses", "zero", env=studio | {"DATABASE_URL": url})
            visitor = start_web(DATABASE_URL=url).visitor()
            assert readiness(visitor) == ALL_WELL | {"ready": False, "migrations": "not applied"}
            production.manage("bring_up", env=studio | {"DATABASE_URL": url})
            assert readiness(visitor) == ALL_WELL
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_cause_stands_in_the_log_and_not_in_the_answer(start_web: StartWeb) -> None:
    url = "postgresql://lectern:a-password@/lectern?host=/nowhere"
    server = start_web(DATABASE_URL=url)
    readiness(server.visitor())
    line = server.logged(logger="lectern.health")
    assert "/nowhere" in line["message"]
    assert "a-password" not in server.log.read_text()


class TestServersThatHang:
    """SIGSTOP: the kernel still takes connections and bytes for them."""

    @pytest.fixture
    def servers(self, private_servers: PrivateServers) -> PrivateServers:
        return private_servers

    @pytest.fixture
    def visitor(self, servers: PrivateServers, start_web: StartWeb) -> Visitor:
        visitor = start_web(**servers.urls()).visitor()
        assert readiness(visitor) == ALL_WELL
        return visitor

    def test_redis(self, servers: PrivateServers, visitor: Visitor) -> None:
        with stopped(servers.valkey):
            told = readiness(visitor)
            assert told == ALL_WELL | {"ready": False, "redis": "does not answer"}
        assert readiness(visitor) == ALL_WELL

    def test_postgresql_with_all_its_backends(
        self, servers: PrivateServers, visitor: Visitor
    ) -> None:
        visitor.get("/accounts/login/")
        backends = servers.backends()
        assert backends
        with stopped(servers.postgres):
            try:
                for backend in backends:
                    os.kill(backend, signal.SIGSTOP)
                assert readiness(visitor)["postgresql"] == "does not answer"
            finally:
                for backend in backends:
                    os.kill(backend, signal.SIGCONT)
        assert readiness(visitor) == ALL_WELL

    def test_both(self, servers: PrivateServers, visitor: Visitor) -> None:
        with stopped(servers.postgres), stopped(servers.valkey):
            told = readiness(visitor)
        assert (told["postgresql"], told["redis"]) == ("does not answer", "does not answer")

    def test_many_who_ask_at_the_same_time(
        self, servers: PrivateServers, start_web: StartWeb
    ) -> None:
        """Each would wait 2 s for PostgreSQL: who waited for another's answer takes that one."""
        web = start_web(**servers.urls())
        visitor = web.visitor()
        assert readiness(visitor) == ALL_WELL
        with stopped(servers.postgres), ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: visitor.get("/readyz"), range(16)))
        assert {answer.status for answer in answers} == {503}
        assert web.log.read_text().count("PostgreSQL does not answer") < 16


def test_a_server_that_takes_connections_and_says_nothing(
    start_web: StartWeb, tmp_path: Path
) -> None:
    """As a firewall does, or another program at that port."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        heard = threading.Event()

        def listen() -> None:
            with door.accept()[0] as client:
                heard.set()
                client.recv(1)
                client.recv(1024)

        threading.Thread(target=listen, daemon=True).start()
        port = door.getsockname()[1]
        url = f"postgresql://lectern@127.0.0.1:{port}/lectern"
        told = readiness(start_web(DATABASE_URL=url).visitor())
        assert heard.wait(5)
    assert told["postgresql"] == "does not answer"
