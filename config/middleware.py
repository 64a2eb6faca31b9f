"""What happens to every request, whatever it asks for."""

import logging
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import patch_vary_headers

from accounts.models import User
from config import logs
from config.errors import (
    ServiceUnavailable,
    busy_with_files,
    database_failed,
    length_unknown,
    no_space,
    not_found,
    service_unavailable,
    too_large,
    too_slow,
)
from config.ids import uuid7
from config.lines import LARGEST_FORM
from media_library import space
from media_library.file_errors import is_for_lack_of_space
from media_library.places import NoPlaceFree, for_pieces

Answer = Callable[[HttpRequest], HttpResponseBase]

_log = logging.getLogger("lectern.request")
_ID_OF_A_PROXY = re.compile(r"[A-Za-z0-9._-]{8,64}")
_ERROR = "_database_error"
_OF_TUS = ("media_library:uploads", "media_library:upload")


def request_id(get_response: Answer) -> Answer:
    """Give the request an id, and say in one line what became of it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        # Anybody else could make the lines of two people's requests look like one.
        given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXIES else ""
        token = logs.request_id.set(given if _ID_OF_A_PROXY.fullmatch(given) else uuid7().hex)
        started = time.perf_counter()
        try:
            response = get_response(request)
            response["X-Request-ID"] = logs.request_id.get()
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            # Forty lines of files for each page would hide all others.
            is_file = request.path.startswith(settings.STATIC_URL)
            _log.log(
                logging.DEBUG if is_file else logging.INFO,
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
    # Where the address of a file of the library may lead.
    media = " ".join(filter(None, ("'self'", settings.MEDIA_ORIGIN, settings.MEDIA_STORAGE_ORIGIN)))
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",  # data: for the icons in the stylesheet of Django's admin
            "font-src 'self'",
            f"media-src {media}",
            "connect-src 'self'",
            "form-action 'self'",
            "manifest-src 'self'",
            "frame-src 'self'",
            "base-uri 'none'",
            "frame-ancestors ",
        )
    )

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        # A view that may stand in a frame of ours says it by the older header.
        is_framed = response.headers.get("X-Frame-Options") == "SAMEORIGIN"
        ancestors = "'self'" if is_framed else "'none'"
        response.headers.setdefault("Content-Security-Policy", policy + ancestors)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        return response

    return middleware


def designed_not_found(get_response: Answer) -> Answer:
    """Under DEBUG, Django answers 404 with a list of all URLs; here it is the page that people get.

    But for programs, whose protocol has words of its own.
    """
    if not settings.DEBUG:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_for_people = response.status_code == 404 and "Tus-Resumable" not in response.headers
        return not_found(request) if is_for_people else response

    return middleware


def vary_on_htmx(get_response: Answer) -> Answer:
    """The same address answers htmx with fragments: no cache may give those to who wants the page."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        return response

    return middleware


def bound_bodies(get_response: Answer) -> Answer:
    """Refuse what is too large for a form before anything parses it, files to the disk included.

    CsrfViewMiddleware does that for everybody, before a view or a sign-in is asked. Few pages take files,
    and only from who may add them; so this stands behind the middleware that knows who asks. A body
    without a length is not read at all by Django; it is refused, for nobody would learn of that.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "Transfer-Encoding" in request.headers and not _answers_by_itself(request):
            return length_unknown(request)
        length = request.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) <= LARGEST_FORM or _answers_by_itself(request):
            return get_response(request)
        if not _takes_files(request):
            return too_large(request)
        return _read(request) or get_response(request)

    return middleware


def _takes_files(request: HttpRequest) -> bool:
    if request.path == reverse("admin:media_library_mediafile_add"):
        return request.user.has_perm("media_library.add_mediafile")
    if request.path == reverse("media_library:upload_form"):
        length = int(request.headers["Content-Length"])
        return request.user.is_authenticated and length <= space.left(request.user) + LARGEST_FORM
    return False


def _answers_by_itself(request: HttpRequest) -> bool:
    """Read by nobody but the view, which asks first who it is, and refuses in the words of tus."""
    with suppress(Resolver404):
        return resolve(request.path_info).view_name in _OF_TUS
    return False


def _read(request: HttpRequest) -> HttpResponse | None:
    """The form with its files, to the temporary folder; or why that came to nothing."""
    try:
        with for_pieces.taken_by(cast(User, request.user).pk):
            list(request.FILES)
    except NoPlaceFree:
        return busy_with_files(request)
    except OSError as error:
        for handler in request.upload_handlers:
            handler.upload_interrupted()  # or the half of a file stays until somebody collects garbage
        if isinstance(error, UnreadablePostError):
            return too_slow(request)
        if is_for_lack_of_space(error):
            _log.error("the temporary folder has no space for a form with files: %s", error)
            return no_space(request)
        raise
    return None


def wait_for_database(get_response: Answer) -> Answer:
    """While PostgreSQL restarts, a page comes a moment later instead of not at all.

    What was being read when its connection died is read once more, from the start: the session, the
    person and the page. A write never is, for it may have been committed.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            reach_database()
            response = _designed(request, get_response(request))
            died = isinstance(response, ServiceUnavailable) and response.connection_died
            if died and request.method in ("GET", "HEAD") and not connection.in_atomic_block:
                _log.warning("the database went away while reading %s", request.path)
                connection.close()
                reach_database()
                response = _designed(request, get_response(request))
        except OperationalError:
            return service_unavailable(request)
        return response

    return middleware


def _note_database_error(request: HttpRequest | None = None, **_: object) -> None:
    error = sys.exc_info()[1]
    if request is not None and isinstance(error, (OperationalError, InterfaceError)):
        setattr(request, _ERROR, error)


got_request_exception.connect(_note_database_error)


def _designed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Under DEBUG, Django answers with the traceback, before any handler500; here it is the page that
    people get, and what was being read is read once more there, too.
    """
    error = request.__dict__.pop(_ERROR, None)
    if settings.DEBUG and error is not None and response.status_code == 500:
        return database_failed(request, error)
    return response


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
