from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.requests import Request
from media_library.finding import find
from media_library.shelf import figures, marks
from media_library.views.asking import asked, choices
from media_library.views.batches import batches_context

_USUAL = {"filter": "", "sort": "newest", "view": "grid"}


@require_safe
def library(request: Request) -> HttpResponse:
    finding = asked(request, "library", _USUAL)
    found = find(request.user, finding)
    context: dict[str, Any] = {
        "room": "library",
        "finding": finding,
        "found": found,
        **marks(found.files),
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    if is_part and finding.after:
        return render(request, "media_library/_found_files.html", context)
    context |= figures(request.user)
    if is_part:
        response = render(request, "media_library/_found_anew.html", context)
        response["HX-Replace-Url"] = f"{reverse('media_library:library')}?{finding.query_string}"
        return response
    context |= choices(finding, context["counts"])
    context |= batches_context(request, "library")
    context["space"] = settings.MEDIA_SPACE_PER_PERSON
    return render(request, "media_library/library.html", context)
