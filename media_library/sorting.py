"""In which order files are shown, and how a page goes on after the last file of the one before.

A place in an order is the value that it sorts by and the id, for values may be equal: nothing is counted
off, so page 1,000 costs what page 1 does, and a file that comes or goes moves no other.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, DurationField, F, Func, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce

from media_library.models import MediaFile

_LARGEST = 2**63 - 1
_NO_TIME = timedelta(0)
_LONGEST_KEY = 300  # as `name_key` is
_PLACE = re.compile(r"(?:(?P<value>.*)~)?(?P<id>[0-9a-f-]{36})", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """Of a file in an order. In an address it is `value~id`, or the id alone."""

    value: Any
    id: UUID

    def __str__(self) -> str:
        value = self.value
        if isinstance(value, timedelta):
            value = value // timedelta(microseconds=1)
        return str(self.id) if value is None else f"{value}~{self.id}"


@dataclass(frozen=True)
class Sort:
    label: str
    descending: bool
    key: F | Func | None = None  # none: ids grow with time
    value: Callable[[MediaFile], Any] = lambda media: None
    read: Callable[[str], Any] = lambda text: None  # raises ValueError

    @property
    def order(self) -> list[OrderBy]:
        keys = [F("id")] if self.key is None else [self.key, F("id")]
        return [OrderBy(key, descending=self.descending) for key in keys]

    def place_of(self, media: MediaFile) -> Place:
        return Place(self.value(media), media.pk)

    def place(self, text: str) -> Place | None:
        """What stands in an address; None if it is no place in this order."""
        found = _PLACE.fullmatch(text)
        if found is None or (found["value"] is None) is not (self.key is None):
            return None
        try:
            value = None if found["value"] is None else self.read(found["value"])
            return Place(value, UUID(found["id"]))
        except ValueError:
            return None

    def beyond(self, place: Place) -> Func:
        """One comparison of rows, `(size, id) < (…, …)`: an index goes straight to that place."""
        here = [F("id")] if self.key is None else [self.key, F("id")]
        there = [Value(place.id)] if self.key is None else [Value(place.value), Value(place.id)]
        return Func(
            Func(*here, function="ROW"),
            Func(*there, function="ROW"),
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


SORTS = {
    "newest": Sort("Newest", descending=True),
    "oldest": Sort("Oldest", descending=False),
    "name": Sort(
        "Name",
        descending=False,
        key=F("name_key"),
        value=lambda media: media.name_key,
        read=lambda text: text[:_LONGEST_KEY],
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
