"""Uploads that are not over: wherever files can be brought in, they can be seen and ended."""

from django import template
from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User
from config.ids import NO_ID
from media_library.file_errors import CodecNotPlayable
from media_library.models import MediaFile

register = template.Library()
_GUESS = MediaFile(pk=NO_ID, status=MediaFile.Status.UPLOADING, size=0)


@register.simple_tag
def unfinished_uploads(user: User, version_of: MediaFile | None) -> QuerySet[MediaFile]:
    coming = MediaFile.objects.owned_by(user).uploading().sent_by_people()
    return coming.filter(version_of=version_of).newest_first()[:100]


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
