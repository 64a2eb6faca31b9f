from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.requests import Request
from media_library.models import MediaFile

PAGE = 60


@require_safe
def library(request: Request) -> HttpResponse:
    files = MediaFile.objects.owned_by(request.user).newest_first()
    if last := _id(request.GET.get("after", "")):
        files = files.filter(pk__lt=last)
    shown = list(files[: PAGE + 1])
    context = {
        "room": "library",
        "files": shown[:PAGE],
        "next_after": shown[PAGE - 1].pk if len(shown) > PAGE else None,
    }
    return render(request, "media_library/library.html", context)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
