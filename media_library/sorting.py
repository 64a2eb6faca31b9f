"""In which order files are shown, and how a page goes on after the last file of the one before.

A place in an order is the value that it sorts by and the id, for values may be equal: nothing is counted
off, so page 1,000 costs what page 1 does, and a file that comes or goes moves no other.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, DurationField, F, Func, Value
from django.db.models.expressions import OrderBy, RawSQL
from django.db.models.functions import Coalesce

from media_library.models import MediaFile, MediaFileQuerySet

_LARGEST = 2**63 - 1
_NO_TIME = timedelta(0)
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"(?P<value>.*)~(?P<id>[0-9a-f-]{36})", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """Of a file in an order. In an address it is `value~id`."""

    value: Any
    id: UUID

    def __str__(self) -> str:
        value = self.value
        if isinstance(value, datetime):
            value -= _EPOCH
        if isinstance(value, timedelta):
            value //= _MICROSECOND
        return f"{value}~{self.id}"


@dataclass(frozen=True)
class Sort:
    label: str
    descending: bool
    key: F | Func
    value: Callable[[MediaFile], Any]
    read: Callable[[str], Any]  # raises ValueError

    @property
    def order(self) -> list[OrderBy]:
        return self._by(self.key)

    @property
    def order_of_all(self) -> list[OrderBy]:
        """The same in words that no index knows, so that what matches is found first, and then sorted."""
        return self._by(Coalesce(self.key, self.key))

    def next_of(self, files: MediaFileQuerySet, number: int) -> MediaFileQuerySet:
        """Each with the value that they are sorted by."""
        return files.annotate(sorted_by=self.key).order_by(*self.order)[:number]

    @property
    def order_of_next(self) -> list[OrderBy]:
        return self._by(RawSQL("sorted_by", []))

    def _by(self, key: F | Func | RawSQL) -> list[OrderBy]:
        return [OrderBy(part, descending=self.descending) for part in (key, F("id"))]

    def place_of(self, media: MediaFile) -> Place:
        return Place(self.value(media), media.pk)

    def place(self, text: str) -> Place | None:
        """What stands in an address; None if it is no place in this order."""
        found = _PLACE.fullmatch(text)
        if found is None:
            return None
        try:
            return Place(self.read(found["value"]), UUID(found["id"]))
        except ValueError:
            return None

    def beyond(self, place: Place) -> Func:
        """One comparison of rows, `(size, id) < (…, …)`: an index goes straight to that place."""
        return Func(
            Func(self.key, F("id"), function="ROW"),
            Func(Value(place.value), Value(place.id), function="ROW"),
            template="(%(expressions)s)",
            arg_joiner=" < " if self.descending else " > ",
            output_field=BooleanField(),
        )


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _LARGEST):
        raise ValueError(text)
    return int(text)


def _time(text: str) -> timedelta:
    try:
        return timedelta(microseconds=_whole(text))
    except OverflowError:
        raise ValueError(text) from None


def _moment(text: str) -> datetime:
    try:
        return _EPOCH + _time(text)
    except OverflowError:
        raise ValueError(text) from None


def _by_time(label: str, *, descending: bool) -> Sort:
    """By the studio's clock: ids are minted by browsers, which may be wrong about the time."""
    return Sort(label, descending, F("created_at"), lambda media: media.created_at, _moment)


SORTS = {
    "newest": _by_time("Newest", descending=True),
    "oldest": _by_time("Oldest", descending=False),
    "name": Sort(
        "Name",
        descending=False,
        key=F("name_key"),
        value=lambda media: media.name_key,
        read=str,
    ),
    "longest": Sort(
        "Longest",
        descending=True,
        key=Coalesce("duration", Value(_NO_TIME), output_field=DurationField()),
        value=lambda media: media.duration or _NO_TIME,
        read=_time,
    ),
    "largest": Sort(
        "Largest",
        descending=True,
        key=F("size"),
        value=lambda media: media.size,
        read=_whole,
    ),
}
THROWN_AWAY = Sort(
    "Thrown away last",
    descending=True,
    key=F("trashed_at"),
    value=lambda media: media.trashed_at,
    read=_moment,
)
