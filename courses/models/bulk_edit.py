"""What one edit did to many videos of a course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Now

from config.ids import uuid7
from courses.models.course import Course

if TYPE_CHECKING:
    from typing import Any


class BulkEdit(models.Model):
    """Its id is the page's: asked for again it is not done again. Kept for a day, to be taken back.

    `before` says of each video that it changed what it takes to do so; `undone` which of them were, asked for
    again, too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="bulk_edits")
    verb = models.CharField(max_length=20)
    revision = models.PositiveBigIntegerField()
    done: models.JSONField[list[str], list[str]] = models.JSONField()
    causes: models.JSONField[dict[str, list[str]], Any] = models.JSONField()
    before: models.JSONField[dict[str, Any], Any] = models.JSONField()
    undone: models.JSONField[list[str] | None, list[str] | None] = models.JSONField(null=True)
    undone_revision = models.PositiveBigIntegerField(default=0, db_default=0)
    done_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["done_at"], name="bulk_edit_is_old")]

    def __str__(self) -> str:
        return f"{self.verb} of {len(self.before)} videos"
