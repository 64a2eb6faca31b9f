"""The page on which staff imports files: from where, for whom, what will become of each, and go."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.models import User
from config.template_tags import counted
from media_library import importing, sources
from media_library.file_errors import StorageSilent
from media_library.importing import Fate, Look, Plan
from media_library.models import MediaFile
from media_library.sources import OutsideSource, Source
from media_library.stored_files import ask

MOST = 1000
_SECONDS = 10.0  # a page does not list for longer; what is not listed by then is in a subfolder
_LIST = "admin:media_library_mediafile_changelist"


def _choices() -> list[tuple[str, str]]:
    return [(key, source.label) for key, source in sources.given().items()]


class ImportForm(forms.Form):
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True),
        widget=AutocompleteSelect(MediaFile._meta.get_field("owner"), admin.site),
        help_text="Whose library the files shall be in.",
    )
    source = forms.ChoiceField(choices=_choices, label="From")
    below = forms.CharField(
        required=False,
        label="Subfolder",
        help_text="Like week 1/raw. Empty: all of it.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def clean_below(self) -> str:
        below: str = self.cleaned_data["below"].strip("/")
        try:
            return sources.clean(below)
        except OutsideSource:
            raise forms.ValidationError("Name a folder inside of it, without “..”.") from None


def import_files(model_admin: Any, request: HttpRequest) -> HttpResponse:
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    form = ImportForm((request.POST if request.method == "POST" else request.GET) or None)
    seen = _seen(form) if form.is_valid() else None
    if seen is None:
        return _page(model_admin, request, form)
    source, owner = sources.given()[form.cleaned_data["source"]], form.cleaned_data["owner"]
    if request.method == "POST":
        chosen = importing.only(seen, request.POST.getlist("path"))
        _tell(request, owner, importing.begin(owner, source, chosen))
        return redirect(_LIST)
    return _page(model_admin, request, form, importing.plan(owner, source, seen))


def _seen(form: ImportForm) -> Look | None:
    """What is there to import; None if the form has to say why nothing can be seen."""
    source = sources.given()[form.cleaned_data["source"]]
    try:
        return _look(source, form.cleaned_data["below"])
    except FileNotFoundError:
        form.add_error("below", "There is no such folder.")
    except StorageSilent:
        form.add_error("source", "It does not answer. Try again in a minute.")
    return None


def _page(
    model_admin: Any, request: HttpRequest, form: ImportForm, plan: Plan | None = None
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": "Import files",
        "form": form,
        "plan": plan,
        "has_sources": bool(sources.given()),
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/media_library/mediafile/import.html", context)


def _look(source: Source, below: str) -> Look:
    """In a thread that is left alone if it hangs."""
    return ask(partial(importing.look, source, below, most=MOST, seconds=_SECONDS))


def _tell(request: HttpRequest, owner: User, begun: Plan) -> None:
    fates = begun.fates
    coming = fates.pop(Fate.IMPORT, 0)
    if coming:
        verb = "is" if coming == 1 else "are"
        messages.success(request, f"{counted(coming, 'file')} {verb} being imported for {owner}.")
    if fates:
        left_out = ", ".join(f"{number} {fate}" for fate, number in fates.items())
        messages.warning(request, f"Not imported: {left_out}.")
    if not begun.candidates:
        messages.warning(request, "Nothing was chosen.")
