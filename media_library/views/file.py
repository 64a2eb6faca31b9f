"""The page of one file: to play it, to see what it is and where it is used; for its owner, to change it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_POST, require_safe

from config.answers import done, refused, toast
from config.requests import Request
from config.template_tags import poster_version
from media_library import duplicates, frames, languages, uses, versions
from media_library.access import media_of, visible_media
from media_library.forms import CaptionsForm, FrameForm, NameForm
from media_library.models import Captions, MediaFile

_PLACES = 25  # of its uses, on a page


@require_safe
def file(request: Request, media_id: UUID) -> HttpResponse:
    """A page that is open asks again while something is under way, and gets what is inside of it."""
    media = visible_media(request.user, media_id)
    if not request.htmx:
        return render(request, "media_library/file.html", _context(request, media))
    said = _frame_was_not_drawn(request, media)
    return HttpResponse(_inside(request, media) + said)


@require_POST
def frame(request: Request, media_id: UUID) -> HttpResponse:
    media = media_of(request.user, media_id)
    form = FrameForm(request.POST, media=media)
    if not form.is_valid():
        return shown_refused(request, media, "media_library/_frame_refused.html", frame_form=form)
    if not frames.ask_for(media, form.cleaned_data["seconds"]):
        return refused(request, "This file has no frames yet.", back_to=address(media), status=409)
    return shown(request, media, "The poster is being drawn.")


def address(media: MediaFile) -> str:
    return reverse("media_library:file", args=[media.pk])


def shown(
    request: Request,
    media: MediaFile,
    said: str,
    *anew: str,
    undo: str = "",
    failed: bool = False,
) -> HttpResponse:
    """As it is now; a form that is to be empty again is drawn anew. `failed`, if not all was done."""

    def fragments() -> str:
        context = _context(request, media)
        forms = (render_to_string(form, context, request) for form in anew)
        return drawn(request, media) + "".join(forms)

    return done(
        request, said, back_to=address(media), fragments=fragments, undo=undo, failed=failed
    )


def shown_refused(
    request: Request, media: MediaFile, fragment: str, *, status: int = 422, **forms: object
) -> HttpResponse:
    """Beside the field, with what was sent."""
    template = fragment if request.htmx else "media_library/file.html"
    return render(request, template, _context(request, media, **forms), status=status)


def drawn(request: Request, media: MediaFile) -> str:
    """For a page of it that is open."""
    inside = _inside(request, media)
    page = f'<hx-partial hx-target="#media-file" hx-swap="outerMorph">{inside}</hx-partial>'
    title = f"{escape(media.name)} · Lectern"
    return f'{page}<hx-partial hx-target="title" hx-swap="textContent">{title}</hx-partial>'


def _inside(request: Request, media: MediaFile) -> str:
    return render_to_string("media_library/_file.html", _context(request, media), request)


def _context(request: Request, media: MediaFile, **forms: object) -> dict[str, Any]:
    is_owner = media.owner_id == request.user.pk
    captions = list(Captions.objects.filter(media=media).in_order())
    context: dict[str, Any] = {
        "room": "library",
        "media": media,
        "is_owner": is_owner,
        "is_moving": media.is_moving,
        "captions": captions,
    }
    if is_owner:
        # The words are for the owner: the others need not see all of these courses.
        context |= _uses(request, media)
        context["name_form"] = NameForm({"name": media.name, "version": media.name_version})
        context["frame_form"] = FrameForm(media=media)
        context["captions_form"] = captions_form(request, captions)
        context["twin"] = duplicates.twins([media]).get(media.pk)
        context["waiting"] = versions.waiting(media)
        context["former"] = former = versions.former(media)
        context["in_place_since"] = versions.in_place_since(former)
    return context | forms


def captions_form(request: Request, there: Iterable[Captions], *sent: Any) -> CaptionsForm:
    taken = [one.language for one in there]
    accepted = request.headers.get("Accept-Language", "")
    return CaptionsForm(*sent, taken=taken, otherwise=languages.offered(accepted))


def _uses(request: Request, media: MediaFile) -> dict[str, Any]:
    """A page of them: there may be hundreds."""
    number = uses.count(media)
    pages = Paginator(range(number), _PLACES)
    page = pages.get_page(request.GET.get("uses"))
    first = page.start_index()
    places = uses.of(media, slice(first - 1, page.end_index())) if number else []
    return {"uses": places, "uses_page": page, "uses_first": first, "uses_number": number}


def _frame_was_not_drawn(request: Request, media: MediaFile) -> str:
    """The page says which poster was there when it began to ask."""
    before = request.GET.get("instead_of")
    if before is None or media.frame_wanted is not None:
        return ""
    if before != poster_version(media.poster.name):
        return ""
    return toast(request, "This frame could not be drawn; the poster stays.", failed=True)
