"""What a course amounts to: the figures of the course list and of the question before a deletion."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from courses.models import Chapter, Course, Video


def with_counts(courses: QuerySet[Course]) -> QuerySet[Course]:
    """Live chapters and videos, and how long they play, in the same one query."""
    chapters = Chapter.objects.live().filter(course=OuterRef("pk")).order_by().values("course")
    videos = Video.objects.standing().filter(chapter__course=OuterRef("pk")).order_by()
    videos_of_course = videos.values("chapter__course")
    return courses.annotate(
        chapter_count=one_value(chapters, Count("*"), 0),
        video_count=one_value(videos_of_course, Count("*"), 0),
        duration=one_value(videos_of_course, Sum("media__duration"), timedelta()),
    )


def with_face(courses: QuerySet[Course]) -> QuerySet[Course]:
    """The poster that stands for a course: its first one."""
    posters = (
        Video.objects.standing()
        .filter(chapter__course=OuterRef("pk"))
        .exclude(media__poster="")
        .order_by("chapter__position", "position")
    )
    return courses.annotate(
        face_id=Subquery(posters.values("media")[:1]),
        face_poster=Subquery(posters.values("media__poster")[:1]),
    )


def one_value(groups: QuerySet[Any, Any], what: Any, otherwise: Any) -> Coalesce:
    return Coalesce(Subquery(groups.annotate(one=what).values("one")), Value(otherwise))
