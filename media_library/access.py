"""Who may touch which file. What is not yours does not exist."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404

from accounts.models import User
from media_library.models import MediaFile

Audience = Callable[[User], Q]
# Other apps may show files to more people than the owner: each adds whom, as a condition on the file.
# So the library need not know what uses it.
_audiences: list[Audience] = []
_audiences_of_posters: list[Audience] = []


def show_also_to(audience: Audience) -> None:
    _audiences.append(audience)


def show_poster_also_to(audience: Audience) -> None:
    """And nothing else of it."""
    _audiences_of_posters.append(audience)


def media_of(user: User, media_id: UUID) -> MediaFile:
    return get_object_or_404(MediaFile, pk=media_id, owner=user)


def shelved_media_of(user: User, media_id: UUID) -> MediaFile:
    """In the library: neither in the trash nor a version of another file."""
    return get_object_or_404(MediaFile.objects.shelved(), pk=media_id, owner=user)


def visible_media(user: User, media_id: UUID) -> MediaFile:
    """To look at, not to touch; for the owner also in the trash, until that is emptied."""
    return _seen(user, media_id, _audiences)


def pictured_media(user: User, media_id: UUID) -> MediaFile:
    """Its poster."""
    return _seen(user, media_id, [*_audiences, *_audiences_of_posters])


def _seen(user: User, media_id: UUID, audiences: list[Audience]) -> MediaFile:
    seen = Q(owner=user)
    for audience in audiences:
        seen |= audience(user)
    return get_object_or_404(MediaFile.objects.kept().filter(seen), pk=media_id)
