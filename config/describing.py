"""The form of a description: in a dialog of the page that shows it, or as a page of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from config.answers import done, refused, toast
from config.requests import Request
from config.texts import MOST_CHARACTERS, Conflict, Described


class PlainText(forms.CharField):
    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """Browsers send two characters for the end of a line, and count one."""
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class OfVersion(forms.Form):
    """`version` is that of the text which the person saw when they began to type."""

    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class DescriptionForm(OfVersion):
    description = PlainText(
        max_length=MOST_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9, "autofocus": True}),
        help_text="Plain text; line breaks stay.",
    )


@dataclass(frozen=True)
class Place:
    """Where a thing is described."""

    kind: str  # as in the ids of a page
    address: str
    back_to: str
    back_label: str
    room: str
    gone: str


def describe(
    request: Request, thing: Described, place: Place, fragments: Callable[[Any], str]
) -> HttpResponse:
    """`fragments` draws the thing for pages that show it."""
    if request.method != "POST":
        return _form(request, thing, place)
    form = DescriptionForm(request.POST, auto_id=_ids(thing, place))
    if not form.is_valid():
        if request.htmx:
            answer = _not_saved(request, thing, place, "is too long", "Shorten it")
            return HttpResponse(answer, status=422)
        return _form(request, thing, place, form=form, status=422)
    given = form.cleaned_data
    saved = thing.describe(given["description"], given["version"], by=request.user)
    now = thing.anew()
    if now is None:
        return refused(request, place.gone, back_to=place.back_to, status=409)
    if saved is None:
        conflict = Conflict.over(now, "description", request.user)
        why = f"was changed meanwhile by {conflict.who.replace('You', 'you')}"
        if request.htmx:
            answer = _not_saved(request, now, place, why, "Show both")
            return HttpResponse(fragments(now) + answer, status=409)
        return _form(request, now, place, form=form, conflict=conflict, status=409)
    said = "Description saved."
    return done(request, said, back_to=place.back_to, fragments=lambda: fragments(now))


def _not_saved(request: Request, thing: Described, place: Place, why: str, label: str) -> str:
    """The dialog is closed by now, and its page has what was typed: it asks when that suits the person."""
    said = f"The description of “{thing}” {why}; yours is not saved."
    return toast(request, said, failed=True, link=place.address, label=label, opens_form=True)


def _form(
    request: Request,
    thing: Described,
    place: Place,
    *,
    form: DescriptionForm | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    initial = {"description": thing.description}
    context = {
        "thing": thing,
        "place": place,
        "room": place.room,
        "form": form or DescriptionForm(initial=initial, auto_id=_ids(thing, place)),
        # What a page has kept of an older text makes it one: see static/js/drafts.js.
        "conflict": conflict or Conflict.over(thing, "description", request.user),
        "is_conflict": conflict is not None,
        "version": thing.description_version
        if form is None or conflict
        else form["version"].value(),
    }
    template = "components/_describe.html" if request.htmx else "components/describe.html"
    return render(request, template, context, status=status)


def _ids(thing: Described, place: Place) -> str:
    return f"{place.kind}-{thing.pk}-%s"
