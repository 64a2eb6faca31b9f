"""What becomes of a file, for its page without scripts."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from config.requests import Request
from media_library.access import visible_media
from media_library.views.file import address


@require_safe
@xframe_options_sameorigin
def under_way(request: Request, media_id: UUID) -> HttpResponse:
    media = visible_media(request.user, media_id)
    context = {
        "media": media,
        "is_moving": media.is_moving,
        "has_changed": not media.is_moving,
        "address": address(media),
    }
    return render(request, "media_library/under_way.html", context)
