"""Something done to many files at once, by a worker."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from config.ids import uuid7
from media_library.models.media_file import MediaFile


class Batch(models.Model):
    """What to do is a verb of `media_library.batches`, with what it needs besides the files."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="media_batches"
    )
    verb = models.CharField(max_length=20)
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return self.verb


class BatchItem(models.Model):
    """WAITING → DONE | FAILED(reason); FAILED → WAITING by retry. Each item reports for itself."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    place = models.PositiveIntegerField()
    media = models.ForeignKey(MediaFile, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=255, help_text="Of the file, for when it is gone.")
    details = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    reason = models.CharField(max_length=255, blank=True, help_text="A sentence.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="batch_item_place_is_its_own"),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "done", "failed"]),
                name="batch_item_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="failed", reason__regex=r"\S")
                | ~Q(status="failed") & Q(reason=""),
                name="batch_item_has_a_reason_iff_failed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["batch", "place"], condition=Q(status="waiting"), name="batch_item_to_do"
            ),
        ]

    def __str__(self) -> str:
        return self.name
