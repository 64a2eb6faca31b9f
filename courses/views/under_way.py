"""What is on its way into a course, for its page without scripts."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from config.requests import Request
from courses.access import course_of
from courses.models import Video
from courses.views.feed import since_of

_MOST_SHOWN = 50


@require_safe
@xframe_options_sameorigin
def under_way(request: Request, course_id: UUID) -> HttpResponse:
    """And what has changed since the page around it was drawn."""
    course = course_of(request.user, course_id)
    since = since_of(request) or 0
    news = Q(status=Video.Status.LINKING) | Q(revision__gt=since)
    videos = Video.objects.standing().filter(news, chapter__course=course).for_rows()
    rows = list(videos.order_by("chapter__position", "position"))
    statuses = [video.status for video in rows]
    context = {
        "address": reverse("courses:editor", args=[course.pk]),
        "is_moving": Video.Status.LINKING in statuses,
        "has_changed": course.revision > since,
        "rows": rows[:_MOST_SHOWN],
        "more": len(rows[_MOST_SHOWN:]),
        **{status.value: statuses.count(status) for status in Video.Status},
    }
    return render(request, "courses/under_way.html", context)
