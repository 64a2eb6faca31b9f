"""Views that go wrong on purpose."""

from collections.abc import Iterator
from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.template.response import SimpleTemplateResponse


@login_not_required
def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the word that must not be shown")


@login_not_required
def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("the word that must not be shown")


@login_not_required
def malformed(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("the word that must not be shown")


@login_not_required
def takes(request: HttpRequest, milliseconds: int) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s), pg_backend_pid()", [milliseconds / 1000])
        row = cursor.fetchone()
    return HttpResponse(str(row[1]) if row else "")


@login_not_required
def is_long(request: HttpRequest, megabytes: int) -> StreamingHttpResponse:
    pieces = (bytes(1 << 20) for _ in range(megabytes))
    length = {"Content-Length": str(megabytes << 20)}
    return StreamingHttpResponse(pieces, headers=length)


@login_not_required
def breaks_off(request: HttpRequest) -> StreamingHttpResponse:
    """As a storage does that falls silent in the middle of a film."""

    def pieces() -> Iterator[bytes]:
        yield bytes(1000)
        raise RuntimeError("the storage is silent")

    return StreamingHttpResponse(pieces(), headers={"Content-Length": "2000"})


@login_not_required
def loses_the_database(request: HttpRequest) -> HttpResponse:
    """Its first attempt ends like a query does when PostgreSQL is restarted meanwhile."""
    return HttpResponse("".join(_losing_the_database_once(request)))


@login_not_required
def loses_it_while_rendering(request: HttpRequest) -> SimpleTemplateResponse:
    """As a page does whose template evaluates its query, when the view has long returned."""
    template = engines["django"].from_string("{% for word in words %}{{ word }}{% endfor %}")
    words = _losing_the_database_once(request)
    return SimpleTemplateResponse(template, {"words": words})


def loses_it_before_the_session_is_saved(request: HttpRequest) -> HttpResponse:
    """The form's work is done; what is left is to keep the message about it."""
    messages.success(request, "The work is done.")
    with suppress(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return redirect("courses:list")


def _losing_the_database_once(request: HttpRequest) -> Iterator[str]:
    with connection.cursor() as cursor:
        if not hasattr(request, "has_lost_it"):
            request.has_lost_it = True  # type: ignore[attr-defined]
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        cursor.execute("SELECT 'read'")
        row = cursor.fetchone()
    yield row[0] if row else ""
