"""Which files somebody has chosen: one by one, in that order, or all that match what they look for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from accounts.models import User
from config.ids import uuid_of
from media_library.finding import Finding, find, matching
from media_library.models import MediaFile, MediaFileQuerySet
from media_library.sorting import THROWN_AWAY

MOST_BY_HAND = 2000  # or the form would have more fields than the studio reads
COUNTED = 10_000  # so far counting takes a few milliseconds
_SHOWN = 20


class BadChoice(Exception):
    """With a sentence about it."""


@dataclass(frozen=True)
class Chosen:
    """`all_of` is the query string of what they look for; then the studio selects, and not the page."""

    room: str
    ids: Sequence[UUID] = ()
    all_of: str | None = None

    @classmethod
    def read(cls, data: QueryDict) -> "Chosen":
        room = "trash" if data.get("room") == "trash" else "library"
        if "all_of" in data:
            return cls(room, all_of=str(data["all_of"]))
        texts = data.getlist("media")
        if not texts:
            raise BadChoice("Choose at least one file.")
        if len(texts) > MOST_BY_HAND:
            raise BadChoice(
                f"That is {len(texts):,} files; choose {MOST_BY_HAND:,} by hand at most, or all that match."
            )
        ids = [found for text in texts if (found := uuid_of(text))]
        if len(ids) < len(texts):
            raise BadChoice("A chosen file could not be read. Reload the page and choose again.")
        return cls(room, ids=list(dict.fromkeys(ids)))

    def of(self, owner: User) -> Sequence[UUID] | MediaFileQuerySet:
        return self.ids if self.all_of is None else all_of(owner, self.room, self.all_of)

    def first(self, owner: User) -> list[MediaFile]:
        """To show what would become of them."""
        if self.all_of is not None and self.room == "library":
            return find(owner, Finding.asked(QueryDict(self.all_of)).from_start).files[:_SHOWN]
        if self.all_of is not None:
            return list(all_of(owner, self.room, self.all_of)[:_SHOWN])
        files = MediaFile.objects.owned_by(owner).filter(version_of=None)
        there = files.in_bulk(list(self.ids[:_SHOWN]))
        return [there[pk] for pk in self.ids[:_SHOWN] if pk in there]

    def count(self, owner: User) -> int:
        """Up to a bound: one more than it stands for more."""
        if self.all_of is None:
            return len(self.ids)
        return all_of(owner, self.room, self.all_of).order_by()[: COUNTED + 1].count()


def all_of(owner: User, room: str, query: str) -> MediaFileQuerySet:
    if room == "trash":
        return MediaFile.objects.owned_by(owner).trashed().order_by(*THROWN_AWAY.order)
    return matching(owner, Finding.asked(QueryDict(query)).from_start)


def how_many(count: int) -> str:
    """The number in words, honest about not having counted on."""
    if count > COUNTED:
        return f"more than {COUNTED:,}"
    return f"{count:,}"


def how_many_more(count: int) -> str:
    """Than the first that are shown; nothing if these are all."""
    if count > COUNTED:
        return f"more than {COUNTED - _SHOWN:,}"
    return f"{count - _SHOWN:,}" if count > _SHOWN else ""
