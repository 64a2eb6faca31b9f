"""The trash of a course."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from config.answers import done, refused
from config.requests import Request
from config.template_tags import counted_are
from courses import trash
from courses.access import course_of
from courses.models import Chapter, Course, Video

_MOST_SHOWN = 500


@require_safe
def shown(request: Request, course_id: UUID) -> HttpResponse:
    course = course_of(request.user, course_id)
    removed = trash.latest(course.pk, _MOST_SHOWN + 1)
    context = {
        "room": "courses",
        "course": course,
        "removed": removed[:_MOST_SHOWN],
        "has_more": len(removed) > _MOST_SHOWN,
        "days": trash.KEPT.days,
    }
    return render(request, "courses/trash.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def empty(request: Request, course_id: UUID) -> HttpResponse:
    """Asked first, about what is there then: what somebody removes meanwhile is kept."""
    course = course_of(request.user, course_id)
    if request.method != "POST":
        context = {"room": "courses", "course": course, "number": trash.count(course.pk)}
        return render(request, "courses/empty_trash.html", context)
    seen = request.POST.get("seen", "")
    back_to = reverse("courses:trash", args=[course.pk])
    if not (seen.isascii() and seen.isdigit() and len(seen) < 19):
        return refused(request, "Look at what is in the trash, and try again.", back_to=back_to)
    said = f"{counted_are(trash.empty(course.pk, int(seen)), 'thing')} deleted for good."
    return done(request, said, back_to=back_to)


def discarded(request: Request, thing: Chapter | Video, course: Course) -> HttpResponse:
    back_to = reverse("courses:trash", args=[course.pk])
    return refused(request, f"“{thing}” was deleted for good.", back_to=back_to, status=409)


def row_of_trash_gone(thing: Chapter | Video) -> str:
    """Where it was restored from the page of the trash."""
    return render_to_string("courses/_trash_row_gone.html", {"thing": thing})
