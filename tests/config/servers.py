"""A PostgreSQL and a Valkey for one test, which may stop, hang and restart them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from config.dev.minder import Minder
from config.dev.postgres import Postgres
from config.dev.valkey import Valkey


class PrivateServers:
    def __init__(self, var: Path, minder: Minder) -> None:
        self.postgres = Postgres(var, var / "logs" / "postgres.log", minder, durable=True)
        self.valkey = Valkey(var / "valkey", var / "logs" / "valkey.log", minder)

    def urls(self) -> dict[str, str]:
        return {"DATABASE_URL": self.postgres.url, "REDIS_URL": self.valkey.url}

    def backends(self) -> list[int]:
        """Processes that serve a client of the studio."""
        with psycopg.connect(self.postgres.url) as own:
            found = own.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            return [pid for (pid,) in found]

    def end_all_backends(self) -> int:
        with psycopg.connect(self.postgres.url, autocommit=True) as own:
            ended = own.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            return len(ended.fetchall())


@contextmanager
def private_servers(var: Path) -> Iterator[PrivateServers]:
    with Minder() as minder:
        servers = PrivateServers(var, minder)
        try:
            servers.postgres.start()
            servers.valkey.start()
            yield servers
        finally:
            servers.valkey.stop()
            servers.postgres.stop()
