"""A chapter: a titled, ordered part of a course."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from config.ids import uuid7
from config.texts import Titled
from courses import positions
from courses.models.course import Course
from courses.revisions import CourseGone, GuardFailed, StandsAlready, revise

if TYPE_CHECKING:
    from accounts.models import User
    from courses.changes import Figures
    from courses.models.video import Video


class IdTaken(Exception):
    """The id belongs to something else, of which nothing is told."""


class ChapterQuerySet(models.QuerySet["Chapter"]):
    def live(self) -> Self:
        return self.filter(removed_at=None)

    def in_trash(self) -> Self:
        """Removed, and it may come back."""
        return self.filter(removed_at__isnull=False, discarded_at=None)

    def in_order(self) -> Self:
        return self.order_by("position")

    def add(self, course_id: UUID, title: str, *, chapter_id: UUID | None = None) -> Chapter:
        """At the end. The page may have minted the id: asked for twice, it is one chapter."""
        chapter_id = chapter_id or uuid7()
        self.add_all(course_id, {chapter_id: title})
        there = self.filter(pk=chapter_id, course_id=course_id).first()
        if there is None:
            raise IdTaken
        return there

    def add_all(self, course_id: UUID, titles: Mapping[UUID, str]) -> None:
        """By ids, at the end, in this order and in one revision. An id that is taken stays what it is."""
        with suppress(GuardFailed), revise(course_id) as revision:
            taken = set(self.filter(pk__in=titles).values_list("pk", flat=True))
            new = [chapter_id for chapter_id in titles if chapter_id not in taken]
            if not new:
                raise GuardFailed
            first = positions.at_end(self.filter(course=course_id))
            self.bulk_create(
                (
                    Chapter(
                        pk=chapter_id,
                        course_id=course_id,
                        title=titles[chapter_id],
                        position=first + place * positions.STEP,
                        revision=revision,
                    )
                    for place, chapter_id in enumerate(new)
                ),
                ignore_conflicts=True,  # another course may take the id just now
            )


class Chapter(Titled):
    """Every verb answers with the revision that it made, or with None if somebody was faster."""

    rows: list[Video]  # its live videos, where a page has fetched them
    rows_waiting = 0  # so many more of them come later,
    rows_after = 0  # beginning after this position
    figures: Figures  # likewise

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="chapters")
    title = models.CharField(max_length=200)
    position = models.PositiveBigIntegerField()
    revision = models.PositiveBigIntegerField(editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    discarded_at = models.DateTimeField(null=True, editable=False)  # see courses/trash.py

    objects = ChapterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(title__regex=r"\S"), name="chapter_has_a_title"),
            models.UniqueConstraint(fields=["course", "position"], name="chapter_place_is_its_own"),
            models.CheckConstraint(
                condition=Q(discarded_at=None) | Q(removed_at__isnull=False),
                name="chapter_is_removed_before_it_is_discarded",
            ),
        ]
        indexes = [models.Index(fields=["course", "revision"], name="chapter_feed")]

    def __str__(self) -> str:
        return self.title

    def draw_anew(self) -> int | None:
        """What its figures say may change with time alone."""
        return self._change({"removed_at": None})

    def _put(self, seen: dict[str, Any], columns: dict[str, Any]) -> int | None:
        return self._change({"removed_at": None, **seen}, **columns)

    def move(self, target: positions.Target) -> int | None:
        """Where it stands already is a success, and the course's revision stays."""
        try:
            with revise(self.course_id) as revision:
                live = Chapter.objects.live().filter(pk=self.pk)
                if not live.exists():
                    raise GuardFailed
                siblings = Chapter.objects.filter(course=self.course_id)
                position = positions.moved(siblings, self.pk, target, revision)
                if position is None:
                    raise StandsAlready(revision - 1)
                live.update(position=position, revision=revision)
        except StandsAlready as already:
            return already.revision
        except GuardFailed:
            return None
        return revision

    def remove(self, by: User | None = None) -> int | None:
        return self._change({"removed_at": None}, removed_at=Now(), removed_by=by)

    def restore(self) -> int | None:
        """Its rows count as changed too: pages that took the chapter away have none of them."""
        try:
            with revise(self.course_id) as revision:
                removed = Chapter.objects.in_trash().filter(pk=self.pk)
                if not removed.update(removed_at=None, removed_by=None, revision=revision):
                    raise GuardFailed
                self.videos.filter(removed_at=None).update(revision=revision)
        except GuardFailed:
            return None
        return revision

    def _change(self, guard: dict[str, Any], **columns: Any) -> int | None:
        """One conditional update: the revision, or None if the chapter is not as the verb wants it."""
        try:
            with revise(self.course_id) as revision:
                guarded = Chapter.objects.filter(pk=self.pk, **guard)
                if not guarded.update(**columns, revision=revision):
                    raise GuardFailed
        except (GuardFailed, CourseGone):
            return None
        return revision
