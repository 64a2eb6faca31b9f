"""Captions of a file in one language."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from config.ids import uuid7
from media_library.models.media_file import MediaFile


class Captions(models.Model):
    """As WebVTT that this studio wrote, whatever was uploaded. They stay when the file gets a new version."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    media = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(max_length=35, help_text="A tag of BCP 47: en, pt-BR.")
    text = models.TextField(help_text="WebVTT.")
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "captions"
        constraints = [
            models.UniqueConstraint(
                fields=["media", "language"], name="captions_once_per_language"
            ),
            models.CheckConstraint(
                condition=Q(language__regex=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"),
                name="captions_language_is_a_tag",
            ),
        ]

    def __str__(self) -> str:
        return self.language
