"""The library, to pick videos from for a chapter: a dialog of the editor, and a page of its own."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.ids import uuid_of
from config.requests import Request
from courses.access import chapter_of
from courses.models import Chapter, Video
from media_library.finding import find
from media_library.models import MediaFile
from media_library.views.asking import asked, choices, is_asked

# A filter that was forgotten would hide what is looked for: that one begins anew.
_USUAL = {"sort": "newest", "view": "list"}


@require_safe
def picker(request: Request) -> HttpResponse:
    chapter_id = uuid_of(request.GET.get("chapter", ""))
    if chapter_id is None:
        raise Http404
    chapter = chapter_of(request.user, chapter_id)
    finding = asked(request, "picker", _USUAL)
    found = find(request.user, finding)
    context = {
        "room": "courses",
        "course": chapter.course,
        "chapter": chapter,
        "found": found,
        **choices(finding),
        **_uses(found.files, chapter),
    }
    template = "courses/picker.html"
    if request.htmx and not is_asked(request):
        template = "courses/_picker.html"
    elif request.htmx:
        template = f"courses/_picker_{'rows' if finding.after else 'files_anew'}.html"
    return render(request, template, context)


def _uses(files: list[MediaFile], chapter: Chapter) -> dict[str, set[UUID]]:
    """Of one page of files: which are in this chapter, and which in others."""
    videos = Video.objects.standing().filter(media__in=[media.pk for media in files])
    pairs = set(videos.values_list("media", "chapter"))
    return {
        "here": {media for media, place in pairs if place == chapter.pk},
        "elsewhere": {media for media, place in pairs if place != chapter.pk},
    }
