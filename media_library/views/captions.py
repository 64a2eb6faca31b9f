from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config.answers import refused
from config.requests import Request
from config.template_tags import counted, counted_are
from media_library import languages
from media_library.access import media_of, visible_media
from media_library.captions import WebVTT
from media_library.models import (
    MOST_LANGUAGES,
    Captions,
    ChangedSince,
    FormerCaptions,
    MediaFile,
    TooManyLanguages,
)
from media_library.views.file import address, captions_form, shown, shown_refused

_FORM_ANEW = "media_library/_captions_form_anew.html"


@require_safe
def track(request: Request, media_id: UUID, language: str) -> HttpResponse:
    media = visible_media(request.user, media_id)
    captions = get_object_or_404(Captions, media=media, language=languages.normal(language))
    response = HttpResponse(captions.text, content_type="text/vtt; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-cache"
    return response


@require_POST
def add(request: Request, media_id: UUID) -> HttpResponse:
    """Or replace, where there are some in this language."""
    media = media_of(request.user, media_id)
    there = Captions.objects.filter(media=media).in_order()
    form = captions_form(request, there, request.POST, request.FILES)
    if form.is_valid():
        language, file = form.cleaned_data["language"], form.cleaned_data["file"]
        try:
            before = Captions.objects.put(media, language, file.text)
        except TooManyLanguages:
            form.add_error("language", f"The most is {MOST_LANGUAGES} languages.")
        else:
            did = "replaced" if before.text else "added"
            said = f"Captions in {before} are {did}.{_left_out(file)}{_late(media, file)}"
            undo, failed = _undo(before), bool(file.left_out)
            return shown(request, media, said, _FORM_ANEW, undo=undo, failed=failed)
    return shown_refused(request, media, _FORM_ANEW, captions_form=form)


def _left_out(file: WebVTT) -> str:
    if not file.left_out:
        return ""
    more = file.left_out - len(file.reasons)
    told = [*file.reasons, f"And {more:,} more."] if more else file.reasons
    return f" {counted_are(file.left_out, 'caption')} left out. {' '.join(told)}"


def _late(media: MediaFile, file: WebVTT) -> str:
    if media.duration is None:
        return ""
    late = sum(timedelta(milliseconds=start) >= media.duration for start in file.starts)
    begin = "begins" if late == 1 else "begin"
    return f" {counted(late, 'caption')} {begin} after the video ends." if late else ""


@require_POST
def remove(request: Request, media_id: UUID, language: str) -> HttpResponse:
    media = media_of(request.user, media_id)
    language = languages.normal(language)
    if not language:
        raise Http404
    before = Captions.objects.take_away(media, language)
    said = f"Captions in {languages.name(language)} are removed."
    return shown(request, media, said, undo=_undo(before) if before else "")


def _undo(before: FormerCaptions) -> str:
    return reverse("media_library:take_back_captions", args=[before.media_id, before.pk])


@require_POST
def take_back(request: Request, media_id: UUID, former_id: UUID) -> HttpResponse:
    """The last change of a language. This can be taken back, too."""
    media = media_of(request.user, media_id)
    try:
        before = Captions.objects.take_back(media, former_id)
    except ChangedSince:
        why = "These captions have been changed since."
    except TooManyLanguages:
        why = f"The most is {MOST_LANGUAGES} languages."
    else:
        said = f"Captions in {before} are as they were."
        return shown(request, media, said, undo=_undo(before))
    return refused(request, why, back_to=address(media), status=409)
