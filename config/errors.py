"""The pages for what went wrong. They need neither database nor session, for these may be the cause."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from config import logs


def _page(status: int) -> HttpResponse:
    return HttpResponse(
        render_to_string(f"{status}.html", {"request_id": logs.request_id.get()}), status=status
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(404)


def server_error(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return service_unavailable(request)
    return _page(500)


def service_unavailable(request: HttpRequest) -> HttpResponse:
    response = _page(503)
    response["Retry-After"] = "5"
    return response


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return HttpResponse(
        render_to_string(
            "403_csrf.html", {"request_id": logs.request_id.get(), "reason": reason}, request
        ),
        status=403,
    )
