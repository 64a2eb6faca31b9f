"""A course, and who may change it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from config.ids import uuid7
from config.texts import Titled
from courses.revisions import GuardFailed, revise

if TYPE_CHECKING:
    from accounts.models import User


class CourseQuerySet(models.QuerySet["Course"]):
    def of_author(self, user: User | UUID) -> CourseQuerySet:
        """Own courses, and those that others share with this person."""
        shared = CoAuthor.objects.filter(course=OuterRef("pk"), author=user)
        return self.filter(Q(owner=user) | Exists(shared))

    def latest_first(self) -> CourseQuerySet:
        return self.order_by("-changed_at", "-id")


class Course(Titled):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="own_courses"
    )
    co_authors = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="courses.CoAuthor",
        through_fields=("course", "author"),
        related_name="shared_courses",
    )
    title = models.CharField(max_length=200)
    published = models.BooleanField(default=False)
    # Grows by one with every change inside the course; see courses/revisions.py.
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    # When what its head says last changed: its texts, and whether it is published.
    head_revision = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    # Before it some rows were deleted for good: pages from then are told what stands, not what is gone.
    forgotten = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = CourseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(title__regex=r"\S"), name="course_has_a_title"),
        ]
        indexes = [
            models.Index(fields=["owner", "-changed_at", "-id"], name="course_latest_first"),
        ]

    def __str__(self) -> str:
        return self.title

    def publish(self) -> None:
        self._change(published=True)

    def unpublish(self) -> None:
        self._change(published=False)

    def _put(self, seen: dict[str, Any], columns: dict[str, Any]) -> int | None:
        with suppress(GuardFailed), revise(self.pk) as revision:
            seen_so = Course.objects.filter(pk=self.pk, **seen)
            if not seen_so.update(**columns, head_revision=revision):
                raise GuardFailed
            return revision
        return None

    def _change(self, **columns: Any) -> None:
        with revise(self.pk) as revision:
            Course.objects.filter(pk=self.pk).update(**columns, head_revision=revision)
        for name, value in columns.items():
            setattr(self, name, value)
        self.revision = revision

    def add_co_author(self, author: User) -> bool:
        """False if the person is one already, or the owner."""
        if author.pk == self.owner_id:
            return False
        with suppress(GuardFailed), revise(self.pk):
            _, is_new = CoAuthor.objects.get_or_create(course=self, author=author)
            if not is_new:
                raise GuardFailed
        return is_new

    def remove_co_author(self, author_id: UUID) -> bool:
        with suppress(GuardFailed), revise(self.pk):
            removed, _ = CoAuthor.objects.filter(course=self, author=author_id).delete()
            if not removed:
                raise GuardFailed
        return bool(removed)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Under the course's lock, like every change inside: nobody settles or adds a link meanwhile."""
        with revise(self.pk):
            return super().delete(*args, **kwargs)


class CoAuthor(models.Model):
    """A person with whom the owner shares a course; may change everything in it, not the sharing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="co_authorships")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="co_authorships"
    )
    since = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "author"], name="co_author_once_per_course"),
        ]

    def __str__(self) -> str:
        return f"{self.author} in {self.course}"
