"""Something done to many files, one after the other, by a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.db.models.functions import Now

from config.ids import uuid7
from media_library.models.media_file import MediaFile

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User


class BatchQuerySet(models.QuerySet["Batch"]):
    def owned_by(self, user: User) -> BatchQuerySet:
        return self.filter(owner=user)

    def under_way(self) -> BatchQuerySet:
        return self.filter(Exists(BatchItem.objects.waiting().filter(batch=OuterRef("pk"))))

    def with_figures(self) -> BatchQuerySet:
        def number(status: str) -> Count:
            return Count("items", filter=Q(items__status=status))

        return self.annotate(
            waiting=number(BatchItem.Status.WAITING),
            done=number(BatchItem.Status.DONE),
            failed=number(BatchItem.Status.FAILED),
        )

    def dismiss(self) -> int:
        return self.update(dismissed_at=Now())


class Batch(models.Model):
    """What is done is a verb of `media_library.batch_verbs`, with what it needs besides the files.

    It is under way as long as one of its items waits. `dismissed_at` only says that nobody wants to read
    about it any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="media_batches"
    )
    verb = models.CharField(max_length=20)
    details = models.JSONField(default=dict, blank=True)
    undoes = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        constraints = [
            models.CheckConstraint(condition=Q(verb__regex=r"\S"), name="batch_has_a_verb"),
        ]
        indexes = [
            models.Index(
                fields=["owner", "id"], condition=Q(dismissed_at=None), name="batch_to_be_read"
            ),
            models.Index(fields=["created_at"], name="batch_by_age"),
        ]

    def __str__(self) -> str:
        return self.verb


class BatchItemQuerySet(models.QuerySet["BatchItem"]):
    def waiting(self) -> BatchItemQuerySet:
        return self.filter(status=BatchItem.Status.WAITING)

    def done(self) -> BatchItemQuerySet:
        return self.filter(status=BatchItem.Status.DONE)

    def failed(self) -> BatchItemQuerySet:
        return self.filter(status=BatchItem.Status.FAILED)

    def heads(self) -> list[tuple[UUID, int]]:
        """Of each batch that is under way: which of its items is next."""
        heads = self.waiting().order_by("batch").values_list("batch").annotate(Min("place"))
        return [(batch_id, place) for batch_id, place in heads]


class BatchItem(models.Model):
    """WAITING → DONE | FAILED(reason); FAILED → WAITING by retry. Each item reports for itself.

    Undoing a batch takes away what still waits.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    place = models.PositiveIntegerField()
    media = models.ForeignKey(
        MediaFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=255, help_text="Of the file, for when it is gone.")
    details: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    reason = models.CharField(max_length=255, blank=True, help_text="A sentence.")

    objects = BatchItemQuerySet.as_manager()

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
