"""Where files are used. The library does not know what uses them: whoever does says so here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction
from django.db.models import Exists, Q

from accounts.models import User
from media_library.models import MediaFile


@dataclass(frozen=True)
class Use:
    """A place that shows the file, in words for its owner; without an address if they may not see it."""

    words: str
    address: str


class Consumer(Protocol):
    """Something that uses files."""

    def exists(self) -> Exists:
        """For a query of files: whether this one is used."""
        ...

    def count(self, media: MediaFile) -> int: ...

    def of(self, media: MediaFile, part: slice) -> Sequence[Use]:
        """Some of them, in an order that stays the same."""
        ...

    def take_out(self, media: MediaFile, person: User) -> int:
        """Everywhere it is used. Answers with how often that was."""
        ...

    def bring_back(self, media: MediaFile, person: User) -> None:
        """Where it was taken out as it was thrown away, or replaced by what still stands there: at that very
        moment.
        """
        ...

    def put_in_place(self, media: MediaFile, other: MediaFile, person: User) -> int:
        """The other file, everywhere this one is used. Answers with how often that was."""
        ...

    def let_go(self, media: MediaFile) -> None:
        """The file is about to be deleted for good: what is in the trash may no longer refer to it."""
        ...


_consumers: list[Consumer] = []


def register(consumer: Consumer) -> None:
    _consumers.append(consumer)


def condition() -> Q:
    """Of files that are used."""
    used = Q(pk__in=[])
    for consumer in _consumers:
        used |= Q(consumer.exists())
    return used


def is_used(media: MediaFile) -> bool:
    return MediaFile.objects.filter(condition(), pk=media.pk).exists()


def count(media: MediaFile) -> int:
    return sum(consumer.count(media) for consumer in _consumers)


def of(media: MediaFile, part: slice) -> list[Use]:
    """Of each that uses files, this part."""
    return [use for consumer in _consumers for use in consumer.of(media, part)]


def take_out(media: MediaFile, person: User) -> int:
    return sum(consumer.take_out(media, person) for consumer in _consumers)


def bring_back(media: MediaFile, person: User) -> None:
    for consumer in _consumers:
        consumer.bring_back(media, person)


def put_in_place(media: MediaFile, other: MediaFile, person: User) -> int:
    with transaction.atomic():
        # Who throws the other one away at the same time waits, and then finds it used; or it is gone here.
        able = MediaFile.objects.able_to_replace(media).filter(pk=other.pk)
        if not able.select_for_update(no_key=True).exists():
            return 0
        return sum(consumer.put_in_place(media, other, person) for consumer in _consumers)


def let_go(media: MediaFile) -> None:
    for consumer in _consumers:
        consumer.let_go(media)
