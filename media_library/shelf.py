"""What is worth a quiet word about the files of a library."""

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Count, ExpressionWrapper, F

from accounts.models import User
from config.statements import AnyOf, Prepared
from media_library import space, uses
from media_library.marks import captioned
from media_library.models import MediaFile, MediaFileQuerySet


def figures(owner: User) -> dict[str, Any]:
    """That change while the page is open, for `media_library/_figures.html`."""
    return {"space_taken": space.taken(owner), "counts": counts(owner)}


def counts(owner: User) -> dict[str, int]:
    """Of what is not ready yet, or never will be: the others are too many to be counted for a page."""
    unready = MediaFile.objects.owned_by(owner).shelved().exclude(status=MediaFile.Status.READY)
    numbers = dict(unready.order_by().values_list("status").annotate(Count("pk")))
    coming = numbers.get("uploading", 0) + numbers.get("processing", 0)
    return {"processing": coming, "broken": numbers.get("broken", 0)}


def marks(files: list[MediaFile]) -> dict[str, set[UUID]]:
    """For one page of them."""
    known = _marked([media.pk for media in files]) if files else []
    ready = {media.pk for media in files if media.status == MediaFile.Status.READY}
    return {
        "unused": {one.pk for one in known if not one.has_uses},
        "uncaptioned": {one.pk for one in known if one.pk in ready and not one.has_captions},
    }


def _with_marks(ids: list[UUID]) -> MediaFileQuerySet:
    return (
        MediaFile.objects.filter(AnyOf(F("id"), ids))
        .only("pk")
        .annotate(
            has_uses=ExpressionWrapper(uses.condition(), BooleanField()),
            has_captions=ExpressionWrapper(captioned(), BooleanField()),
        )
    )


_marked: Prepared[Any] = Prepared(_with_marks, list)
