"""Which file shall take the place of one that is used: looked for in the whole library."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.requests import Request
from media_library.access import shelved_media_of
from media_library.finding import Finding, find


@require_safe
def others(request: Request, media_id: UUID) -> HttpResponse:
    """Loaded into the page of the file, or a page of its own."""
    media = shelved_media_of(request.user, media_id)
    asked = {name: request.GET[name] for name in ("q", "after") if name in request.GET}
    finding = Finding.asked(asked | {"filter": "ready", "sort": "newest"})
    found = find(request.user, finding)
    found = replace(found, files=[other for other in found.files if other != media])
    context = {
        "room": "library",
        "media": media,
        "finding": finding,
        "found": found,
    }
    template = "media_library/others.html"
    if request.htmx and not request.htmx.history_restore_request:
        is_sought = "q" in request.GET or finding.after
        template = f"media_library/_others{'_found' if is_sought else ''}.html"
    return render(request, template, context)
