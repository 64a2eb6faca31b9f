"""Where courses use files of the library."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from accounts.models import User
from config.wake_ups import after_commit
from courses.linking import call_linkers
from courses.models import Chapter, Course, Replacement, Video
from courses.models.video import AS_NEW, VideoQuerySet
from courses.revisions import CourseGone, revise
from courses.trash import forget
from courses.views.addresses import in_editor
from media_library.models import MediaFile
from media_library.uses import Use


class InCourses:
    def exists(self) -> Exists:
        """Said by the few chapters that are removed, and not by a join: asked of 100,000 files that are
        nearly all used, it takes half the time.
        """
        removed = Chapter.objects.filter(removed_at__isnull=False)
        return Exists(
            Video.objects.live().exclude(chapter__in=removed).filter(media=OuterRef("pk"))
        )

    def count(self, media: MediaFile) -> int:
        return _standing(media).count()

    def of(self, media: MediaFile, part: slice) -> Sequence[Use]:
        """By course, chapter and place. Of a course that is theirs no more, only that there is one."""
        rows = _standing(media).order_by(
            "chapter__course__title", "chapter__course", "chapter__position", "position"
        )
        videos = list(rows.select_related("chapter__course")[part])
        places = _places(videos)
        courses = {video.chapter.course_id for video in videos}
        authored = Course.objects.of_author(media.owner).filter(pk__in=courses)
        theirs = set(authored.values_list("pk", flat=True))
        return [
            Use(
                f"{video.chapter.course.title} › {video.chapter.title} › "
                f"{places[video.pk]}. {video.title}",
                in_editor(video),
            )
            if video.chapter.course_id in theirs
            else Use("A course that is no longer shared with you", "")
            for video in videos
        ]

    def take_out(self, media: MediaFile, person: User) -> int:
        return in_each_course(_standing(media), person, partial(VideoQuerySet.remove, by=person))

    def bring_back(self, media: MediaFile, person: User) -> None:
        taken_out = Video.objects.in_trash().filter(
            media=media, removed_at=media.trashed_at, chapter__removed_at=None
        )
        if back := in_each_course(taken_out, person, VideoQuerySet.restore):
            after_commit(partial(call_linkers, back))
        replaced = Replacement.objects.filter(media=media)
        then = Q(at=media.trashed_at, video__media=F("other"))
        still = Video.objects.standing().filter(pk__in=replaced.filter(then).values("video"))
        in_each_course(still, person, partial(_show, media))
        replaced.delete()

    def put_in_place(self, media: MediaFile, other: MediaFile, person: User) -> int:
        def put(videos: VideoQuerySet, revision: int) -> int:
            Replacement.objects.bulk_create(
                Replacement(video=video, media=media, other=other) for video in videos.only("pk")
            )
            return _show(other, videos, revision)

        return in_each_course(_standing(media), person, put)

    def let_go(self, media: MediaFile) -> None:
        kept = Video.objects.standing().filter(media=media)
        forget(Video.objects.filter(media=media).exclude(pk__in=kept))


def _places(videos: Sequence[Video]) -> dict[UUID, int]:
    """Of each in its chapter. Counted for these alone: they may stand in large chapters."""
    up_to_here = Video.objects.live().filter(
        chapter=OuterRef("chapter"), position__lte=OuterRef("position")
    )
    counted = up_to_here.order_by().values("chapter").annotate(number=Count("pk"))
    places = Video.objects.filter(pk__in=[video.pk for video in videos])
    return dict(
        places.annotate(place=Subquery(counted.values("number"))).values_list("pk", "place")
    )


def _standing(media: MediaFile) -> VideoQuerySet:
    return Video.objects.standing().filter(media=media)


def _show(media: MediaFile, videos: VideoQuerySet, revision: int) -> int:
    """Instead of the file by which they are asked for.

    A link that was there stays one, if this file is ready; what was under way or had failed is linked anew.
    """
    is_ready = media.status == MediaFile.Status.READY
    linked = videos.filter(status=Video.Status.LINKED) if is_ready else videos.none()
    count = linked.update(media=media, revision=revision)
    again = videos.update(
        media=media, revision=revision, lease_token=None, lease_until=None, **AS_NEW
    )
    if again:
        after_commit(partial(call_linkers, again))
    return count + again


def in_each_course(
    videos: VideoQuerySet, person: User, change: Callable[[VideoQuerySet, int], int]
) -> int:
    """Where this person is an author; the others' courses keep what they have."""
    courses = Course.objects.of_author(person).filter(chapters__videos__in=videos)
    changed = 0
    for course_id in sorted(set(courses.values_list("pk", flat=True))):
        with suppress(CourseGone), revise(course_id) as revision:
            changed += change(videos.filter(chapter__course=course_id), revision)
    return changed
