"""The bytes of a file, for players and for downloads. Whatever is in them, they never are a page."""

import logging
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from config.requests import Request
from media_library import containers, ranges, signed_links
from media_library.access import visible_media
from media_library.file_errors import FileMissing, StorageSilent
from media_library.models import MediaFile
from media_library.names import saved_as
from media_library.playing import Reading, for_players, long_answers, shortened

_log = logging.getLogger("lectern.media")


@require_safe
def play(request: Request, media_id: UUID) -> HttpResponseBase:
    media = visible_media(request.user, media_id)
    if media.status != MediaFile.Status.READY:
        raise Http404
    if settings.MEDIA_HOST and not settings.MEDIA_REDIRECT_TO_STORAGE and media.is_untrashed:
        query = "?download=1" if _is_download(request) else ""
        return _elsewhere(settings.MEDIA_ORIGIN + signed_links.address(media) + query)
    return _file(request, media, shared_with="same-origin")


@login_not_required
@require_safe
def play_signed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link itself says that who has it may; so there is no session in this."""
    try:
        media = signed_links.media_of(token)
    except signed_links.LinkRefused:
        sentence = "This link has expired, or is not complete.\n"
        return _harmless(HttpResponse(sentence, "text/plain; charset=utf-8", 403))
    return _file(request, media, shared_with="cross-origin")


def _is_download(request: HttpRequest) -> bool:
    return request.GET.get("download") == "1"


def _elsewhere(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, headers={"Cache-Control": "private, no-store"})


def _file(request: HttpRequest, media: MediaFile, *, shared_with: str) -> HttpResponseBase:
    try:
        response = _answer(request, media)
    except FileMissing:
        _log.error("the storage has lost %s of %s", media.file.name, media.pk)
        raise Http404 from None
    except StorageSilent as error:
        _log.warning("%s cannot be played: %s", media.pk, error)
        response = _not_now()
    if isinstance(response, HttpResponseRedirect):
        return response
    # Chromium asks for the gap between two pieces that it keeps, whatever its size, by a closed range.
    keeping = "no-cache" if settings.MEDIA_ACCEL_PREFIX else "no-store"
    response.headers.setdefault("Cache-Control", f"private, {keeping}")
    response["Cross-Origin-Resource-Policy"] = shared_with
    return _harmless(response)


def _harmless(response: HttpResponseBase) -> HttpResponseBase:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _not_now() -> HttpResponse:
    return HttpResponse(status=503, headers={"Cache-Control": "no-store", "Retry-After": "5"})


def _answer(request: HttpRequest, media: MediaFile) -> HttpResponseBase:
    name = media.file.name or ""
    if settings.MEDIA_REDIRECT_TO_STORAGE:
        return _elsewhere(for_players.ask(media.file, lambda: media.file.storage.url(name)))
    about = _about(media, download=_is_download(request))
    if settings.MEDIA_ACCEL_PREFIX:
        inside = settings.MEDIA_ACCEL_PREFIX + quote(name)
        return HttpResponse(headers=about | {"X-Accel-Redirect": inside})
    etag = ranges.etag_of(name)
    about |= {"ETag": etag, "Accept-Ranges": "bytes"}
    if ranges.is_known(request.headers.get("If-None-Match", ""), etag):
        return HttpResponseNotModified(headers=about)
    try:
        part = ranges.asked_for(
            request.headers.get("Range", "") if request.method == "GET" else "",
            media.size,
            if_range=request.headers.get("If-Range", ""),
            etag=etag,
            # Downloads that go on where they broke off ask once, and for all of the rest.
            open_ended=media.size if _is_download(request) else ranges.OPEN_ENDED,
        )
    except ranges.NotSatisfiable:
        unsatisfied = {"Content-Range": f"bytes */{media.size}"}
        return HttpResponse(status=416, headers=about | unsatisfied)
    return _part(request, media, part, about)


def _about(media: MediaFile, *, download: bool) -> dict[str, str]:
    name = saved_as(media.name, containers.EXTENSIONS[media.container])
    return {
        "Content-Type": containers.TYPES[media.container],
        "Content-Disposition": content_disposition_header(download, name) or "inline",
    }


def _part(
    request: HttpRequest, media: MediaFile, part: ranges.Part, about: dict[str, str]
) -> HttpResponseBase:
    is_long = part.length > ranges.OPEN_ENDED and request.method == "GET"
    if is_long and not long_answers.acquire(blocking=False):
        if not part.is_partial:
            return _not_now()
        part, is_long = shortened(part), False
    about = about | {"Content-Length": str(part.length)}
    if part.is_partial:
        about["Content-Range"] = part.content_range
    status = 206 if part.is_partial else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=about)
    try:
        reading = Reading(media.file, part)
    except BaseException:
        if is_long:
            long_answers.release()
        raise
    if is_long:
        reading.in_the_end(long_answers.release)
    return StreamingHttpResponse(reading, status=status, headers=about)
