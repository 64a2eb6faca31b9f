"""A chapter: a titled, ordered part of a course."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from config.ids import uuid7
from courses import positions
from courses.models.course import Course
from courses.revisions import revise

if TYPE_CHECKING:
    from courses.models.video import Video


class ChapterQuerySet(models.QuerySet["Chapter"]):
    def live(self) -> Self:
        return self.filter(removed_at=None)

    def in_order(self) -> Self:
        return self.order_by("position")

    def add(self, course_id: UUID, title: str) -> Chapter:
        with revise(course_id) as revision:
            return self.create(
                course_id=course_id,
                title=title,
                position=positions.at_end(self.filter(course=course_id)),
                revision=revision,
            )


class Chapter(models.Model):
    """Every verb answers with the revision that it made, or with None if somebody was faster."""

    rows: list[Video]  # its live videos, where a page has fetched them

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="chapters")
    title = models.CharField(max_length=200)
    position = models.PositiveBigIntegerField()
    revision = models.PositiveBigIntegerField(editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ChapterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(title__regex=r"\S"), name="chapter_has_a_title"),
            models.UniqueConstraint(fields=["course", "position"], name="chapter_place_is_its_own"),
        ]
        indexes = [models.Index(fields=["course", "revision"], name="chapter_feed")]

    def __str__(self) -> str:
        return self.title

    @property
    def play_time(self) -> timedelta:
        durations = (row.media.duration for row in self.rows)
        return sum((duration for duration in durations if duration), timedelta())

    def rename(self, title: str) -> int | None:
        return self._change({"removed_at": None}, title=title)

    def move_by(self, steps: int) -> int | None:
        """Down by so many chapters, or up by a negative number, as far as there are any."""
        return self._move(lambda here: here + steps)

    def move_to(self, place: int) -> int | None:
        """To be the first (1), the second … or, from the number of chapters on, the last."""
        return self._move(lambda _: place - 1)

    def remove(self) -> int | None:
        return self._change({"removed_at": None}, removed_at=Now())

    def restore(self) -> int | None:
        return self._change({"removed_at__isnull": False}, removed_at=None)

    def _change(self, guard: dict[str, Any], **columns: Any) -> int | None:
        """One conditional update: the revision, or None if the chapter is not as the verb wants it."""
        with revise(self.course_id) as revision:
            guarded = Chapter.objects.filter(pk=self.pk, **guard)
            return revision if guarded.update(**columns, revision=revision) else None

    def _move(self, target: Callable[[int], int]) -> int | None:
        with revise(self.course_id) as revision:
            siblings = Chapter.objects.filter(course=self.course_id)
            order = list(siblings.live().in_order().values_list("pk", flat=True))
            if self.pk not in order:
                return None
            here = order.index(self.pk)
            order.remove(self.pk)
            there = min(max(target(here), 0), len(order))
            if there == here:
                return revision
            if there == len(order):
                position = positions.at_end(siblings)
            else:
                other = siblings.get(pk=order[there])
                position = positions.before(siblings, other, self.pk, revision)
            Chapter.objects.filter(pk=self.pk).update(position=position, revision=revision)
            return revision
