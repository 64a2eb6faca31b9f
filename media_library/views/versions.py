"""Versions of a file: the one before comes back, one that was no video goes."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from config.answers import done, refused
from config.requests import Request
from media_library import trash, uploads, versions
from media_library.access import media_of
from media_library.models import MediaFile
from media_library.views.file import address, shown


def _version(request: Request, media_id: UUID, version_id: UUID) -> tuple[MediaFile, MediaFile]:
    media = media_of(request.user, media_id)
    return media, get_object_or_404(media.versions.all(), pk=version_id)


@require_POST
def bring_back(request: Request, media_id: UUID, version_id: UUID) -> HttpResponse:
    media, version = _version(request, media_id, version_id)
    if version.replaced_at is None:
        raise Http404
    if "replaced_at" in request.POST:
        seen = _moment(request.POST["replaced_at"])
        # A second click comes from a page that shows what was there before the first, so it is done.
        if seen is None or not version.created_at <= seen <= version.replaced_at:
            said = "The versions are not as this page showed them: look again."
            return refused(request, said, back_to=address(media), status=409)
        version.replaced_at = seen
    if not versions.take_place(version):
        return refused(
            request, "This version cannot be played.", back_to=address(media), status=409
        )
    return done(request, "The earlier version is back.", back_to=address(media))


def _moment(text: str) -> datetime | None:
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else None
    return None


@require_POST
def discard(request: Request, media_id: UUID, version_id: UUID) -> HttpResponse:
    """One that has not had its turn: after that, its row holds what was there before."""
    media, version = _version(request, media_id, version_id)
    if not uploads.end(version) and not trash.delete(version, Q(replaced_at=None)):
        said = "The version has taken its place already."
        return refused(request, said, back_to=address(media), status=409)
    return shown(request, media, "The version is deleted.")
