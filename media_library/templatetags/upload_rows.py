"""Uploads that are not over: wherever files can be brought in, they can be seen and ended."""

from uuid import UUID

from django import template
from django.conf import settings

from accounts.models import User
from config.ids import NO_ID
from config.statements import Prepared
from media_library.file_errors import CodecNotPlayable
from media_library.models import MediaFile, MediaFileQuerySet

register = template.Library()
_GUESS = MediaFile(pk=NO_ID, status=MediaFile.Status.UPLOADING, size=0)


@register.simple_tag
def unfinished_uploads(user: User, version_of: MediaFile | None) -> list[MediaFile]:
    return _coming_versions(user.pk, version_of.pk) if version_of else _coming(user.pk)


def _unfinished(owner: UUID, version_of: UUID | None = None) -> MediaFileQuerySet:
    coming = MediaFile.objects.filter(owner=owner, version_of=version_of)
    return coming.uploading().sent_by_people().newest_first()[:100]


_coming = Prepared(_unfinished, UUID)
_coming_versions = Prepared(_unfinished, UUID, UUID)


@register.simple_tag
def upload_piece() -> int:
    return settings.UPLOAD_PIECE


@register.simple_tag
def not_playable() -> str:
    """What is said of a video that no browser plays, before it is sent and after."""
    return CodecNotPlayable.sentence


@register.simple_tag
def upload_guess() -> MediaFile:
    """What the page draws before the studio knows of it, under an id of its own."""
    return _GUESS
