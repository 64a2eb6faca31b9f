"""A new version takes the place of a file everywhere, once it is known to play; the old one can come back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from media_library import signals
from media_library.models import MediaFile

# What a file holds, and where that lies. Its id, name, captions and trash stay.
CONTENTS = (
    "file",
    "fetched_from",
    "size",
    "checksum",
    "status",
    "reason",
    "duration",
    "width",
    "height",
    "container",
    "video_codec",
    "audio_codec",
    "poster",
    "probed_at",
)


def take_waiting_places() -> int:
    """Of all that are ready and have not had their turn: whatever kept them from it when they became so."""
    ready = MediaFile.objects.ready().filter(version_of__isnull=False, replaced_at=None)
    return sum(take_place(version) for version in ready.order_by("pk"))


def take_place(version: MediaFile) -> bool:
    """The version and the file that it is of change contents: at once, or not at all.

    Once: who comes a second time for the version as it was, finds it done.
    """
    with transaction.atomic():
        both = MediaFile.objects.filter(pk__in=[version.pk, version.version_of_id])
        locked = {media.pk: media for media in both.order_by("pk").select_for_update(no_key=True)}
        new = locked.get(version.pk)
        old = locked.get(version.version_of_id) if version.version_of_id else None
        # A file whose own bytes are still on their way keeps waiting for them.
        if new is None or old is None or new.status != "ready" or old.status not in _DONE:
            return False
        if new.replaced_at != version.replaced_at:
            return True
        if new.replaced_at is None and _came_too_late(new):
            return bool(MediaFile.objects.filter(pk=new.pk).update(replaced_at=Now()))
        for media, contents in ((new, _contents(old)), (old, _contents(new))):
            for column, value in contents.items():
                setattr(media, column, value)
        new.replaced_at = Now()
        old.frame_wanted = None
        new.save(update_fields=[*CONTENTS, "replaced_at"])
        old.save(update_fields=[*CONTENTS, "frame_wanted"])
        signals.contents_changed.send(MediaFile, media=old)
    return True


def _came_too_late(version: MediaFile) -> bool:
    """One that was announced later has had its turn: this one is what was there before."""
    had_turn = MediaFile.objects.filter(version_of=version.version_of_id, replaced_at__isnull=False)
    return had_turn.filter(created_at__gt=version.created_at).exists()


_DONE = (MediaFile.Status.READY, MediaFile.Status.BROKEN)


def _contents(media: MediaFile) -> dict[str, object]:
    return {column: getattr(media, column) for column in CONTENTS}


def waiting(media: MediaFile) -> MediaFile | None:
    """The newest that is on its way, or that could not be one, unless a later one could."""
    version = media.versions.filter(replaced_at=None).newest_first().first()
    return None if version is None or _came_too_late(version) else version


def in_place_since(former: Sequence[MediaFile]) -> datetime | None:
    """None if that is not known: of one that came too late, or was brought back after a later one."""
    if not former or former[0] is not max(former, key=lambda version: version.created_at):
        return None
    return former[0].replaced_at


def former(media: MediaFile) -> list[MediaFile]:
    return list(media.versions.filter(replaced_at__isnull=False).order_by("-replaced_at"))
