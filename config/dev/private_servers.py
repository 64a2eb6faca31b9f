"""Both private servers, or those of them that the environment does not name."""

import os
from collections.abc import Callable
from pathlib import Path

from config.dev.minder import Minder
from config.dev.postgres import Postgres
from config.dev.server import Server
from config.dev.valkey import Valkey


class PrivateServers:
    """PostgreSQL unless DATABASE_URL is set, Valkey unless REDIS_URL is."""

    def __init__(self, var: Path, minder: Minder, *, durable: bool = True) -> None:
        logs = var / "logs"
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        if not os.environ.get("DATABASE_URL", "").strip():
            self.postgres = Postgres(var, logs / "postgres.log", minder, durable=durable)
        if not os.environ.get("REDIS_URL", "").strip():
            self.valkey = Valkey(var / "valkey", logs / "valkey.log", minder)

    @property
    def all(self) -> list[Server]:
        """In the order in which they stop."""
        return [server for server in (self.valkey, self.postgres) if server is not None]

    def start(self, *, given_up: Callable[[], bool] = lambda: False) -> None:
        for server in self.all:
            server.start(given_up=given_up)

    def stop(self) -> None:
        for server in self.all:
            server.stop()

    def urls(self) -> dict[str, str]:
        """The environment by which the studio finds its servers, private or not."""
        return {
            "DATABASE_URL": self.postgres.url if self.postgres else os.environ["DATABASE_URL"],
            "REDIS_URL": self.valkey.url if self.valkey else os.environ["REDIS_URL"],
        }
