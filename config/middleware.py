"""What happens to every request, whatever it asks for."""

import logging
import re
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import OperationalError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config import logs
from config.errors import ServiceUnavailable, not_found, service_unavailable
from config.ids import uuid7

Answer = Callable[[HttpRequest], HttpResponseBase]

_log = logging.getLogger("lectern.request")
_ID_OF_A_PROXY = re.compile(r"[A-Za-z0-9._-]{8,64}")
_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # data: for the icons in the stylesheet of Django's admin
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def request_id(get_response: Answer) -> Answer:
    """Give the request an id, and say in one line what became of it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        token = logs.request_id.set(given if _ID_OF_A_PROXY.fullmatch(given) else uuid7().hex)
        started = time.perf_counter()
        try:
            response = get_response(request)
            response["X-Request-ID"] = logs.request_id.get()
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            _log.info(
                "%s %s %s %s ms",
                request.method,
                request.path,
                response.status_code,
                milliseconds,
                extra={
                    "method": request.method,
                    "path": request.path,
                    "status": response.status_code,
                    "milliseconds": milliseconds,
                },
            )
            return response
        finally:
            logs.request_id.reset(token)

    return middleware


def content_security_policy(get_response: Answer) -> Answer:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", _CONTENT_SECURITY_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        return response

    return middleware


def designed_not_found(get_response: Answer) -> Answer:
    """Under DEBUG, Django answers 404 with a list of all URLs; here it is the page that people get."""
    if not settings.DEBUG:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        return not_found(request) if response.status_code == 404 else response

    return middleware


def wait_for_database(get_response: Answer) -> Answer:
    """While PostgreSQL restarts, a page comes a moment later instead of not at all.

    What was being read when its connection died is read once more, from the start: the session, the
    person and the page. A write never is, for it may have been committed.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            reach_database()
            response = get_response(request)
            died = isinstance(response, ServiceUnavailable) and response.connection_died
            if died and request.method in ("GET", "HEAD") and not connection.in_atomic_block:
                _log.warning("the database went away while reading %s", request.path)
                connection.close()
                reach_database()
                response = get_response(request)
        except OperationalError:
            return service_unavailable(request)
        return response

    return middleware


def reach_database(patience: float = 5.0) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            # Asks "SELECT 1" of a kept connection, once per request: Django would do it a moment later.
            connection.close_if_health_check_failed()
            connection.ensure_connection()
            return
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
