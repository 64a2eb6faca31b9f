"""Who may touch what: one helper per parent. What is not yours does not exist."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from config.statements import Prepared
from courses.models import Chapter, Course, Video
from courses.models.video import VideoQuerySet

M = TypeVar("M", bound=Model)


def course_of(user: User, course_id: UUID) -> Course:
    return _the_one(_courses(course_id, user.pk))


def own_course_of(user: User, course_id: UUID) -> Course:
    """For what only the owner may do: share and delete. A co-author sees that the course exists."""
    return get_object_or_404(Course, pk=course_id, owner=user)


def chapter_of(user: User, chapter_id: UUID) -> Chapter:
    return _the_one(_chapters(chapter_id, user.pk))


def video_of(user: User, video_id: UUID) -> Video:
    return _the_one(_videos(video_id, user.pk))


def _course(pk: UUID, author: UUID) -> QuerySet[Course]:
    return Course.objects.of_author(author).filter(pk=pk).select_related("owner")


def _chapter(pk: UUID, author: UUID) -> QuerySet[Chapter]:
    mine = Course.objects.of_author(author)
    return Chapter.objects.filter(pk=pk, course__in=mine).select_related("course")


def _video(pk: UUID, author: UUID) -> QuerySet[Video]:
    mine = Course.objects.of_author(author)
    videos = Video.objects.filter(pk=pk, chapter__course__in=mine)
    return videos.select_related("chapter__course", "media")


_courses = Prepared(_course, UUID, UUID)
_chapters = Prepared(_chapter, UUID, UUID)
_videos = Prepared(_video, UUID, UUID)


def _the_one(found: list[M]) -> M:
    if not found:
        raise Http404
    return found[0]


def stands_in_course_of(user: User) -> Q:
    """Files that are used in a course of this person, and not thrown away: co-authors play each other's."""
    return Q(trashed_at=None) & _linked(Video.objects.standing(), user)


def remembered_in_course_of(user: User) -> Q:
    """Those, too, that are in its trash, which shows their posters."""
    return _linked(Video.objects.filter(discarded_at=None, chapter__discarded_at=None), user)


def _linked(videos: VideoQuerySet, user: User) -> Q:
    courses = Course.objects.of_author(user)
    return Q(Exists(videos.filter(media=OuterRef("pk"), chapter__course__in=courses)))
