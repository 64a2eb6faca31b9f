"""The library, to pick videos from for a chapter: a dialog of the editor, and a page of its own."""

from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.requests import Request
from courses.access import chapter_of
from courses.models import Video
from media_library.models import MediaFile

MOST_SHOWN = 100


@require_safe
def picker(request: Request) -> HttpResponse:
    try:
        chapter_id = UUID(request.GET.get("chapter", ""))
    except ValueError:
        raise Http404 from None
    chapter = chapter_of(request.user, chapter_id)
    sought = request.GET.get("q", "").replace("\0", "").strip()[:200]
    here = Video.objects.live().filter(chapter=chapter, media=OuterRef("pk"))
    files = MediaFile.objects.owned_by(request.user).newest_first().annotate(is_here=Exists(here))
    if sought:
        files = files.filter(name__icontains=sought)
    shown = list(files[: MOST_SHOWN + 1])
    context = {
        "room": "courses",
        "course": chapter.course,
        "chapter": chapter,
        "files": shown[:MOST_SHOWN],
        "has_more": len(shown) > MOST_SHOWN,
        "sought": sought,
    }
    template = "courses/picker.html"
    if request.htmx:
        template = "courses/_picker_files.html" if "q" in request.GET else "courses/_picker.html"
    return render(request, template, context)
