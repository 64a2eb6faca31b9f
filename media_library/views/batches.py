"""Many files at once: asking what it takes, beginning, and what becomes of it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config.answers import done, refused
from config.requests import Request
from config.template_tags import counted
from media_library import batches
from media_library.batch_news import apart, news_of
from media_library.batch_verbs import VERBS, Verb, offered_in
from media_library.choosing import BadChoice, Chosen, how_many, how_many_more
from media_library.forms import RenameForm
from media_library.models import Batch
from media_library.renaming import Pattern

_TOO_MANY = "Much of yours is still under way: wait until some of it is done."
_NO_VERB = "The studio does not know how to do that."


@require_safe
def shown(request: Request) -> HttpResponse:
    """For a page that is open, while something is under way."""
    return HttpResponse(region(request))


@require_POST
def start(request: Request) -> HttpResponse:
    back_to = _room_of(request)
    verb = VERBS.get(request.POST.get("verb", ""))
    if verb is None or not verb.room:
        return refused(request, _NO_VERB, back_to=back_to)
    try:
        chosen = Chosen.read(request.POST)
        batch_id = UUID(request.POST["batch"]) if "batch" in request.POST else None
    except BadChoice as problem:
        return refused(request, str(problem), back_to=back_to)
    except ValueError:
        return refused(request, "Reload the page and try again.", back_to=back_to)
    details = {}
    if verb.form:
        form = verb.form(request.user, request.POST)
        if not form.is_valid():
            return _asked_again(request, verb, chosen, form)
        details = form.details
    try:
        batch = batches.start(request.user, verb.name, chosen.of(request.user), details, batch_id)
    except batches.IdTaken:
        return refused(request, "Reload the page and try again.", back_to=back_to, status=409)
    except batches.NothingToDo:
        return refused(request, "No file matches any more.", back_to=back_to)
    except batches.TooMany:
        return refused(request, _TOO_MANY, back_to=back_to, status=429)
    number = batch.items.count()
    return _told(request, f"{verb.doing} {counted(number, 'file')}.", back_to)


@require_POST
def ask(request: Request, verb: str) -> HttpResponse:
    """What it takes besides the files: changes nothing, but may be about more than an address can hold."""
    known = VERBS.get(verb)
    if known is None or known.form is None:
        raise Http404
    try:
        chosen = Chosen.read(request.POST)
    except BadChoice as problem:
        return refused(request, str(problem), back_to=_room_of(request))
    typed = request.POST if "preview" in request.POST else None
    return _asking(request, known, chosen, known.form(request.user, typed))


@require_safe
def preview(request: Request) -> HttpResponse:
    """What the first of the chosen files would be called."""
    try:
        chosen = Chosen.read(request.GET)
    except BadChoice as problem:
        return refused(request, str(problem), back_to=_room_of(request))
    form = RenameForm(request.GET)
    return render(request, "media_library/_rename_preview.html", _previewed(request, chosen, form))


@require_safe
def count(request: Request) -> HttpResponse:
    """How many match, as far as counting costs little."""
    chosen = Chosen("library", all_of=request.GET.urlencode())
    if request.GET.get("room") == "trash":
        chosen = Chosen("trash", all_of="")
    return HttpResponse(how_many(chosen.count(request.user)), content_type="text/plain")


@require_POST
def retry(request: Request, batch_id: UUID) -> HttpResponse:
    batch = _batch_of(request, batch_id)
    details = {"everywhere": True} if "everywhere" in request.POST else {}
    again = batches.retry(batch, **details)
    if not again:
        said = "There is nothing left to try again."
        return refused(request, said, back_to=_room_of(request), status=409)
    return _told(request, f"Trying {counted(again, 'file')} again.", _room_of(request))


@require_POST
def undo(request: Request, batch_id: UUID) -> HttpResponse:
    batch = _batch_of(request, batch_id)
    if batches.undo(batch) is None:
        said = "This cannot be undone."
        return refused(request, said, back_to=_room_of(request), status=409)
    return _told(request, "It is being undone.", _room_of(request))


@require_POST
def dismiss(request: Request, batch_id: UUID) -> HttpResponse:
    batch = _batch_of(request, batch_id)
    batches.put_away(batch)
    return _told(request, "Put away.", _room_of(request))


def region(request: Request) -> str:
    context = batches_context(request, _room_name(request))
    inside = render_to_string("media_library/_batches.html", context, request)
    return f'<hx-partial hx-target="#batches" hx-swap="outerMorph">{inside}</hx-partial>'


def batches_context(request: Request, place: str) -> dict[str, Any]:
    """For the pages on which the region stands, and the bar."""
    standing, earlier = apart(news_of(request.user))
    return {
        "standing": standing,
        "earlier": earlier,
        "earlier_failures": sum(bool(one.failed) for one in earlier),
        "is_moving": any(one.waiting for one in standing),
        "place": place,
        "verbs": offered_in(place),
    }


def _batch_of(request: Request, batch_id: UUID) -> Batch:
    return get_object_or_404(Batch.objects.owned_by(request.user), pk=batch_id)


def _room_name(request: Request) -> str:
    asked = request.POST.get("room") or request.GET.get("room")
    return "trash" if asked == "trash" else "library"


def _room_of(request: Request) -> str:
    """The page on which the button was pressed."""
    return reverse(f"media_library:{_room_name(request)}")


def _told(request: Request, said: str, back_to: str) -> HttpResponse:
    return done(request, said, back_to=back_to, fragments=lambda: region(request))


def _asking(
    request: Request, verb: Verb, chosen: Chosen, form: Any, status: int = 200
) -> HttpResponse:
    number = chosen.count(request.user)
    context = {
        "verb": verb,
        "chosen": chosen,
        "number": how_many(number),
        "form": form,
        "room": "library",
        "back_to": _room_of(request),
    }
    if verb.name == "rename":
        context |= _previewed(request, chosen, form)
        context["more"] = how_many_more(number)
    if not request.htmx:
        return render(request, "media_library/ask.html", context, status=status)
    inside = render_to_string("media_library/_ask.html", context, request)
    partial = f'<hx-partial hx-target="#asking-body" hx-swap="innerHTML">{inside}</hx-partial>'
    return HttpResponse(partial, status=status)


def _asked_again(request: Request, verb: Verb, chosen: Chosen, form: Any) -> HttpResponse:
    return _asking(request, verb, chosen, form, status=422)


def _previewed(request: Request, chosen: Chosen, form: RenameForm) -> dict[str, Any]:
    """Before something is typed, the names stay as they are."""
    if form.is_bound and not form.is_valid():
        return {"problems": [problem for field in form.errors.values() for problem in field]}
    pattern = Pattern(**form.cleaned_data) if form.is_bound else Pattern()
    files = chosen.first(request.user)
    return {
        "renamed": [
            (media.name, pattern.of(media.name, place)) for place, media in enumerate(files, 1)
        ]
    }
