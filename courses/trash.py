"""What was removed from courses is kept for thirty days, then discarded, and forgotten thirty days later.

Discarded, it is out of sight and does not come back; its row is a tombstone, by which pages that slept hear
that it is gone. Once that is deleted, too, `Course.forgotten` says which pages are too old to be told so:
they are told what stands, and take away the rest.
"""

from datetime import timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from accounts.models import User
from config.statements import Prepared
from courses.models import Chapter, Course, Video
from courses.models.chapter import ChapterQuerySet
from courses.models.video import VideoQuerySet
from courses.revisions import CourseGone, GuardFailed, revise
from courses.summaries import one_value

KEPT = timedelta(days=30)
_TOMBSTONES_KEPT = timedelta(days=30)


def gone_of(thing: Chapter | Video) -> Chapter | Video | None:
    """What of it was removed: itself, or the chapter that it is in."""
    parts = (thing, getattr(thing, "chapter", None))
    return next((part for part in parts if part and part.removed_at is not None), None)


def as_told(remover: User | None, reader: User) -> str:
    """Empty if it is not known."""
    return "" if remover is None else "you" if remover == reader else str(remover)


def _chapters(course_id: UUID) -> ChapterQuerySet:
    return Chapter.objects.in_trash().filter(course=course_id)


def _videos(course_id: UUID) -> VideoQuerySet:
    """Those of a removed chapter are with their chapter."""
    return Video.objects.in_trash().filter(chapter__course=course_id, chapter__removed_at=None)


def _with_count(course_id: UUID) -> QuerySet[Course]:
    chapters = one_value(_chapters(course_id).order_by().values("course"), Count("*"), 0)
    videos = one_value(_videos(course_id).order_by().values("chapter__course"), Count("*"), 0)
    return Course.objects.filter(pk=course_id).annotate(in_trash=chapters + videos)


# The course, with what its head says of the trash.
counted: Prepared[Any] = Prepared(_with_count, UUID)


def count(course_id: UUID) -> int:
    return sum(course.in_trash for course in counted(course_id))


def latest(course_id: UUID, most: int) -> list[Chapter | Video]:
    """The newest first, with who removed it and where it stood."""
    with_videos = Count("videos", filter=Q(videos__removed_at=None))
    chapters = _chapters(course_id).select_related("removed_by").annotate(video_count=with_videos)
    videos = _videos(course_id).select_related("removed_by", "chapter", "media")
    both: list[Any] = [
        *chapters.order_by("-removed_at", "-pk")[:most],
        *videos.order_by("-removed_at", "-pk")[:most],
    ]
    return sorted(both, key=attrgetter("removed_at"), reverse=True)[:most]


def empty(course_id: UUID, seen: int) -> int:
    """All that was there at the revision that the person saw; what was removed since is kept."""
    return _discard(course_id, Q(revision__lte=seen))


def _discard(course_id: UUID, which: Q, *, quietly: bool = False) -> int:
    try:
        with revise(course_id, quietly=quietly) as revision:
            chapters = list(_chapters(course_id).filter(which).values_list("pk", flat=True))
            alone = list(_videos(course_id).filter(which).values_list("pk", flat=True))
            if not chapters and not alone:
                raise GuardFailed
            of_chapters = Q(chapter__in=chapters, discarded_at=None)
            Video.objects.filter(Q(pk__in=alone) | of_chapters).update(
                removed_at=Coalesce("removed_at", Now()),
                discarded_at=Now(),
                lease_token=None,
                lease_until=None,
                revision=revision,
            )
            Chapter.objects.filter(pk__in=chapters).update(discarded_at=Now(), revision=revision)
    except (GuardFailed, CourseGone):
        return 0
    return len(chapters) + len(alone)


def discard_old() -> int:
    old = Q(removed_at__lt=Now() - KEPT)
    courses = [
        *Chapter.objects.in_trash().filter(old).values_list("course", flat=True),
        *Video.objects.in_trash().filter(old).values_list("chapter__course", flat=True),
    ]
    return sum(_discard(course_id, old, quietly=True) for course_id in sorted(set(courses)))


def forget_old() -> int:
    """Also of chapters that go with it: their videos were discarded with them."""
    old = Q(discarded_at__lt=Now() - _TOMBSTONES_KEPT)
    return forget(Video.objects.filter(old)) + forget(Chapter.objects.filter(old))


def forget(rows: VideoQuerySet | ChapterQuerySet) -> int:
    """For good. The course's next revision: who asks at this moment may have been told of none of them."""
    course = "course" if rows.model is Chapter else "chapter__course"
    forgotten = 0
    for course_id in sorted(set(rows.values_list(course, flat=True))):
        try:
            with revise(course_id, quietly=True) as revision:
                _, of_each = rows.filter(**{course: course_id}).delete()
                deleted = of_each.get(rows.model._meta.label, 0)
                if not deleted:
                    raise GuardFailed
                Course.objects.filter(pk=course_id).update(forgotten=revision)
                forgotten += deleted
        except (GuardFailed, CourseGone):
            continue
    return forgotten
