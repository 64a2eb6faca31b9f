from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.ids import uuid_of
from config.requests import Request
from courses.access import chapter_of
from courses.changes import with_figures
from courses.models import Chapter
from courses.rows import AT_ONCE, give_rows


@require_safe
def rows(request: Request, chapter_id: UUID) -> HttpResponse:
    """Rows that did not come with the editor: of one chapter after a position, and of others of its course.

    `anew` is for a chapter of which the feed has brought news that could not be drawn: it comes as a whole.
    The answer says as of which revision it is: what the feed brought meanwhile may be newer.
    """
    chapter = chapter_of(request.user, chapter_id)
    course = chapter.course  # read with it, so before the rows
    if not request.htmx:
        editor = reverse("courses:editor", args=[course.pk])
        return redirect(f"{editor}?whole#chapter-{chapter.pk}")
    given = request.GET.get("after", "")
    after = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    also = filter(None, map(uuid_of, request.GET.getlist("also")[:AT_ONCE]))
    others = course.chapters.in_order().filter(pk__in=list(also)).exclude(pk=chapter.pk)
    asked: list[Chapter] = [chapter, *others]
    live = [one for one in asked if one.removed_at is None]
    changes = "anew" in request.GET
    if changes:
        with_figures(live)
    give_rows(live, AT_ONCE, after=after if chapter in live else 0)
    gone = [one for one in asked if one.removed_at is not None]
    response = render(
        request, "courses/_rows.html", {"chapters": live, "gone": gone, "changes": changes}
    )
    response["HX-PTag"] = str(course.revision)
    response["Cache-Control"] = "no-store"
    return response
