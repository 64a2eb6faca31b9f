"""A chapter: a titled, ordered part of a course."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from config.ids import uuid7
from courses import positions
from courses.models.course import Course
from courses.revisions import revise


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

    def rename(self, title: str) -> bool:
        return self._change({"removed_at": None}, title=title)

    def move_before(self, other_id: UUID | None) -> bool:
        """To the place right before a live chapter of the same course, or to the end."""
        with revise(self.course_id) as revision:
            siblings = Chapter.objects.filter(course=self.course_id)
            if other_id is None:
                position = positions.at_end(siblings)
            elif other := siblings.live().exclude(pk=self.pk).filter(pk=other_id).first():
                position = positions.before(siblings, other, self.pk, revision)
            else:
                return False
            live = Chapter.objects.live().filter(pk=self.pk)
            return bool(live.update(position=position, revision=revision))

    def remove(self) -> bool:
        return self._change({"removed_at": None}, removed_at=Now())

    def restore(self) -> bool:
        return self._change({"removed_at__isnull": False}, removed_at=None)

    def _change(self, guard: dict[str, Any], **columns: Any) -> bool:
        """One conditional update: false if the chapter is not as the verb wants it."""
        with revise(self.course_id) as revision:
            guarded = Chapter.objects.filter(pk=self.pk, **guard)
            return bool(guarded.update(**columns, revision=revision))
