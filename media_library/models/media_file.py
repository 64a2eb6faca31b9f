"""A file in somebody's media library."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Now, Replace, Substr, Upper

from config.ids import uuid7
from config.texts import Described, writer
from media_library import file_errors

if TYPE_CHECKING:
    from accounts.models import User


def media_storage() -> Storage:
    return storages["media"]


def stored_name(media: MediaFile, name: str) -> str:
    """Names are for people: the stored file is called by ids alone."""
    return f"files/{media.pk}/{uuid7()}"


def poster_name(media: MediaFile, name: str) -> str:
    return f"posters/{media.pk}/{uuid7()}.jpg"


_IN_NO_NAME = "\x1f"
_SS = Value("SS")


def _in_name(pattern: str, becomes: str, text: Combinable) -> Func:
    return Func(text, Value(pattern), Value(becomes), Value("g"), function="regexp_replace")


# "Part 2" comes before "part 10": in capitals, and each number as its last 14 digits.
_NAME_KEY = _in_name(r"\d*(\d{14})", r"\1", _in_name(r"(\d+)", "0" * 14 + r"\1", Upper("name")))


def _normal(text: Combinable, form: str) -> Func:
    return Func(text, function="NORMALIZE", template=f"%(function)s(%(expressions)s, {form})")


def plain(text: Combinable) -> Func:
    """As it is looked for: in capitals, and without the accents that many leave out."""
    with_accents_apart = _normal(
        Replace(Replace(Upper(text), Value("ß"), _SS), Value("ẞ"), _SS), "NFD"
    )
    return _normal(_in_name("[\u0300-\u036f]", "", with_accents_apart), "NFC")


def _split(text: Combinable, *, at: str | None) -> Func:
    return Func(
        text, Value(at), function="string_to_array", output_field=ArrayField(models.TextField())
    )


def _pairs(text: Combinable) -> Func:
    """Its first two letters, the next two, and so on."""
    return _split(_in_name("(..)", r"\1" + _IN_NO_NAME, text), at=_IN_NO_NAME)


# Of a name, as it is looked for: each letter, and each with the next.
LETTERS_AND_PAIRS = Func(
    _split(F("name_plain"), at=None),
    _pairs(F("name_plain")),
    _pairs(Substr("name_plain", 2)),
    template="(%(expressions)s)",
    arg_joiner=" || ",
    output_field=ArrayField(models.TextField()),
)
KEPT_IN_TRASH = timedelta(days=30)
_SHELVED = Q(version_of=None, trashed_at=None)


def kept(trashed_at: str) -> Q:
    """Not deleted for good, by the moment when it was thrown away."""
    return Q(**{trashed_at: None}) | Q(**{f"{trashed_at}__gt": Now() - KEPT_IN_TRASH})


class MediaFileQuerySet(models.QuerySet["MediaFile"]):
    def owned_by(self, user: User) -> MediaFileQuerySet:
        return self.filter(owner=user)

    def shelved(self) -> MediaFileQuerySet:
        """Files of a library: no versions that wait for their turn or have had it, and no trash."""
        return self.filter(_SHELVED)

    def trashed(self) -> MediaFileQuerySet:
        """Thrown away, and it can come back."""
        return self.filter(trashed_at__gt=Now() - KEPT_IN_TRASH)

    def kept(self) -> MediaFileQuerySet:
        """Not emptied away, alone or with the file that they are a version of."""
        return self.filter(kept("trashed_at"), kept("version_of__trashed_at"))

    def untrashed(self) -> MediaFileQuerySet:
        """Likewise not thrown away."""
        return self.filter(trashed_at=None, version_of__trashed_at=None)

    def uploading(self) -> MediaFileQuerySet:
        return self.filter(status=MediaFile.Status.UPLOADING)

    def sent_by_people(self) -> MediaFileQuerySet:
        return self.filter(fetched_from="")

    def imported(self) -> MediaFileQuerySet:
        return self.filter(~Q(fetched_from=""))

    def to_fetch(self) -> MediaFileQuerySet:
        """By a worker, now: nobody is at it, or whoever was has not been heard of."""
        return self.uploading().filter(fetch_at__lte=Now())

    def ready(self) -> MediaFileQuerySet:
        return self.filter(status=MediaFile.Status.READY)

    def able_to_replace(self, media: MediaFile) -> MediaFileQuerySet:
        """Wherever it is used."""
        return self.filter(owner=media.owner_id).shelved().ready().exclude(pk=media.pk)

    def wanting_frame(self) -> MediaFileQuerySet:
        return self.ready().filter(frame_wanted__isnull=False)

    def newest_first(self) -> MediaFileQuerySet:
        return self.order_by("-created_at", "-id")


class MediaFile(Described):
    """A video as an instructor has it.

    UPLOADING → PROCESSING → READY | BROKEN(reason). What probing found is known of READY files, and
    of no other. `trashed_at` stands beside the status.

    The bytes of an UPLOADING file are sent by a person, or fetched from where an import found them.

    A new version is a file of its own until it is READY, `version_of` the one that it shall replace. Then
    the two change contents: everything that was found in the bytes, and where they lie. The one of the
    library keeps its id, its name and its captions, so links to it never break; the other one now holds
    what was there before.
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
    TITLE = "name"
    name = models.CharField(max_length=255)
    name_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    name_by = writer()
    name_key = models.GeneratedField(
        expression=_NAME_KEY,
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    name_plain = models.GeneratedField(
        expression=plain(F("name")),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    file = models.FileField(
        storage=media_storage, upload_to=stored_name, max_length=255, blank=True
    )
    size = models.PositiveBigIntegerField(help_text="Bytes, as they were announced and stored.")
    received = models.PositiveBigIntegerField(
        default=0, help_text="Bytes, of a file that is being uploaded."
    )
    upload_until = models.DateTimeField(
        null=True, blank=True, help_text="An upload that has not gone on until then is over."
    )
    upload_metadata = models.TextField(
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="As the client gave it, which may ask for it again.",
    )
    fetched_from = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="Where it was imported from; empty for what a person sends.",
    )
    fetch_at = models.DateTimeField(
        null=True, blank=True, help_text="When a worker shall fetch the next piece of it."
    )
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
    frame_wanted = models.FloatField(
        null=True, blank=True, help_text="Seconds from the start: the poster that is being made."
    )
    version_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="versions"
    )
    replaced_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it is a former version."
    )
    is_kept_twice = models.BooleanField(
        default=False, help_text="The owner knows that another file has the same bytes."
    )
    trashed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # Marks: see `media_library.marks`, which alone reads and writes them.
    is_used = models.BooleanField(default=False, db_default=False, editable=False)
    is_captioned = models.BooleanField(default=False, db_default=False, editable=False)

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
            models.CheckConstraint(
                condition=Q(status="uploading", upload_until__isnull=False, received__lt=F("size"))
                | ~Q(status="uploading") & Q(upload_until=None),
                name="media_file_is_uploading_until_all_is_there",
            ),
            models.CheckConstraint(
                condition=Q(fetch_at=None) | Q(status="uploading") & ~Q(fetched_from=""),
                name="media_file_is_fetched_from_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(version_of__isnull=False),
                name="media_file_is_replaced_by_something",
            ),
        ]
        indexes = [
            # Of a library, in each order that it is shown in: see `media_library.sorting`.
            models.Index(
                fields=["owner", "created_at", "id"],
                include=["status"],
                condition=_SHELVED,
                name="media_file_by_time",
            ),
            models.Index(
                fields=["owner", "name_key", "id"],
                include=["status"],
                condition=_SHELVED,
                name="media_file_by_name",
            ),
            models.Index(
                fields=["owner", "size", "id"],
                include=["status"],
                condition=_SHELVED,
                name="media_file_by_size",
            ),
            models.Index(
                F("owner"),
                Coalesce("duration", Value(timedelta(0))),
                F("id"),
                include=["status", "duration"],
                condition=_SHELVED,
                name="media_file_by_length",
            ),
            models.Index(
                fields=["owner", "status", "id"],
                condition=_SHELVED & ~Q(status="ready"),
                name="media_file_unready",
            ),
            # What few files lack is found at once.
            models.Index(
                fields=["owner"], condition=_SHELVED & Q(is_used=False), name="media_file_unused"
            ),
            models.Index(
                fields=["owner"],
                condition=_SHELVED & Q(is_captioned=False),
                name="media_file_uncaptioned",
            ),
            # Without it, a word that few names have takes a walk over all.
            GinIndex(
                F("owner"), OpClass(F("name_plain"), name="gin_trgm_ops"), name="media_file_words"
            ),
            # Of one or two letters there are no trigrams.
            GinIndex(F("owner"), LETTERS_AND_PAIRS, name="media_file_pairs"),
            models.Index(fields=["owner", "checksum"], name="media_file_same_bytes"),
            models.Index(
                fields=["upload_until"],
                condition=Q(status="uploading"),
                name="media_file_upload_ends",
            ),
            models.Index(
                fields=["fetch_at"],
                condition=Q(status="uploading", fetch_at__isnull=False),
                name="media_file_to_fetch",
            ),
            models.Index(
                fields=["owner"], condition=~Q(fetched_from=""), name="media_file_imported"
            ),
            models.Index(
                fields=["trashed_at"],
                condition=Q(trashed_at__isnull=False),
                name="media_file_trashed",
            ),
            models.Index(
                fields=["owner", "trashed_at", "id"],
                condition=Q(trashed_at__isnull=False),
                name="media_file_in_trash",
            ),
            models.Index(
                fields=["created_at"], condition=Q(status="processing"), name="media_file_to_probe"
            ),
            models.Index(
                fields=["id"],
                condition=Q(status="ready", frame_wanted__isnull=False),
                name="media_file_wanting_frame",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def _put(self, seen: dict[str, Any], columns: dict[str, Any]) -> int | None:
        return 0 if MediaFile.objects.filter(pk=self.pk, **seen).update(**columns) else None

    def want_frame(self, seconds: float) -> bool:
        """As its poster. False if it is not READY."""
        here = MediaFile.objects.ready().filter(pk=self.pk)
        wanted = here.update(frame_wanted=seconds)
        self.refresh_from_db(fields=["frame_wanted"])
        return bool(wanted)

    @property
    def is_linkable(self) -> bool:
        """A link waits for what is still coming."""
        return self.status != MediaFile.Status.BROKEN

    @property
    def is_untrashed(self) -> bool:
        """As `untrashed` says it."""
        of = self.version_of
        return self.trashed_at is None and (of is None or of.trashed_at is None)

    @property
    def is_moving(self) -> bool:
        """It will be something else without anybody's doing."""
        is_coming = self.status in (MediaFile.Status.UPLOADING, MediaFile.Status.PROCESSING)
        return is_coming or self.frame_wanted is not None

    @property
    def is_imported(self) -> bool:
        return bool(self.fetched_from)

    @property
    def percent(self) -> int:
        """Of an upload; 100 is for those that are over."""
        return min(99, self.received * 100 // self.size) if self.size else 0

    @property
    def sentence(self) -> str:
        """Why the file is broken, in an instructor's words."""
        return file_errors.sentence(self.reason)
