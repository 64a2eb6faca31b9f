"""A host of its own for what people have uploaded: whatever is in there, it stands beside no cookie."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]


def middleware(get_response: Answer) -> Answer:
    """There, signed links are answered, and nothing else."""
    if not settings.MEDIA_HOST:
        raise MiddlewareNotUsed
    media_host, _ = split_domain_port(settings.MEDIA_HOST)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        host, _ = split_domain_port(request.get_host())
        if host == media_host and not request.path.startswith("/media/"):
            return HttpResponse("There is nothing here.\n", "text/plain; charset=utf-8", 404)
        return get_response(request)

    return middleware
