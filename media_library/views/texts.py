"""The name and the description of a file, for its owner."""

from uuid import UUID

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from config.answers import done
from config.describing import Place, describe
from config.requests import Request
from config.texts import Conflict
from media_library.access import media_of
from media_library.forms import NameForm
from media_library.models import MediaFile
from media_library.views.file import address, drawn, shown_refused

_REFUSED = "media_library/_name_refused.html"


@require_POST
def name(request: Request, media_id: UUID) -> HttpResponse:
    media = media_of(request.user, media_id)
    form = NameForm(request.POST)
    if not form.is_valid():
        return shown_refused(request, media, _REFUSED, name_form=form)
    given = form.cleaned_data
    saved = media.rename(given["name"], given["version"], by=request.user)
    media = media_of(request.user, media_id)
    if saved is None:
        conflict = Conflict.over(media, "name", request.user)
        forms = {"name_form": form, "conflict": conflict, "take": address(media)}
        answer = shown_refused(request, media, _REFUSED, status=409, **forms)
        if request.htmx:
            answer.content = _drawn_for_its_typist(request, media).encode() + answer.content
        return answer
    return done(
        request,
        "File renamed.",
        back_to=address(media),
        fragments=lambda: _drawn_for_its_typist(request, media),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def description(request: Request, media_id: UUID) -> HttpResponse:
    media = media_of(request.user, media_id)
    place = Place(
        kind="media",
        address=request.path,
        back_to=address(media),
        back_label=media.name,
        room="library",
        gone="",
    )
    return describe(request, media, place, lambda now: drawn(request, now))


def _drawn_for_its_typist(request: Request, media: MediaFile) -> str:
    context = {"field": f"media-{media.pk}", "version": media.name_version}
    return drawn(request, media) + render_to_string("components/_text_version.html", context)
