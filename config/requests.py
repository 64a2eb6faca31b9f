"""What a view gets: a request of somebody who is signed in, as the middleware made it."""

from contextlib import suppress
from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class Request(HttpRequest):
    user: User
    htmx: HtmxDetails


def wait_at_most(request: HttpRequest, seconds: float | None = 30) -> None:
    """For each byte that the other side sends or takes; the web server itself waits for ever."""
    socket: Any = request.META.get("gunicorn.socket")
    if socket is not None:
        with suppress(OSError):
            socket.settimeout(seconds)
