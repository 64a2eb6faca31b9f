"""How the bytes of a file come in: announced, received in as many pieces as it takes, stored as they come.

What is announced is reserved: what all files of a person announce together never is more than the person's
space. What has arrived is counted in the file's row once it is stored, so an upload goes on where it was
after whatever ended the request, the studio or the laptop.
"""

import os
from datetime import timedelta
from functools import partial
from typing import IO, Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models.functions import Now

from accounts.models import User
from config.wake_ups import after_commit
from media_library import parts, signals, space, uses
from media_library.file_errors import FileError, ImportEnded, UploadEnded
from media_library.intake import call_examiners
from media_library.models import MediaFile, MediaFileQuerySet, Part
from media_library.names import label_of_path
from media_library.streams import Checksum, Measured

KEPT = timedelta(days=1)


class UploadRefused(Exception):
    """`status` is what HTTP calls it."""

    status: ClassVar[int]
    sentence: ClassVar[str]


class FileTooLarge(UploadRefused):
    status = 413
    sentence = "The file is larger than this studio takes."


class NoSpaceLeft(UploadRefused):
    status = 507
    sentence = "Your library has no space left for it."


class TooManyUploads(UploadRefused):
    status = 429
    sentence = "Too many of your uploads are unfinished: finish or cancel some first."


class OffsetDiffers(UploadRefused):
    status = 409
    sentence = "The upload goes on at another place."


class ChecksumDiffers(UploadRefused):
    status = 460
    sentence = "Some bytes were damaged on their way."


class UploadOver(UploadRefused):
    status = 410
    sentence = "This upload is over."


class IdTaken(UploadRefused):
    status = 400
    sentence = "This id belongs to something else."


def take_in(
    owner: User, name: str, file: IO[bytes], *, version_of: MediaFile | None = None
) -> MediaFile:
    """All of it at once. If it cannot be stored, nothing stays behind."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    media = begin(owner, name, size, version_of=version_of)
    try:
        while media.status == MediaFile.Status.UPLOADING:
            before = media.received
            if receive(media, before, file) == before:
                raise EOFError(f"{size - before} bytes of {name} are missing")
    except BaseException:
        end(media)
        raise
    return media


def begin(
    owner: User,
    name: str,
    size: int,
    *,
    media_id: UUID | None = None,
    version_of: MediaFile | None = None,
    metadata: str = "",
) -> MediaFile:
    """Announce a file. Nothing of it is there yet, and its space is taken.

    Announced twice under an id of the browser's, for the answer was lost, it is the same upload.
    """
    if size > settings.MEDIA_FILE_LIMIT:
        raise FileTooLarge
    with transaction.atomic():
        # Those who come at the same time wait here, and then see what the ones before have reserved.
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        if media_id is not None and (there := MediaFile.objects.filter(pk=media_id).first()):
            if there.owner_id == owner.pk and is_over(there):
                raise UploadOver
            if (there.owner_id, there.size) != (owner.pk, size):
                raise IdTaken
            return there
        if space.taken(owner) + size > settings.MEDIA_SPACE_PER_PERSON:
            raise NoSpaceLeft
        unfinished = MediaFile.objects.owned_by(owner).uploading().sent_by_people().count()
        if unfinished >= settings.UPLOADS_PER_PERSON:
            raise TooManyUploads
        media = MediaFile(
            owner=owner,
            name=label_of_path(name),
            size=size,
            version_of=version_of,
            upload_metadata=metadata,
        )
        media.pk = media_id or media.pk
        if size:
            media.status = MediaFile.Status.UPLOADING
            media.upload_until = Now() + KEPT
        else:
            after_commit(partial(call_examiners, [media.pk]))
        media.save(force_insert=True)
        media.refresh_from_db(fields=["upload_until"])
    return media


def is_over(media: MediaFile) -> bool:
    """For who sends it: it was ended, before it was complete or after."""
    return media.reason == UploadEnded.reason or media.trashed_at is not None


def receive(
    media: MediaFile, offset: int, body: IO[bytes], checksum: Checksum | None = None
) -> int:
    """Store what comes, up to where it breaks off, and answer with how much of the file is there now."""
    if media.status != MediaFile.Status.UPLOADING or offset != media.received:
        raise OffsetDiffers
    part = Part(media=media, start=offset)
    measured = Measured(body, media.size - offset, checksum)
    parts.store(part, measured)
    try:
        if measured.size and not measured.is_as_said:
            raise ChecksumDiffers
        if measured.size:
            _count(media, part, measured)
    except (OperationalError, InterfaceError):
        raise  # it may have been committed: what is left behind, the janitor finds
    except BaseException:
        parts.forget([part.file.name or ""])
        raise
    if not measured.size:
        parts.forget([part.file.name or ""])
    return media.received


def _count(media: MediaFile, part: Part, measured: Measured) -> None:
    """One conditional update: of two who bring the same piece, one is late."""
    part.length = measured.size
    there = part.start + part.length
    is_whole = there == media.size
    columns: dict[str, Any] = {"received": there, "upload_until": Now() + KEPT}
    if is_whole:
        columns |= {"upload_until": None, "fetch_at": None}
        columns |= {"status": MediaFile.Status.PROCESSING}
    if is_whole and not part.start:  # nothing to join
        columns |= {"file": part.file.name, "checksum": measured.checksum}
    with transaction.atomic():
        expecting = MediaFile.objects.uploading().filter(pk=media.pk, received=part.start)
        if not expecting.update(**columns):
            going = MediaFile.objects.filter(pk=media.pk).exclude(reason=UploadEnded.reason)
            raise OffsetDiffers if going.exists() else UploadOver
        if "file" not in columns:
            part.save(force_insert=True)
        if is_whole:
            after_commit(partial(call_examiners, [media.pk]))
        before = media.percent
        media.refresh_from_db(fields=list(columns))
        if is_whole or media.percent != before:
            signals.upload_moved.send(MediaFile, media=media)


def end(
    media: MediaFile, among: MediaFileQuerySet | None = None, reason: type[FileError] | None = None
) -> bool:
    """It will not come. The file goes, unless something waits for it: then it stays, and says so.

    With a reason it stays in any case: what was imported is told of in the library.
    """
    for is_last_try in (False, True):
        try:
            return _end(media, MediaFile.objects.uploading() if among is None else among, reason)
        except IntegrityError:  # somebody picked it just now
            if is_last_try:
                raise
    return False


def _end(media: MediaFile, among: MediaFileQuerySet, reason: type[FileError] | None) -> bool:
    with transaction.atomic():
        coming = MediaFile.objects.uploading().filter(pk=media.pk)
        coming.select_for_update(no_key=True).first()
        if not among.filter(pk=media.pk).exists():
            return False
        names = list(media.parts.values_list("file", flat=True))
        media.parts.all().delete()
        if reason or uses.is_used(media):
            columns: dict[str, Any] = {
                "status": MediaFile.Status.BROKEN,
                "reason": (reason or (ImportEnded if media.is_imported else UploadEnded)).reason,
                "size": 0,
                "received": 0,
                "upload_until": None,
                "fetch_at": None,
            }
            coming.update(**columns)
            media.refresh_from_db(fields=list(columns))
            signals.upload_moved.send(MediaFile, media=media)
        else:
            uses.let_go(media)
            coming.delete()
        transaction.on_commit(partial(parts.forget, names))
    return True


def end_expired() -> int:
    expired = MediaFile.objects.uploading().filter(upload_until__lt=Now())
    return sum(
        end(media, expired, ImportEnded if media.is_imported else None) for media in list(expired)
    )
