from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from config.ids import NO_ID
from config.requests import Request
from config.texts import Conflict
from courses.access import course_of
from courses.changes import Figures, with_figures
from courses.models import Chapter, Course, Video
from courses.rows import AT_ONCE, give_rows
from media_library.models import MediaFile

# What the template of a row draws before there is a video: scripts put its id and its title in.
GUESS = Video(pk=NO_ID, media=MediaFile(pk=NO_ID))

RUNS_SCRIPTS = "scripts"  # a cookie: see static/js/studio.js


@require_safe
def editor(request: Request, course_id: UUID) -> HttpResponse:
    """Whole for programs and without scripts; to our scripts, what is more than a few screens comes later."""
    course = course_of(request.user, course_id)
    is_whole = "whole" in request.GET or not request.COOKIES.get(RUNS_SCRIPTS)
    context = {
        "room": "courses",
        "is_still": "still" in request.GET,
        **outline(course, None if is_whole else AT_ONCE),
    }
    response = render(request, "courses/editor.html", context)
    if "whole" in request.GET:  # led here, or sent here by <noscript>
        response.delete_cookie(RUNS_SCRIPTS)
    return response


def outline(course: Course, most_rows: int | None = None) -> dict[str, Any]:
    """A course as the editor shows it: its chapters in order, each with its rows."""
    ordered = list(course.chapters.live().in_order())
    give_rows(ordered, most_rows)
    chapters = with_figures(ordered)
    return {
        "course": course,
        "chapters": chapters,
        "guess": GUESS,
        "chapter_guess": _chapter_guess(course),
        "is_whole": not any(chapter.rows_waiting for chapter in chapters),
        "in_flight": any(chapter.figures.in_flight for chapter in chapters),
    }


def _chapter_guess(course: Course) -> Chapter:
    """Likewise for a chapter."""
    guess = Chapter(pk=NO_ID, course=course)
    guess.rows, guess.figures = [], Figures()
    return guess


def title_refused(
    request: Request,
    course: Course,
    form: Any,
    of: Any,
    kind: str,
    *,
    conflict: Conflict | None = None,
    take: str = "",
    anew: Callable[[], str] = str,
) -> HttpResponse:
    """Beside the field: in the page as a fragment, else in the editor as it was sent.

    With `conflict` the person sees both texts, and where to `take` the other one; `anew` is how it stands.
    """
    context = {
        "refused_title": form,
        "refused_of": of,
        # What was not seen by then is not overwritten; of a conflict both are in view.
        "refused_version": conflict.version if conflict else form["version"].value() or "",
        "kind": kind,
        "conflict": conflict,
        "take": take,
    }
    status = 409 if conflict else 422
    if request.htmx:
        said = render_to_string("courses/_title_refused.html", context, request)
        return HttpResponse(anew() + said, status=status)
    page = {"room": "courses", **outline(course), **context}
    return render(request, "courses/editor.html", page, status=status)
