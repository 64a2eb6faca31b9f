"""Cards of the library with its figures, and rows of the trash, as they are now: for a page that is open.

A file that is not in the room is drawn all the same, hidden: what comes back is at its place again.
"""

from uuid import UUID

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from config.ids import uuid_of
from config.requests import Request
from media_library.models import MediaFile
from media_library.shelf import figures, marks

_MOST = 100


@require_safe
def cards(request: Request) -> HttpResponse:
    """Of what is not theirs, or is gone for good, nothing comes; the page takes that away."""
    files = MediaFile.objects.owned_by(request.user).filter(version_of=None)
    asked = [found for text in request.GET.getlist("media")[:_MOST] if (found := uuid_of(text))]
    there = list(files.filter(pk__in=asked))
    draw = _rows if request.GET.get("room") == "trash" else _cards
    return HttpResponse(draw(request, there))


def card_and_row(request: Request, media: MediaFile) -> str:
    """Wherever the page shows it; a partial without its target is ignored."""
    media.refresh_from_db(fields=["trashed_at"])
    return _cards(request, [media]) + _rows(request, [media])


def figures_now(request: Request) -> str:
    return render_to_string("media_library/_figures.html", figures(request.user))


def _cards(request: Request, files: list[MediaFile]) -> str:
    return cards_of(request, files) + figures_now(request)


def cards_of(request: Request, files: list[MediaFile]) -> str:
    return _drawn(request, files, "media", "media_library/_media_card.html", marks(files))


def _rows(request: Request, files: list[MediaFile]) -> str:
    return _drawn(request, files, "trash", "media_library/_trash_row.html", {})


def _drawn(
    request: Request,
    files: list[MediaFile],
    kind: str,
    template: str,
    context: dict[str, set[UUID]],
) -> str:
    return "".join(
        f'<hx-partial hx-target="#{kind}-{media.pk}" hx-swap="outerMorph">'
        f"{render_to_string(template, {'media': media, **context}, request)}</hx-partial>"
        for media in files
    )
