"""What is worth a quiet word about the files of a library."""

from typing import Any
from uuid import UUID

from django.db.models import Count

from accounts.models import User
from media_library import space, uses
from media_library.marks import captioned
from media_library.models import MediaFile


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
    shown = MediaFile.objects.filter(pk__in=[media.pk for media in files])
    return {
        "unused": set(shown.filter(~uses.condition()).values_list("pk", flat=True)),
        "uncaptioned": set(shown.ready().exclude(captioned()).values_list("pk", flat=True)),
    }
