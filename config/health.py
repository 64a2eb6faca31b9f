"""`/healthz`: the process is alive. `/readyz`: it can do its work, or which part keeps it from that.

A middleware, not two views: who asks is a machine that knows the studio by its number and not by a
name of ALLOWED_HOSTS, speaks plain http behind the proxy, and wants an answer from a studio whose
database gives none."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.middleware import Answer

_log = logging.getLogger("lectern.health")


def middleware(get_response: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponseBase:
        match request.path:
            case "/healthz":
                return HttpResponse("ok\n", content_type="text/plain")
            case "/readyz":
                return readiness()
            case _:
                return get_response(request)

    return answer


class Asking:
    """One question at a time: more would hold a connection each, beyond the sum in docs/deploy.md, and
    all threads, while a server hangs. Who waited for the answer to another one takes that."""

    _PATIENCE = 4.0

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._answered = -1.0
        self._parts: dict[str, str] = {}

    def ask(self) -> dict[str, str]:
        came = time.monotonic()
        if not self._asking.acquire(timeout=self._PATIENCE):
            return {
                "postgresql": "does not answer",
                "redis": "does not answer",
                "migrations": "unknown",
            }
        try:
            if self._answered < came:
                self._parts = _ask_all()
                self._answered = time.monotonic()
            return self._parts
        finally:
            self._asking.release()


_asking = Asking()


def readiness() -> JsonResponse:
    parts = _asking.ask()
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def _ask_all() -> dict[str, str]:
    with _new_connection() as database:
        parts = {"postgresql": _postgresql(database), "redis": _redis(), "migrations": "unknown"}
        if parts["postgresql"] == "ok":
            parts["migrations"] = _migrations(database)
    return parts


@contextmanager
def _new_connection() -> Iterator[BaseDatabaseWrapper]:
    """Only for a new one is there a limit in time: a kept one waits for a server that hangs."""
    own = connections[DEFAULT_DB_ALIAS].copy()
    own.settings_dict["OPTIONS"]["connect_timeout"] = 2  # libpq waits no shorter
    try:
        yield own
    finally:
        own.close()


def _postgresql(database: BaseDatabaseWrapper) -> str:
    try:
        database.ensure_connection()
    except Error as error:
        _log.warning("PostgreSQL does not answer: %s", error)
        return "does not answer"
    return "ok"


def _redis() -> str:
    """Without the client's own retries, which take 8 s when Redis hangs."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=1,
            socket_connect_timeout=1,
            retry=Retry(NoBackoff(), 0),
        ) as client:
            client.ping()
    except redis.RedisError as error:
        _log.warning("Redis does not answer: %s", error)
        return "does not answer"
    return "ok"


_migrated = threading.Event()


def _migrations(database: BaseDatabaseWrapper) -> str:
    """Looked up until they are all applied: after that only a new start of the process can tell more."""
    if not _migrated.is_set():
        executor = MigrationExecutor(database)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            _migrated.set()
    return "ok" if _migrated.is_set() else "not applied"
