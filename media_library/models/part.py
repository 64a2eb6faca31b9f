"""A piece of a file that is being uploaded."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from config.ids import uuid7
from media_library.models.media_file import MediaFile, media_storage


def part_name(part: Part, name: str) -> str:
    return f"files/{part.media_id}/{part.pk}"


class Part(models.Model):
    """What one request brought, stored before it is counted: so it outlives whatever ends the studio.

    A storage can add nothing to a file that it has; this is how an upload grows on any storage.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    media = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="parts")
    start = models.PositiveBigIntegerField()
    length = models.PositiveBigIntegerField()
    file = models.FileField(storage=media_storage, upload_to=part_name, max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["media", "start"], name="part_begins_where_no_other_does"
            ),
            models.CheckConstraint(condition=Q(length__gt=0), name="part_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.start} + {self.length}"
