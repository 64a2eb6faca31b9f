"""Files that are thrown away: kept for thirty days as they were. Space comes back with the bytes."""

import logging
from functools import partial

from django.contrib.postgres.functions import TransactionNow
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from config.wake_ups import after_commit, wake
from media_library import parts, uses
from media_library.models import KEPT_IN_TRASH, MediaFile, MediaFileQuerySet

_log = logging.getLogger("lectern.media")
IN_TRASH = Q(trashed_at__isnull=False)


def throw_away(media: MediaFile) -> bool:
    """Whether it is in the trash then.

    Only what nothing uses: who shows it has people decide first what happens there.
    """
    with transaction.atomic():
        here = MediaFile.objects.shelved().filter(pk=media.pk)
        # A pick that comes at the same time waits for this, and then finds no file; or it is seen here.
        if here.select_for_update().exists() and not uses.is_used(media):
            here.exclude(status=MediaFile.Status.UPLOADING).update(trashed_at=TransactionNow())
    return MediaFile.objects.trashed().filter(pk=media.pk).exists()


def throw_away_everywhere(
    media: MediaFile, person: User, other: MediaFile | None = None
) -> int | None:
    """Taken out wherever it is used, or `other` in its place: in how many places, None if it stays.

    At one moment of the database, by which all of it comes back.
    """
    with transaction.atomic():
        # Files before their courses, as everybody who locks both; in one order, for somebody may put this one
        # in the place of the other.
        files = MediaFile.objects.filter(pk__in=[media.pk, *([other.pk] if other else [])])
        list(files.order_by("pk").select_for_update(no_key=True))
        if other:
            places = uses.put_in_place(media, other, person)
        else:
            places = uses.take_out(media, person)
        if throw_away(media):
            return places
        transaction.set_rollback(True)
    return None


def restore(media: MediaFile) -> bool:
    """Whether it is in the library then: what was emptied away does not come back.

    Where it was taken out of courses as it was thrown away, or replaced, it stands again.
    """
    with transaction.atomic():
        thrown_away = MediaFile.objects.trashed().select_for_update(no_key=True)
        if here := thrown_away.filter(pk=media.pk).first():
            uses.bring_back(here, here.owner)
            MediaFile.objects.filter(pk=media.pk).update(trashed_at=None)
    return MediaFile.objects.shelved().filter(pk=media.pk).exists()


def delete(media: MediaFile, if_still: Q) -> bool:
    """For good, with all of its versions. False if it is not so any more, or if somebody uses it."""
    family = MediaFile.objects.filter(Q(pk=media.pk) | Q(version_of=media.pk))
    if media.version_of_id is not None:  # a change of contents takes both, too, in this order
        family = MediaFile.objects.filter(pk__in=[media.pk, media.version_of_id])
    try:
        with transaction.atomic():
            locked = list(family.order_by("pk").select_for_update().values_list("pk", flat=True))
            if not MediaFile.objects.filter(if_still, pk=media.pk).exists():
                return False
            doomed = MediaFile.objects.filter(pk__in=locked)
            if media.version_of_id is not None:
                doomed = doomed.filter(pk=media.pk)
            names = _stored_names(doomed)
            uses.let_go(media)
            doomed.filter(version_of__isnull=False).delete()
            doomed.delete()
            transaction.on_commit(partial(parts.forget, names))
    except (IntegrityError, OperationalError) as error:
        _log.warning("%s is not deleted: %s", media.pk, error)
        return False
    return True


def _stored_names(files: MediaFileQuerySet) -> list[str]:
    names = [name for pair in files.values_list("file", "poster") for name in pair]
    return [*names, *files.values_list("parts__file", flat=True).exclude(parts=None)]


def empty(owner: User) -> int:
    """All of one person's. It is out of sight at once; the bytes go as soon as a worker comes."""
    emptied = (
        MediaFile.objects.owned_by(owner).trashed().update(trashed_at=Now() - 2 * KEPT_IN_TRASH)
    )
    if emptied:
        after_commit(partial(wake, "media_library.forget_what_is_old"))
    return emptied


def forget_what_is_old() -> int:
    """What was thrown away or replaced thirty days ago. What is used again is no trash."""
    old = Q(trashed_at__lt=Now() - KEPT_IN_TRASH) | Q(replaced_at__lt=Now() - KEPT_IN_TRASH)
    used = MediaFile.objects.filter(uses.condition(), trashed_at__lt=Now() - KEPT_IN_TRASH)
    if back := used.update(trashed_at=None):
        _log.warning("%d files of the trash are used, and are back in their libraries.", back)
    return sum(delete(media, old) for media in MediaFile.objects.filter(old))
