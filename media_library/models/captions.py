"""Captions of a file in one language."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from config.ids import uuid7
from media_library import languages, signals
from media_library.models.media_file import MediaFile

MOST_LANGUAGES = 20


class TooManyLanguages(Exception):
    """The file has captions in as many as it may."""


class CaptionsQuerySet(models.QuerySet["Captions"]):
    def put(self, media: MediaFile, language: str, text: str) -> bool:
        """In place of those that are there in this language. Whether there were none."""
        with transaction.atomic():
            # Whoever adds others at the same time waits here, and is counted.
            MediaFile.objects.select_for_update(no_key=True).get(pk=media.pk)
            others = self.filter(media=media).exclude(language=language)
            if others.count() >= MOST_LANGUAGES:
                raise TooManyLanguages
            columns = {"text": text, "added_at": Now()}
            _, is_new = self.update_or_create(columns, media=media, language=language)
            if is_new and not others.exists():
                signals.captions_changed.send(MediaFile, media=media)
        return is_new

    def take_away(self, media: MediaFile, language: str) -> None:
        with transaction.atomic():
            MediaFile.objects.select_for_update(no_key=True).get(pk=media.pk)
            here = self.filter(media=media)
            if here.filter(language=language).delete()[0] and not here.exists():
                signals.captions_changed.send(MediaFile, media=media)

    def in_order(self) -> CaptionsQuerySet:
        """To list them; their text is much, and not for that."""
        return self.defer("text").order_by("language")


class Captions(models.Model):
    """As WebVTT that this studio wrote, whatever was uploaded. They stay when the file gets a new version."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    media = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(max_length=35, help_text="A tag of BCP 47: en, pt-BR.")
    text = models.TextField(help_text="WebVTT.")
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = CaptionsQuerySet.as_manager()

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
        return languages.name(self.language)
