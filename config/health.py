"""`/healthz`: the process is alive. `/readyz`: it can do its work, or which part keeps it from that.

A middleware, not two views: who asks is a machine that knows the studio by its number and not by a
name of ALLOWED_HOSTS, speaks plain http behind the proxy, and wants an answer from a studio whose
database gives none."""

import logging
from functools import cache

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

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


def readiness() -> JsonResponse:
    parts = {"postgresql": _postgresql(), "redis": _redis(), "migrations": "unknown"}
    if parts["postgresql"] == "ok":
        parts["migrations"] = _migrations()
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def _postgresql() -> str:
    try:
        connection.close_if_health_check_failed()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        _log.warning("PostgreSQL does not answer: %s", error)
        return "does not answer"
    return "ok"


def _redis() -> str:
    try:
        _redis_client().ping()
    except redis.RedisError as error:
        _log.warning("Redis does not answer: %s", error)
        return "does not answer"
    return "ok"


@cache
def _redis_client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


_migrated = False


def _migrations() -> str:
    """Looked up until they are all applied: after that only a new start of the process can tell more."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if _migrated else "not applied"
