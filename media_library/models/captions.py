"""Captions of a file in one language."""

from __future__ import annotations

from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from config.ids import oldest_of, uuid7
from media_library import languages, signals
from media_library.models.media_file import KEPT_IN_TRASH, MediaFile

MOST_LANGUAGES = 20


class TooManyLanguages(Exception):
    """The file has captions in as many as it may."""


class ChangedSince(Exception):
    """Captions of this language: there is nothing to take back."""


class CaptionsQuerySet(models.QuerySet["Captions"]):
    """Each change answers with what was there before it, by which it is taken back."""

    def put(self, media: MediaFile, language: str, text: str) -> FormerCaptions:
        """In place of those that are there in this language."""
        with transaction.atomic():
            # Whoever adds others at the same time waits here, and is counted.
            MediaFile.objects.select_for_update(no_key=True).get(pk=media.pk)
            return self._put(media, language, text)

    def take_away(self, media: MediaFile, language: str) -> FormerCaptions | None:
        """None if there are none."""
        with transaction.atomic():
            MediaFile.objects.select_for_update(no_key=True).get(pk=media.pk)
            if not self.filter(media=media, language=language).exists():
                return None
            return self._put(media, language, "")

    def take_back(self, media: MediaFile, former_id: UUID) -> FormerCaptions:
        """The last change of a language. It can be taken back, too."""
        with transaction.atomic():
            MediaFile.objects.select_for_update(no_key=True).get(pk=media.pk)
            former = FormerCaptions.objects.filter(media=media, pk=former_id).first()
            if former is None:
                raise ChangedSince
            return self._put(media, former.language, former.text)

    def _put(self, media: MediaFile, language: str, text: str) -> FormerCaptions:
        there = self.filter(media=media)
        others = there.exclude(language=language)
        before = there.filter(language=language).first()
        if before and before.text == text:  # sent again: what was there before it can still be had
            same = FormerCaptions.objects.filter(media=media, language=language).first()
            if same:
                return same
        if text:
            if others.count() >= MOST_LANGUAGES:
                raise TooManyLanguages
            columns = {"text": text, "added_at": Now()}
            self.update_or_create(columns, media=media, language=language)
        elif before:
            before.delete()
        if (before is None) == bool(text) and not others.exists():
            signals.captions_changed.send(MediaFile, media=media)
        return FormerCaptions.objects.keep(media, language, before.text if before else "")

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


class FormerCaptionsQuerySet(models.QuerySet["FormerCaptions"]):
    def keep(self, media: MediaFile, language: str, text: str) -> FormerCaptions:
        """Under a new id: what was kept before it cannot be asked for any more."""
        self.filter(media=media, language=language).delete()
        former = self.create(media=media, language=language, text=text)
        newest = self.filter(media=media).order_by("-pk")
        self.filter(pk__in=list(newest.values_list("pk", flat=True)[MOST_LANGUAGES:])).delete()
        return former

    def forget_old(self) -> None:
        """What was replaced or removed is kept as long as what is in the trash."""
        self.filter(pk__lt=oldest_of(KEPT_IN_TRASH)).delete()


class FormerCaptions(models.Model):
    """What was there before the last change of a language, for as many languages as a file may have."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    media = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=35)
    text = models.TextField(blank=True, help_text="Empty if there were none.")

    objects = FormerCaptionsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "former captions"
        constraints = [
            models.UniqueConstraint(
                fields=["media", "language"], name="former_captions_once_per_language"
            ),
        ]

    def __str__(self) -> str:
        return languages.name(self.language)
