"""What a page gets that is open already: the changed rows, and nothing else."""

from enum import StrEnum
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from config.requests import Request
from courses.changes import Changes, changes_since, with_figures
from courses.models import Course


class Pace(StrEnum):
    """Seconds until the page asks again; it adds some chance to it, so that pages do not ask in step."""

    LIVELY = "0.3"  # links are under way, and something happened just now
    FAST = "1"
    SLOW = "10"


def fragments(
    request: Request, course: Course, changes: Changes, *, with_head: bool = False
) -> str:
    context: dict[str, Any] = {"course": course, "changes": changes, "with_head": with_head}
    if changes.heads or changes.gone_chapters or changes.standing is not None:
        context["chapters"] = with_figures(course.chapters.live().in_order())
    return render_to_string("courses/_changes.html", context, request)


def of_revision(request: Request, course: Course, revision: int) -> str:
    """What a verb changed."""
    return fragments(request, course, changes_since(course, revision - 1))


def paced(response: HttpResponse, revision: int, pace: Pace) -> HttpResponse:
    """Where the page goes on from, and when."""
    response["HX-PTag"] = str(revision)
    response["HX-Poll"] = pace.value  # servers want a plain str
    response["Cache-Control"] = "no-store"
    return response
