"""Uploads as the page shows them: what became of those that it brought, the end of one, and a plain form."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config.answers import done, refused
from config.ids import uuid_of
from config.requests import Request
from config.template_tags import counted_are
from media_library import duplicates, uploads
from media_library.access import media_of, shelved_media_of
from media_library.file_errors import StorageSilent
from media_library.models import MediaFile
from media_library.shelf import figures
from media_library.views.cards import cards_of, figures_now
from media_library.views.file import address

_MOST = 200


@require_safe
def rows(request: Request) -> HttpResponse:
    """Of the uploads that are asked for by `id`; those which are not known go from the page.

    What is read by now comes with its card, for a page that lists it: so nothing else of that list moves.
    """
    ids = [media_id for text in request.GET.getlist("id")[:_MOST] if (media_id := uuid_of(text))]
    files = list(MediaFile.objects.owned_by(request.user).filter(pk__in=ids))
    twins = duplicates.twins(media for media in files if media.version_of_id is None)
    context = {
        "rows": [(media, twins.get(media.pk)) for media in files],
        "gone": set(ids) - {media.pk for media in files},
        **figures(request.user),
    }
    over = (MediaFile.Status.READY, MediaFile.Status.BROKEN)
    read = [media for media in files if media.status in over and media.version_of_id is None]
    answer = render(request, "media_library/_upload_rows.html", context)
    if read:
        answer.write(cards_of(request, read))
    return answer


@require_POST
def end(request: Request, media_id: UUID) -> HttpResponse:
    media = media_of(request.user, media_id)
    back_to = reverse("media_library:library")
    if not uploads.end(media):
        return refused(request, f"“{media}” is there already.", back_to=back_to)
    return done(
        request,
        f"The {'import' if media.is_imported else 'upload'} is cancelled.",
        back_to=back_to,
        fragments=lambda: (
            render_to_string("media_library/_upload_gone.html", {"media_id": media_id})
            + figures_now(request)
        ),
    )


@require_POST
def plain_form(request: Request) -> HttpResponse:
    """Without scripts: all files in one request. Each that can be taken in is."""
    version_of = _version_of(request)
    back_to = address(version_of) if version_of else reverse("media_library:library")
    files = request.FILES.getlist("videos")
    taken, troubles = 0, []
    for file in files:
        try:
            uploads.take_in(request.user, file.name or "", file, version_of=version_of)
            taken += 1
        except (uploads.UploadRefused, StorageSilent) as error:
            troubles.append(f"“{file.name}”: {error.sentence}")
    if not files:
        troubles.append("Choose one file or more.")
    if troubles:
        said = "; ".join(troubles)
        return refused(request, f"{taken} uploaded. {said}" if taken else said, back_to=back_to)
    return done(request, f"{counted_are(taken, 'file')} uploaded and being read.", back_to=back_to)


def _version_of(request: Request) -> MediaFile | None:
    media_id = uuid_of(request.POST.get("version_of", ""))
    return shelved_media_of(request.user, media_id) if media_id else None
