from uuid import UUID

from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from config.requests import Request
from media_library.access import visible_media


@require_safe
def poster(request: Request, media_id: UUID) -> FileResponse:
    media = visible_media(request.user, media_id)
    if not media.poster:
        raise Http404
    try:
        picture = media.poster.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(picture, content_type="image/jpeg")
    # A new poster has a new version in its address.
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
