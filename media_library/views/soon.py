"""Names of pages that are being built; see `media_library/urls.py`."""

from uuid import UUID

from django.http import Http404, HttpResponse

from config.requests import Request


def soon(request: Request, media_id: UUID) -> HttpResponse:
    raise Http404
