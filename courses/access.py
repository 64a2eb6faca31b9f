"""Who may touch what: one helper per parent. What is not yours does not exist."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.shortcuts import get_object_or_404

from accounts.models import User
from courses.models import Chapter, Course, Video


def course_of(user: User, course_id: UUID) -> Course:
    return get_object_or_404(Course.objects.of_author(user).select_related("owner"), pk=course_id)


def own_course_of(user: User, course_id: UUID) -> Course:
    """For what only the owner may do: share and delete. A co-author sees that the course exists."""
    return get_object_or_404(Course, pk=course_id, owner=user)


def chapter_of(user: User, chapter_id: UUID) -> Chapter:
    chapters = Chapter.objects.filter(course__in=Course.objects.of_author(user))
    return get_object_or_404(chapters.select_related("course"), pk=chapter_id)


def video_of(user: User, video_id: UUID) -> Video:
    videos = Video.objects.filter(chapter__course__in=Course.objects.of_author(user))
    return get_object_or_404(videos.select_related("chapter__course", "media"), pk=video_id)


def used_in_courses_of(user: User) -> Q:
    """Files that stand in a course of this person: co-authors see each other's posters."""
    links = Video.objects.filter(
        media=OuterRef("pk"), chapter__course__in=Course.objects.of_author(user)
    )
    return Q(Exists(links))
