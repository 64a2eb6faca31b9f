"""The private Valkey."""

import os
import signal
from pathlib import Path

import pytest
import redis

from config.dev.minder import Minder
from config.dev.trouble import Trouble
from config.dev.valkey import Valkey
from tests.dev.studios import is_free, wait_until


@pytest.fixture(params=["var", "mit Leerzeichen & Umläuten ß", "x" * 120])
def home(folder: Path, request: pytest.FixtureRequest) -> Path:
    home: Path = folder / request.param / "valkey"
    home.parent.mkdir()
    return home


def test_what_was_written_is_there_after_a_restart(home: Path) -> None:
    for start in (1, 2):
        server = Valkey(home, home.parent / "log", Minder())
        server.start()
        with redis.Redis.from_url(server.url) as client:
            assert client.incr("starts") == start
            assert client.config_get("port")["port"] == "0"
        server.stop()


def test_an_orphan_is_stopped_and_replaced(folder: Path) -> None:
    orphan = Valkey(folder / "valkey", folder / "log", Minder())
    orphan.start()
    server = Valkey(folder / "valkey", folder / "log", Minder())
    server.start()
    assert orphan.process
    assert orphan.process.wait(5) == 0
    server.stop()


def test_a_kill_is_no_obstacle_to_the_next_start(folder: Path) -> None:
    server = Valkey(folder / "valkey", folder / "log", Minder())
    server.start()
    assert server.process
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    wait_until(lambda: is_free(folder / "valkey" / "server.lock"))
    server.has_stopped()
    server.start()
    server.stop()


def test_a_server_that_does_not_start_shows_the_end_of_its_log(folder: Path) -> None:
    damaged = folder / "valkey" / "data" / "appendonlydir"
    damaged.mkdir(parents=True)
    (damaged / "appendonly.aof.manifest").write_text("nonsense\n")
    with pytest.raises(Trouble, match="Valkey did not start") as caught:
        Valkey(folder / "valkey", folder / "log", Minder()).start()
    assert "manifest" in caught.value.detail
