"""Links to a file that work for whoever has them: for a while, and for what is stored there today."""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse

from media_library.models import MediaFile

KEPT = timedelta(hours=4)
_SALT = "media_library.signed_links"


class LinkRefused(Exception):
    """Expired, altered, or of something that is not there any more: nobody is told which."""


def address(media: MediaFile) -> str:
    return reverse("signed_media", args=[token(media)])


def token(media: MediaFile) -> str:
    return signing.dumps([media.pk.hex, media.file.name], salt=_SALT)


def media_of(token: str) -> MediaFile:
    """A new version is stored under another name, so links to the one before end with it.

    None leads to what was thrown away; restored, it is where they lead to again.
    """
    try:
        media_id, name = signing.loads(token, salt=_SALT, max_age=KEPT)
    except signing.BadSignature as error:
        raise LinkRefused from error
    stored = MediaFile.objects.ready().untrashed()
    media = stored.filter(pk=UUID(media_id), file=name).first()
    if media is None:
        raise LinkRefused
    return media
