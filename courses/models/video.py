"""A video in a chapter: the link to a file of the library, and its state machine."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.functions import TransactionNow
from django.db import models, transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Left, Now

from config.ids import uuid7
from config.statements import Prepared
from config.texts import Titled
from courses import link_errors, positions
from courses.models.chapter import Chapter
from courses.revisions import CourseGone, GuardFailed, StandsAlready, revise
from media_library.models import Captions, MediaFile

if TYPE_CHECKING:
    from accounts.models import User

# Renewed every five seconds by who holds it: so long does a video wait whose worker died.
LEASE = timedelta(seconds=15)
# Each ended with its worker, for every other end is a settlement: a third one is no accident.
MOST_ATTEMPTS = 3
LONGEST_PAUSE = timedelta(seconds=60)
LONG_WAIT = timedelta(seconds=10)
MOST_OF_ABOUT = 160  # characters of a description that a row shows


class VideoQuerySet(models.QuerySet["Video"]):
    def live(self) -> Self:
        return self.filter(removed_at=None)

    def in_trash(self) -> Self:
        """Removed, and it may come back."""
        return self.filter(removed_at__isnull=False, discarded_at=None)

    def standing(self) -> Self:
        """Live, in a live chapter."""
        return self.live().filter(chapter__removed_at=None)

    def in_order(self) -> Self:
        return self.order_by("position")

    def for_rows(self) -> Self:
        """With what a row shows, and no more: an editor may have a thousand of them."""
        captions = Captions.objects.filter(media=OuterRef("media"))
        return (
            self.in_order()
            .annotate(is_captioned=Exists(captions), about=Left("description", MOST_OF_ABOUT + 1))
            .select_related("media")
            .only(
                "id",
                "chapter_id",
                "title",
                "status",
                "reason",
                "position",
                "title_version",
                "published",
                "deferrals",
                "removed_at",
                "revision",
                "media__id",
                "media__name",
                "media__poster",
                "media__duration",
                "media__status",
                "media__received",
                "media__size",
            )
        )

    def under_way(self) -> Self:
        return self.live().filter(status=Video.Status.LINKING)

    def waiting(self) -> Self:
        """For a worker: linking, and nobody holds a lease."""
        return self.under_way().filter(_FREE)

    def due(self) -> Self:
        """Waiting, and it may be claimed now."""
        return self.under_way().filter(_DUE)

    def waiting_for_upload(self) -> Self:
        return self.waiting().filter(due_at=None)

    def failed(self) -> Self:
        return self.live().filter(status=Video.Status.FAILED)

    def given_up(self) -> Self:
        """Waiting for nothing: every attempt ended with the worker that made it."""
        return self.waiting().filter(attempts__gte=MOST_ATTEMPTS)

    def remove(self, revision: int, by: User | None = None) -> int:
        """Several at once, in a transaction that has locked their course, and all at its moment."""
        return self.live().update(
            removed_at=TransactionNow(), removed_by=by, revision=revision, **_NO_LEASE
        )

    def restore(self, revision: int) -> int:
        """Likewise; a worker has yet to be called for those that were under way."""
        return self.update(**_BACK, revision=revision)

    def claim(self, video_id: UUID) -> Video | None:
        """The video under a lease of the caller's; None if it is gone, done, not due or somebody else's."""
        token = uuid7()
        claimed = (
            self.due()
            .filter(pk=video_id)
            .update(lease_token=token, lease_until=Now() + LEASE, attempts=F("attempts") + 1)
        )
        if not claimed:
            return None
        return next(iter(_of_lease(video_id, token)), None)

    def chapters_without_worker(self) -> list[UUID]:
        """All that is under way in them is due for long, and nobody has come for any of it."""
        late = _FREE & Q(due_at__lt=Now() - LONG_WAIT)
        chapters = self.under_way().filter(chapter__removed_at=None).values("chapter")
        mine = Q(due_at__isnull=False)  # the others wait for their uploads
        counted = chapters.annotate(videos=Count("pk", filter=mine), late=Count("pk", filter=late))
        return list(counted.filter(videos=F("late"), late__gt=0).values_list("chapter", flat=True))

    def demand(self) -> list[tuple[int, int]]:
        """Of each person who has links under way: how many are due, and how many leased."""
        people = self.under_way().values("requested_by")
        counted = people.annotate(due=Count("pk", filter=_DUE), held=Count("pk", filter=~_FREE))
        return list(counted.values_list("due", "held"))

    def claim_next(self, sparing: Collection[UUID | None] = ()) -> Video | None:
        """The people whose links are due take turns: who has the fewest under way is next.

        Of theirs it is the one that is due for longest, in the order of picking. `sparing` are people who
        have had enough for now.
        """
        people = (
            self.under_way()
            .values("requested_by")
            .annotate(held=Count("pk", filter=~_FREE), first_due=Min("due_at", filter=_DUE))
            .filter(first_due__isnull=False)
            .order_by("held", "first_due")
            .values_list("requested_by", flat=True)
        )
        for person in people:
            if person in sparing:
                continue
            theirs = self.due().filter(requested_by=person).order_by("due_at", "position")
            with transaction.atomic():
                unlocked = theirs.select_for_update(skip_locked=True).values_list("pk", flat=True)
                video_id = unlocked.first()
                claimed = video_id and self.claim(video_id)
            if claimed:
                return claimed
        return None


def _with_lease(pk: UUID, token: UUID) -> models.QuerySet[Video]:
    return Video.objects.filter(pk=pk, lease_token=token).select_related("chapter", "media")


_of_lease = Prepared(_with_lease, UUID, UUID)
_NO_LEASE: dict[str, Any] = {"lease_token": None, "lease_until": None}
_BACK: dict[str, Any] = {"removed_at": None, "removed_by": None, "due_at": Now(), "attempts": 0}
_FREE = Q(lease_until=None) | Q(lease_until__lt=Now())
_DUE = _FREE & Q(due_at__lte=Now(), attempts__lt=MOST_ATTEMPTS)


# What a failed link is set to when it shall be tried again.
AS_NEW: dict[str, Any] = {
    "status": "linking",
    "reason": "",
    "settled_at": None,
    "attempts": 0,
    "deferrals": 0,
    "due_at": Now(),
    "requested_at": Now(),
}


class Video(Titled):
    """
    LINKING ──complete──▶ LINKED
       │ ▲
       │ └──retry── FAILED(reason)
       └──fail──────▶

    A worker claims a LINKING row by a lease; only who holds the lease completes, defers or fails it, or
    lets it wait for its upload.
    `removed_at` stands beside the status. Every verb is one conditional update: one row means you won.
    Those that show on the page answer with the revision that they made, or with None if they lost.
    """

    class Status(models.TextChoices):
        LINKING = "linking", "Linking"
        LINKED = "linked", "Linked"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="videos")
    media = models.ForeignKey(MediaFile, on_delete=models.PROTECT, related_name="links")
    title = models.CharField(max_length=255)
    position = models.PositiveBigIntegerField()
    published = models.BooleanField(default=True, db_default=True)  # or a draft, in its course
    status = models.CharField(max_length=10, choices=Status, default=Status.LINKING)
    reason = models.CharField(max_length=40, blank=True, choices=link_errors.CHOICES)
    # Who asked for the link: workers take turns between people.
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    # Of nobody's lease and without this, it waits for its file to be uploaded.
    due_at = models.DateTimeField(db_default=Now(), null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    deferrals = models.PositiveSmallIntegerField(default=0, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)
    revision = models.PositiveBigIntegerField(editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    discarded_at = models.DateTimeField(null=True, editable=False)  # see courses/trash.py

    objects = VideoQuerySet.as_manager()

    is_captioned = True  # or not, as `for_rows` found it
    about = ""  # how its description begins, likewise

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(title__regex=r"\S"), name="video_has_a_title"),
            models.UniqueConstraint(fields=["chapter", "position"], name="video_place_is_its_own"),
            models.CheckConstraint(
                condition=Q(status__in=["linking", "linked", "failed"]),
                name="video_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="failed", reason__regex=r"\S")
                | ~Q(status="failed") & Q(reason=""),
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
            models.CheckConstraint(
                condition=Q(discarded_at=None) | Q(removed_at__isnull=False),
                name="video_is_removed_before_it_is_discarded",
            ),
        ]
        indexes = [
            models.Index(fields=["chapter", "revision"], name="video_feed"),
            models.Index(
                fields=["due_at"], condition=Q(status="linking", removed_at=None), name="video_due"
            ),
            models.Index(
                fields=["chapter"],
                condition=Q(removed_at__isnull=False, discarded_at=None),
                name="video_in_trash",
            ),
            # Which files are used is asked of a whole library.
            models.Index(
                fields=["media", "chapter"], condition=Q(removed_at=None), name="video_of_media"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def uploaded(self) -> int | None:
        """Percent of its file, while that is what it waits for."""
        is_coming = self.status == "linking" and self.media.status == MediaFile.Status.UPLOADING
        return self.media.percent if is_coming else None

    @property
    def sentence(self) -> str:
        """Why linking failed, in an instructor's words."""
        return link_errors.sentence(self.reason)

    @property
    def cause(self) -> str:
        """The same in a word or two, to count it by."""
        return link_errors.cause(self.reason)

    def renew_lease(self) -> bool:
        """Shows nothing on the page, like a claim: no revision."""
        return bool(self._leased().update(lease_until=Now() + LEASE))

    def complete(self) -> int | None:
        return self._settle(status=Video.Status.LINKED, settled_at=Now())

    def fail(self, reason: str) -> int | None:
        return self._settle(status=Video.Status.FAILED, reason=reason, settled_at=Now())

    def defer(self) -> int | None:
        """Later, and the attempt does not count: neither the file nor the worker is at fault."""
        pause = min(timedelta(seconds=2 ** min(self.deferrals, 10)), LONGEST_PAUSE)
        return self._settle(
            due_at=Now() + pause, attempts=F("attempts") - 1, deferrals=F("deferrals") + 1
        )

    def wait_for_upload(self) -> int | None:
        """Until all of its file is there; the attempt does not count."""
        with transaction.atomic():
            # The end of the upload waits for this, and then finds the row; or it is seen here.
            coming = MediaFile.objects.uploading().filter(pk=self.media_id)
            is_coming = coming.select_for_update(no_key=True).exists()
            return self._settle(due_at=None if is_coming else Now(), attempts=F("attempts") - 1)

    def give_up(self) -> int | None:
        """For the sweeper, which holds no lease."""
        return self._change(
            Video.objects.given_up(),
            status=Video.Status.FAILED,
            reason=link_errors.AttemptsUsedUp.reason,
            settled_at=Now(),
            **_NO_LEASE,
        )

    def retry(self) -> int | None:
        return self._change(Video.objects.failed(), **AS_NEW)

    def remove(self, by: User | None = None) -> int | None:
        """Whoever is linking it loses the lease, and with it the right to say what became of it."""
        live = Video.objects.live()
        return self._change(live, removed_at=Now(), removed_by=by, **_NO_LEASE)

    def restore(self) -> int | None:
        return self._change(Video.objects.in_trash(), **_BACK)

    def publish(self) -> int | None:
        return self._change(Video.objects.live(), published=True)

    def unpublish(self) -> int | None:
        return self._change(Video.objects.live(), published=False)

    def _put(self, seen: dict[str, Any], columns: dict[str, Any]) -> int | None:
        return self._change(Video.objects.live().filter(**seen), **columns)

    def move(self, chapter: Chapter, target: positions.Target) -> int | None:
        """Within its chapter, or to another one of the course. Where it stands already is a success."""
        try:
            with revise(self.chapter.course_id) as revision:
                live = Video.objects.standing().filter(pk=self.pk)
                here = live.values_list("chapter", flat=True).first()
                to = Chapter.objects.live().filter(pk=chapter.pk, course=self.chapter.course_id)
                if here is None or not to.exists():
                    raise GuardFailed
                siblings = Video.objects.filter(chapter=chapter)
                position = positions.moved(siblings, self.pk, target, revision)
                if position is None:
                    raise StandsAlready(revision - 1)
                live.update(chapter=chapter, position=position, revision=revision)
                if here != chapter.pk:  # its figures change, though none of its rows does
                    Chapter.objects.filter(pk=here).update(revision=revision)
        except StandsAlready as already:
            return already.revision
        except GuardFailed:
            return None
        return revision

    def _leased(self) -> VideoQuerySet:
        """This video, as long as it is the caller's: a lease that ran out is nobody's, claimed or not."""
        return Video.objects.live().filter(
            pk=self.pk, lease_token=self.lease_token, lease_until__gte=Now()
        )

    def _settle(self, **columns: Any) -> int | None:
        return self._change(self._leased(), **_NO_LEASE, **columns)

    def _change(self, guarded: VideoQuerySet, **columns: Any) -> int | None:
        """The course's lock comes first, as everywhere; it has changed only if the video did."""
        try:
            with revise(self.chapter.course_id) as revision:
                if not guarded.filter(pk=self.pk).update(**columns, revision=revision):
                    raise GuardFailed
        except (GuardFailed, CourseGone):
            return None
        return revision
