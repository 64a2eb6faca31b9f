import logging
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from config.requests import Request
from media_library.access import pictured_media
from media_library.file_errors import FileMissing, StorageSilent
from media_library.stored_files import for_pages

_log = logging.getLogger("lectern.media")


@require_safe
def poster(request: Request, media_id: UUID) -> HttpResponse:
    media = pictured_media(request.user, media_id)
    try:
        picture = for_pages.read(media.poster)
    except FileMissing:
        raise Http404 from None
    except StorageSilent as error:
        _log.warning("no poster of %s: %s", media.pk, error)
        return HttpResponse(status=503, headers={"Cache-Control": "no-store", "Retry-After": "5"})
    response = HttpResponse(picture, content_type="image/jpeg")
    # A new poster has a new version in its address.
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
