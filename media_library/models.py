"""A file in somebody's media library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from config.ids import uuid7
from media_library import file_errors

if TYPE_CHECKING:
    from accounts.models import User


def media_storage() -> Storage:
    return storages["media"]


def stored_name(media: MediaFile, name: str) -> str:
    """Names are for people: the stored file is called by its id alone."""
    return f"files/{media.pk}"


def poster_name(media: MediaFile, name: str) -> str:
    return f"posters/{media.pk}/{uuid7()}.jpg"


class MediaFileQuerySet(models.QuerySet["MediaFile"]):
    def owned_by(self, user: User) -> MediaFileQuerySet:
        return self.filter(owner=user)

    def ready(self) -> MediaFileQuerySet:
        return self.filter(status=MediaFile.Status.READY)

    def newest_first(self) -> MediaFileQuerySet:
        return self.order_by("-id")  # version 7: ids grow with time


class MediaFile(models.Model):
    """A video as an instructor has it.

    UPLOADING → PROCESSING → READY | BROKEN(reason). What probing found is known of READY files, and
    of no other.
    """

    class Status(models.TextChoices):
        UPLOADING = "uploading", "Uploading"
        PROCESSING = "processing", "Processing"
        READY = "ready", "Ready"
        BROKEN = "broken", "Broken"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="media_files"
    )
    name = models.CharField(max_length=255)
    file = models.FileField(
        storage=media_storage, upload_to=stored_name, max_length=255, blank=True
    )
    size = models.PositiveBigIntegerField(help_text="Bytes, as they were stored.")
    checksum = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the bytes.")
    status = models.CharField(max_length=10, choices=Status, default=Status.PROCESSING)
    reason = models.CharField(max_length=40, blank=True, choices=file_errors.CHOICES)
    duration = models.DurationField(null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    container = models.CharField(max_length=40, blank=True)
    video_codec = models.CharField(max_length=40, blank=True)
    audio_codec = models.CharField(max_length=40, blank=True)
    poster = models.FileField(
        storage=media_storage, upload_to=poster_name, max_length=255, blank=True
    )
    probed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = MediaFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(name__regex=r"\S"), name="media_file_has_a_name"),
            models.CheckConstraint(
                condition=Q(status__in=["uploading", "processing", "ready", "broken"]),
                name="media_file_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="broken", reason__regex=r"\S")
                | ~Q(status="broken") & Q(reason=""),
                name="media_file_has_a_reason_iff_broken",
            ),
            models.CheckConstraint(
                condition=~Q(status="ready")
                | Q(
                    duration__isnull=False,
                    width__gt=0,
                    height__gt=0,
                    probed_at__isnull=False,
                    file__regex=r"\S",
                    video_codec__regex=r"\S",
                ),
                name="media_file_is_probed_if_ready",
            ),
            models.CheckConstraint(
                condition=Q(checksum="") | Q(checksum__regex=r"^[0-9a-f]{64}$"),
                name="media_file_checksum_is_sha256",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="media_file_newest_first"),
            models.Index(
                fields=["created_at"], condition=Q(status="processing"), name="media_file_to_probe"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_linkable(self) -> bool:
        return self.status in (MediaFile.Status.PROCESSING, MediaFile.Status.READY)

    @property
    def sentence(self) -> str:
        """Why the file is broken, in an instructor's words."""
        return file_errors.sentence(self.reason)
