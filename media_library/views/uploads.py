"""Uploads that can be resumed: tus 1.0 (https://tus.io/protocols/resumable-upload), for any client of it.

Who is signed in is known by the cookie, and there is no token against forged requests: every request but
OPTIONS must have the header `Tus-Resumable`, and no other site can make a browser send one.
"""

import base64
import io
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import IO, Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from config.ids import uuid_of
from config.requests import Request
from media_library import trash, uploads
from media_library.access import media_of, shelved_media_of
from media_library.file_errors import StorageFull, StorageSilent
from media_library.models import MediaFile
from media_library.places import NoPlaceFree, for_pieces
from media_library.streams import Checksum

_log = logging.getLogger("lectern.uploads")
_VERSION = "1.0.0"
_PIECE = "application/offset+octet-stream"
_READ = {"filename", "name", "id", "versionOf"}
# A name of 4 kB fits; web servers end a line of headers at 8 kB.
_MOST_METADATA = 6000

View = Callable[..., HttpResponse]


class _NotTus(Exception):
    """The request is none of the protocol's; the message says why."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


def _tus(view: View) -> View:
    @csrf_exempt
    @login_not_required
    @wraps(view)
    def answer(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return _what_is_understood()
        if request.headers.get("Tus-Resumable") != _VERSION:
            response = HttpResponse("Tus-Resumable: 1.0.0 is missing.\n", "text/plain", 412)
        elif not request.user.is_authenticated:
            response = HttpResponse("Sign in first.\n", "text/plain", 401)
        else:
            response = _answered(view, request, *args, **kwargs)
        response["Tus-Resumable"] = _VERSION
        response["Tus-Version"] = _VERSION
        response["Cache-Control"] = "no-store"
        return response

    return answer


def _answered(view: View, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except uploads.UploadRefused as refused:
        status, sentence = refused.status, refused.sentence
    except StorageSilent as silent:
        status, sentence = 507 if isinstance(silent, StorageFull) else 503, silent.sentence
    except Http404:
        status, sentence = 404, "There is nothing of this id; announce the file anew."
    except NoPlaceFree:
        status, sentence = 503, "The studio takes in all that it can; this goes on in a moment."
    except _NotTus as error:
        status, sentence = error.status, str(error)
    response = HttpResponse(f"{sentence}\n", "text/plain; charset=utf-8", status)
    if status == 503:
        response["Retry-After"] = "2"
    return response


def _what_is_understood() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Tus-Version"] = response["Tus-Resumable"] = _VERSION
    response["Tus-Extension"] = "creation,creation-with-upload,expiration,checksum,termination"
    response["Tus-Checksum-Algorithm"] = ",".join(Checksum.ALGORITHMS)
    response["Tus-Max-Size"] = str(settings.MEDIA_FILE_LIMIT)
    return response


@_tus
def new_upload(request: Request) -> HttpResponse:
    if _method(request) != "POST":
        return HttpResponse(status=405, headers={"Allow": "OPTIONS, POST"})
    _see_that_its_length_is_known(request)
    if "Upload-Length" not in request.headers:
        raise _NotTus("Upload-Length is missing; this studio reserves the space first.")
    size = _whole(request, "Upload-Length")
    given = request.headers.get("Upload-Metadata", "")
    metadata = _metadata(given)
    name = metadata.get("filename") or metadata.get("name") or ""
    version_of = metadata.get("versionOf")
    checksum = _checksum(request)  # before anything is reserved
    media = uploads.begin(
        request.user,
        name,
        size,
        media_id=_known_as(metadata["id"]) if "id" in metadata else None,
        version_of=shelved_media_of(request.user, _known_as(version_of)) if version_of else None,
        metadata=given,
    )
    if request.headers.get("Content-Type") == _PIECE and media.received == 0:
        with suppress(
            StorageSilent, NoPlaceFree, uploads.UploadRefused
        ):  # it is there, and can go on from 0
            _receive(request, media, 0, checksum)
    response = _stands(media, 201)
    response["Location"] = reverse("media_library:upload", args=[media.pk])
    return response


@_tus
def upload(request: Request, media_id: UUID) -> HttpResponse:
    media = media_of(request.user, media_id)
    if media.is_imported:  # its bytes come from elsewhere
        raise Http404
    match _method(request):
        case "HEAD":
            if uploads.is_over(media):
                return HttpResponse(status=410)
            response = _stands(media, 200)
            response["Upload-Length"] = str(media.size)
            if media.upload_metadata:
                response["Upload-Metadata"] = media.upload_metadata
            return response
        case "PATCH":
            if request.headers.get("Content-Type") != _PIECE:
                return HttpResponse(f"{_PIECE} is expected.\n", "text/plain", 415)
            _see_that_its_length_is_known(request)
            if uploads.is_over(media):
                raise uploads.UploadOver
            offset, checksum = _whole(request, "Upload-Offset"), _checksum(request)
            if not _brings_nothing_to_what_is_there(request, media, offset):
                _receive(request, media, offset, checksum)
            return _stands(media, 204)
        case "DELETE":
            if uploads.is_over(media):
                raise uploads.UploadOver
            if not uploads.end(media):
                _throw_away(media)
            return HttpResponse(status=204)
    return HttpResponse(status=405, headers={"Allow": "OPTIONS, HEAD, PATCH, DELETE"})


def _brings_nothing_to_what_is_there(request: Request, media: MediaFile, offset: int) -> bool:
    """As a client asks that lost the answer to its last piece."""
    is_there = media.status != MediaFile.Status.UPLOADING and offset == media.size
    return is_there and request.headers.get("Content-Length") == "0"


def _throw_away(media: MediaFile) -> None:
    """An upload that is complete can be ended, too; its file can come back from the trash."""
    if media.version_of_id is not None:  # its contents may stand in the other's place by now
        raise uploads.UploadOver
    if not trash.throw_away(media):
        raise _NotTus("It is in use: decide in the studio what shall stand in its place.", 409)


def _see_that_its_length_is_known(request: Request) -> None:
    if "Transfer-Encoding" in request.headers:
        raise _NotTus("Content-Length is missing: send each piece with its length.", 411)


def _method(request: Request) -> str:
    """Some networks let only GET and POST pass; the protocol has a way around them."""
    return request.headers.get("X-HTTP-Method-Override", request.method or "").upper()


def _stands(media: MediaFile, status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    is_coming = media.status == MediaFile.Status.UPLOADING
    response["Upload-Offset"] = str(media.received if is_coming else media.size)
    if is_coming and media.upload_until is not None:
        response["Upload-Expires"] = http_date(media.upload_until.timestamp())
    return response


def _receive(request: Request, media: MediaFile, offset: int, checksum: Checksum | None) -> None:
    length = request.headers.get("Content-Length", "")
    goes_on = media.status == MediaFile.Status.UPLOADING and offset == media.received
    if goes_on and length.isdecimal() and int(length) > media.size - offset:
        raise uploads.FileTooLarge
    with for_pieces.taken_by(media.owner_id):
        uploads.receive(media, offset, cast(IO[bytes], _Body(request)), checksum)


class _Body(io.RawIOBase):
    """What the person's browser sends. Where the line breaks, it ends: what came until then is kept."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def read(self, size: int = -1) -> bytes:
        try:
            return self._request.read(size)
        except OSError as error:
            _log.info("an upload broke off: %s", error)
            return self._request.read(size)  # what lay between the line and here


def _whole(request: Request, header: str) -> int:
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise _NotTus(f"{header} is not a whole number.")
    return int(value)


def _metadata(header: str) -> dict[str, str]:
    """What the studio reads of it: `name base64,name base64`; a value may be missing."""
    if len(header) > _MOST_METADATA:
        raise _NotTus(f"Upload-Metadata is too long; the most is {_MOST_METADATA:,} characters.")
    if not (header.isascii() and header.isprintable()):
        raise _NotTus("Upload-Metadata is not ASCII.")
    words = [pair.strip().partition(" ") for pair in header.split(",") if pair.strip()]
    try:
        given = {key: base64.b64decode(value.strip(), validate=True) for key, _, value in words}
        return {key: value.decode() for key, value in given.items() if key in _READ}
    except ValueError:
        raise _NotTus("Upload-Metadata is not base64 of UTF-8.") from None


def _known_as(text: str) -> UUID:
    if (found := uuid_of(text)) is None:
        raise Http404
    return found


def _checksum(request: Request) -> Checksum | None:
    header = request.headers.get("Upload-Checksum", "")
    if not header:
        return None
    algorithm, _, digest = header.partition(" ")
    if algorithm not in Checksum.ALGORITHMS:
        raise _NotTus("This checksum is of an algorithm that is not known here.")
    try:
        return Checksum(algorithm, base64.b64decode(digest, validate=True))
    except ValueError:
        raise _NotTus("Upload-Checksum is not base64.") from None
