"""A list becomes chapters and videos: by the verbs that there are, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from courses.linking import Pick, Refusal, request_links_by_chapter
from courses.list_plan import Place
from courses.models import Chapter, Course

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Batch:
    """Videos for a chapter, which is made if it is new."""

    place: Place
    picks: list[Pick]


@dataclass(frozen=True)
class Imported:
    standing: int
    refused: list[tuple[Pick, Refusal]]
    gone: list[Place]  # chapters that were removed meanwhile


def import_list(course: Course, person: User, batches: Sequence[Batch]) -> Imported:
    """In a constant number of statements. The same list twice, under the same ids, changes nothing."""
    new = {batch.place.id: batch.place.title for batch in batches if batch.place.is_new}
    with transaction.atomic():
        # Whoever sends it at the same time waits here, and finds it done.
        Course.objects.select_for_update(no_key=True).filter(pk=course.pk).first()
        Chapter.objects.add_all(course.pk, new)
        live = set(course.chapters.live().values_list("pk", flat=True))
        picks = {batch.place.id: batch.picks for batch in batches if batch.place.id in live}
        requested = request_links_by_chapter(course.pk, person, picks)
    gone = [batch.place for batch in batches if batch.place.id not in live]
    return Imported(len(requested.standing), requested.refused, gone)
