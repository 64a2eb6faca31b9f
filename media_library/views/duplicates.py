"""What becomes of a file that the library has already."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from config.answers import done, refused
from config.requests import Request
from config.template_tags import counted
from media_library import duplicates, trash
from media_library.access import shelved_media_of
from media_library.shelf import figures
from media_library.views.cards import card_and_row
from media_library.views.file import address


@require_POST
def use_other(request: Request, media_id: UUID) -> HttpResponse:
    """The one that was there takes its place wherever it is used by now."""
    media = shelved_media_of(request.user, media_id)
    twin = duplicates.twins([media]).get(media.pk)
    if twin is None:
        raise Http404
    places = trash.throw_away_everywhere(media, request.user, twin)
    if places is None:
        said = f"“{media}” is used in a course that is not shared with you: it stays."
        return refused(request, said, back_to=address(media), status=409)
    said = f"“{twin}” is used instead."
    if places:
        said = (
            f"“{twin}” is used instead, in {counted(places, 'place')}. "
            f"Restoring “{media}” puts that back there, too."
        )
    undo = reverse("media_library:restore", args=[media.pk])
    gone = {"media_id": media.pk}
    return done(
        request,
        said,
        back_to=address(twin),
        undo=undo,
        fragments=lambda: (
            render_to_string("media_library/_upload_gone.html", gone) + card_and_row(request, media)
        ),
    )


@require_POST
def keep_both(request: Request, media_id: UUID) -> HttpResponse:
    media = shelved_media_of(request.user, media_id)
    duplicates.keep_both(media)
    kept = {"rows": [(media, None)], **figures(request.user)}
    return done(
        request,
        "Both are kept.",
        back_to=address(media),
        fragments=lambda: render_to_string("media_library/_upload_rows.html", kept, request),
    )
