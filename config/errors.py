"""The pages for what went wrong. They need neither database nor session, for these may be the cause."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from config import logs
from config.connections import has_died


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Signing in, in another tab too, makes the tokens of open pages old: a page gets new ones."""
    if "HX-Request" not in request.headers:
        return _answer(request, 403, "403_csrf.html")
    tokens = render_to_string("_new_tokens.html", request=request)
    return HttpResponse(tokens, status=403, headers={"HX-New-Tokens": "1"})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404)


def too_slow(request: HttpRequest) -> HttpResponse:
    return _answer(request, 408)


def length_unknown(request: HttpRequest) -> HttpResponse:
    return _answer(request, 411)


def too_large(request: HttpRequest) -> HttpResponse:
    return _answer(request, 413)


def no_space(request: HttpRequest) -> HttpResponse:
    return _answer(request, 507)


def busy_with_files(request: HttpRequest) -> HttpResponse:
    response = _answer(request, 503, "503_files.html")
    response["Retry-After"] = "5"
    return response


class ServiceUnavailable(HttpResponse):
    status_code = 503
    connection_died = False  # else the server is well: the statement was too slow or met a deadlock


def server_error(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    if isinstance(error, (OperationalError, InterfaceError)):
        return database_failed(request, error)
    return _answer(request, 500)


def database_failed(
    request: HttpRequest, error: OperationalError | InterfaceError
) -> ServiceUnavailable:
    response = service_unavailable(request)
    response.connection_died = has_died(error)
    return response


def service_unavailable(request: HttpRequest) -> ServiceUnavailable:
    return ServiceUnavailable(_page(request, "503.html"), headers={"Retry-After": "5"})


def _answer(request: HttpRequest, status: int, page: str = "") -> HttpResponse:
    return HttpResponse(_page(request, page or f"{status}.html"), status=status)


def _page(request: HttpRequest, template: str) -> str:
    """A page of its own; to htmx a toast, for nothing on its page should go because of an error."""
    context = {"request_id": logs.request_id.get(), "reading": request.method in ("GET", "HEAD")}
    context["layout"] = "_error_toast.html" if "HX-Request" in request.headers else "_error.html"
    return render_to_string(template, context)
