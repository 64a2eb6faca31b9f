from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from config.requests import Request
from config.template_tags import counted_are
from media_library import languages
from media_library.access import media_of, visible_media
from media_library.captions import WebVTT
from media_library.forms import CaptionsForm
from media_library.models import MOST_LANGUAGES, Captions, TooManyLanguages
from media_library.views.file import shown, shown_refused

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
    form = CaptionsForm(request.POST, request.FILES)
    if form.is_valid():
        language, file = form.cleaned_data["language"], form.cleaned_data["file"]
        try:
            is_new = Captions.objects.put(media, language, file.text)
        except TooManyLanguages:
            form.add_error("language", f"The most is {MOST_LANGUAGES} languages.")
        else:
            did = "added" if is_new else "replaced"
            said = f"Captions in {languages.name(language)} are {did}.{_left_out(file)}"
            return shown(request, media, said, _FORM_ANEW, failed=bool(file.left_out))
    return shown_refused(request, media, _FORM_ANEW, captions_form=form)


def _left_out(file: WebVTT) -> str:
    if not file.left_out:
        return ""
    more = file.left_out - len(file.reasons)
    told = [*file.reasons, f"And {more:,} more."] if more else file.reasons
    return f" {counted_are(file.left_out, 'caption')} left out. {' '.join(told)}"


@require_POST
def remove(request: Request, media_id: UUID, language: str) -> HttpResponse:
    media = media_of(request.user, media_id)
    language = languages.normal(language)
    if not language:
        raise Http404
    Captions.objects.take_away(media, language)
    return shown(request, media, f"Captions in {languages.name(language)} are removed.")
