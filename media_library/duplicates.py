"""The same bytes twice in one library: told to the owner, who keeps both or uses the one that was there."""

from collections.abc import Iterable
from uuid import UUID

from media_library.models import MediaFile


def twins(files: Iterable[MediaFile]) -> dict[UUID, MediaFile]:
    """Of each of these files the oldest other one that is the same, unless the owner knows."""
    asked = [media for media in files if media.checksum and not media.is_kept_twice]
    if not asked:
        return {}
    owners = {media.owner_id for media in asked}
    same = (
        MediaFile.objects.shelved()
        .ready()
        .filter(owner__in=owners, checksum__in={media.checksum for media in asked})
    )
    oldest: dict[tuple[UUID, str], MediaFile] = {}
    for media in same.order_by("created_at", "pk"):
        oldest.setdefault((media.owner_id, media.checksum), media)
    found = {media: oldest.get((media.owner_id, media.checksum)) for media in asked}
    return {
        media.pk: twin
        for media, twin in found.items()
        if twin is not None and (twin.created_at, twin.pk) < (media.created_at, media.pk)
    }


def keep_both(media: MediaFile) -> None:
    MediaFile.objects.filter(pk=media.pk).update(is_kept_twice=True)
