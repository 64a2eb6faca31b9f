"""A list becomes chapters and videos: by the verbs that there are, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from courses.linking import ChapterGone, Pick, Refusal, request_links
from courses.list_plan import Place
from courses.models import Chapter, Course
from courses.models.chapter import IdTaken

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
    """The same list twice, under the same ids, changes nothing."""
    standing = 0
    gone: list[Place] = []
    refused: list[tuple[Pick, Refusal]] = []
    with transaction.atomic():
        # Whoever sends it at the same time waits here, and finds it done.
        Course.objects.select_for_update(no_key=True).filter(pk=course.pk).first()
        for batch in batches:
            try:
                chapter = _chapter(course, batch.place)
                requested = request_links(chapter, person, batch.picks)
            except ChapterGone:
                gone.append(batch.place)
                continue
            standing += len(requested.standing)
            refused += requested.refused
    return Imported(standing, refused, gone)


def _chapter(course: Course, place: Place) -> Chapter:
    there = Chapter.objects.filter(pk=place.id, course=course).first()
    if there is None and place.is_new:
        try:
            return Chapter.objects.add(course.pk, place.title, chapter_id=place.id)
        except IdTaken:
            raise ChapterGone from None
    if there is None or there.removed_at is not None:
        raise ChapterGone
    return there
