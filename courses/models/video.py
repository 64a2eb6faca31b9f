"""A video in a chapter: the link to a file of the library, and its state machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from config.ids import uuid7
from courses import link_errors, positions
from courses.models.chapter import Chapter
from courses.revisions import revise
from media_library.models import MediaFile

if TYPE_CHECKING:
    from accounts.models import User

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 3


class VideoQuerySet(models.QuerySet["Video"]):
    def live(self) -> Self:
        return self.filter(removed_at=None)

    def standing(self) -> Self:
        """Live, in a live chapter."""
        return self.live().filter(chapter__removed_at=None)

    def in_order(self) -> Self:
        return self.order_by("position")

    def for_rows(self) -> Self:
        """With what a row shows, and no more: an editor may have a thousand of them."""
        return self.in_order().select_related("media").only(
            "id", "chapter_id", "title", "status", "reason", "position",
            "media__id", "media__name", "media__poster", "media__duration",
        )

    def due(self) -> Self:
        """Waiting for a worker: linking, its time has come, and nobody holds a lease."""
        return self.live().filter(
            Q(lease_until=None) | Q(lease_until__lt=Now()),
            status=Video.Status.LINKING,
            due_at__lte=Now(),
        )


class Video(models.Model):
    """
    LINKING ──complete──▶ LINKED
       │ ▲
       │ └──retry── FAILED(reason)
       └──fail──────▶

    A worker claims a LINKING row by a lease; only who holds the lease completes, defers or fails it.
    `removed_at` stands beside the status. Every verb is one conditional update: one row means you won.
    """

    class Status(models.TextChoices):
        LINKING = "linking", "Linking"
        LINKED = "linked", "Linked"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="videos")
    media = models.ForeignKey(MediaFile, on_delete=models.PROTECT, related_name="links")
    title = models.CharField(max_length=255)
    title_version = models.PositiveIntegerField(default=0, editable=False)
    position = models.PositiveBigIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.LINKING)
    reason = models.CharField(max_length=40, blank=True, choices=link_errors.CHOICES)
    # Who asked for the link: workers take turns between people.
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    due_at = models.DateTimeField(db_default=Now(), editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)
    revision = models.PositiveBigIntegerField(editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = VideoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(title__regex=r"\S"), name="video_has_a_title"),
            models.UniqueConstraint(fields=["chapter", "position"], name="video_place_is_its_own"),
            models.CheckConstraint(
                condition=Q(status__in=["linking", "linked", "failed"]),
                name="video_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="failed", reason__regex=r"\S") | ~Q(status="failed") & Q(reason=""),
                name="video_has_a_reason_iff_failed",
            ),
            models.CheckConstraint(
                condition=Q(lease_token=None, lease_until=None)
                | Q(status="linking", lease_token__isnull=False, lease_until__isnull=False),
                name="video_is_leased_only_while_linking",
            ),
            models.CheckConstraint(
                condition=Q(status="linking", settled_at=None)
                | ~Q(status="linking") & Q(settled_at__isnull=False),
                name="video_is_settled_iff_not_linking",
            ),
        ]
        indexes = [
            models.Index(fields=["chapter", "revision"], name="video_feed"),
            models.Index(
                fields=["due_at"], condition=Q(status="linking", removed_at=None), name="video_due"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def sentence(self) -> str:
        """Why linking failed, in an instructor's words."""
        return link_errors.sentence(self.reason)
