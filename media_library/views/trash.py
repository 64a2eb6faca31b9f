"""Throwing files away, and what has been thrown away."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config.answers import done, refused, toast
from config.ids import uuid_of
from config.requests import Request
from config.template_tags import counted, counted_are
from media_library import finding, trash, uses
from media_library.access import media_of
from media_library.choosing import all_of
from media_library.finding import LONGEST_PLACE
from media_library.models import KEPT_IN_TRASH, MediaFile
from media_library.sorting import THROWN_AWAY
from media_library.views.batches import batches_context
from media_library.views.cards import card_and_row
from media_library.views.file import address


@require_POST
def throw_away(request: Request, media_id: UUID) -> HttpResponse:
    """What uses it is asked about: `everywhere` takes it out there, `other` puts that file in its place."""
    media = media_of(request.user, media_id)
    said = f"“{media}” is in the trash."
    if media.trashed_at is None:
        if "other" in request.POST:
            other = _other(request, media)
            if other is None:
                return refused(
                    request, "Choose the file that takes its place.", back_to=address(media)
                )
            places = trash.throw_away_everywhere(media, request.user, other)
            became = f"“{other}” stands in its place in"
        elif "everywhere" in request.POST:
            places = trash.throw_away_everywhere(media, request.user)
            became = "taken out of"
        else:
            places = 0 if trash.throw_away(media) else None
        if places is None:
            return _kept(request, media)
        if places:
            became = f"{became} {counted(places, 'place')}"
            said = f"“{media}” is in the trash, and {became}. Restoring it puts it back there, too."
    return done(
        request,
        said,
        back_to=reverse("media_library:library"),
        undo=reverse("media_library:restore", args=[media.pk]),
        fragments=lambda: card_and_row(request, media),
    )


def _kept(request: Request, media: MediaFile) -> HttpResponse:
    """Why, and the page on which that can be changed."""
    if media.status == MediaFile.Status.UPLOADING:
        said = f"“{media}” is still being uploaded: cancel that instead."
        return refused(request, said, back_to=address(media), status=409)
    number = uses.count(media)
    if request.htmx and (places := uses.of(media, slice(1))):
        place = places[0]
        more = f" and {number - 1} more" if number > 1 else ""
        said = f"“{media}” is used in {place.words}{more}."
        label = "Delete it there, or replace it"
        toasted = toast(request, said, failed=True, link=f"{address(media)}#remove", label=label)
        return HttpResponse(toasted, status=409)
    said = f"“{media}” is in use: decide first what shall stand in its place."
    return refused(request, said, back_to=address(media), status=409)


def _other(request: Request, media: MediaFile) -> MediaFile | None:
    other_id = uuid_of(request.POST["other"])
    if other_id is None:
        return None
    return get_object_or_404(MediaFile.objects.able_to_replace(media), pk=other_id)


@require_POST
def restore(request: Request, media_id: UUID) -> HttpResponse:
    media = media_of(request.user, media_id)
    if not trash.restore(media):
        said = f"“{media}” has been deleted for good."
        return refused(request, said, back_to=reverse("media_library:trash"), status=409)
    return done(
        request,
        f"“{media}” is back in the library.",
        back_to=address(media),
        fragments=lambda: card_and_row(request, media),
    )


@require_POST
def delete(request: Request, media_id: UUID) -> HttpResponse:
    media = media_of(request.user, media_id)
    back_to = reverse("media_library:trash")
    if media.trashed_at is None:
        raise Http404
    if not trash.delete(media, trash.IN_TRASH):
        said = f"“{media}” is used again: it is kept."
        return refused(request, said, back_to=back_to, status=409)
    return done(request, f"“{media}” is deleted for good.", back_to=back_to)


@require_safe
def shown(request: Request) -> HttpResponse:
    """What was thrown away last comes first, a page at a time."""
    files = all_of(request.user, "trash", "")
    place = THROWN_AWAY.place(request.GET.get("after", "")[:LONGEST_PLACE])
    if place:
        files = files.filter(THROWN_AWAY.beyond(place))
    page = finding.PAGE
    there = list(files[: page + 1])
    context = {
        "room": "library",
        "files": there[:page],
        "is_from_start": place is None,
        "next": THROWN_AWAY.place_of(there[page - 1]) if len(there) > page else None,
        "days": KEPT_IN_TRASH.days,
    }
    if place and request.htmx and not request.htmx.history_restore_request:
        return render(request, "media_library/_trash_rows.html", context)
    context |= batches_context(request, "trash")
    return render(request, "media_library/trash.html", context)


@require_POST
def empty(request: Request) -> HttpResponse:
    said = f"{counted_are(trash.empty(request.user), 'file')} deleted for good."
    return done(request, said, back_to=reverse("media_library:trash"))
