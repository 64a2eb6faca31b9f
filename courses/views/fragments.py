"""What a page gets that is open already: the changed rows, and nothing else."""

from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from config.requests import Request
from courses.changes import Changes, changes_since, with_figures
from courses.models import Course

# Seconds until the page asks again; it adds some chance to it, so that pages do not ask in step.
FAST, SLOW = 1, 10


def fragments(
    request: Request, course: Course, changes: Changes, *, with_course: bool = False
) -> str:
    context: dict[str, Any] = {"course": course, "changes": changes, "with_course": with_course}
    if changes.heads or changes.gone_chapters:
        context["chapters"] = with_figures(course.chapters.live().in_order())
    return render_to_string("courses/_changes.html", context, request)


def of_revision(request: Request, course: Course, revision: int) -> str:
    """What a verb changed."""
    return fragments(request, course, changes_since(course, revision - 1))


def paced(response: HttpResponse, revision: int, *, in_flight: bool) -> HttpResponse:
    """Where the page goes on from, and when."""
    response["HX-PTag"] = str(revision)
    response["HX-Poll"] = str(FAST if in_flight else SLOW)
    response["Cache-Control"] = "no-store"
    return response
