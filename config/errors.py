"""The pages for what went wrong. They need neither database nor session, for these may be the cause."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from config import logs


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, 403, "403_csrf.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return service_unavailable(request)
    return _answer(request, 500)


def service_unavailable(request: HttpRequest) -> HttpResponse:
    response = _answer(request, 503)
    response["Retry-After"] = "5"
    return response


def _answer(request: HttpRequest, status: int, page: str = "") -> HttpResponse:
    """A page of its own; to htmx a toast, for nothing on its page should go because of an error."""
    context = {"request_id": logs.request_id.get(), "reading": request.method in ("GET", "HEAD")}
    page = page or f"{status}.html"
    context["layout"] = "_error_toast.html" if "HX-Request" in request.headers else "_error.html"
    return HttpResponse(render_to_string(page, context), status=status)
