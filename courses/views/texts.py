"""Titles and descriptions of courses, chapters and videos."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from config.answers import done, refused, toast
from config.describing import Place, describe
from config.requests import Request
from config.texts import Conflict
from courses.access import chapter_of, course_of, video_of
from courses.changes import head_of, only
from courses.forms import ChapterTitleForm, CourseTitleForm, VideoTitleForm
from courses.models import Chapter, Course, Video
from courses.trash import as_told, gone_of
from courses.views.addresses import CHAPTER_GONE, in_editor
from courses.views.editor import title_refused
from courses.views.fragments import fragments

Thing = Course | Chapter | Video

_TITLE_FORMS: dict[str, Any] = {
    "course": CourseTitleForm,
    "chapter": ChapterTitleForm,
    "video": VideoTitleForm,
}
_GONE = {"chapter": CHAPTER_GONE, "video": "Somebody removed it meanwhile, or its chapter."}


@require_POST
def course_title(request: Request, course_id: UUID) -> HttpResponse:
    return _title(request, course_of(request.user, course_id))


@require_POST
def chapter_title(request: Request, chapter_id: UUID) -> HttpResponse:
    return _title(request, chapter_of(request.user, chapter_id))


@require_POST
def video_title(request: Request, video_id: UUID) -> HttpResponse:
    return _title(request, video_of(request.user, video_id))


@require_http_methods(["GET", "HEAD", "POST"])
def course_description(request: Request, course_id: UUID) -> HttpResponse:
    return _description(request, course_of(request.user, course_id))


@require_http_methods(["GET", "HEAD", "POST"])
def chapter_description(request: Request, chapter_id: UUID) -> HttpResponse:
    return _description(request, chapter_of(request.user, chapter_id))


@require_http_methods(["GET", "HEAD", "POST"])
def video_description(request: Request, video_id: UUID) -> HttpResponse:
    return _description(request, video_of(request.user, video_id))


def _title(request: Request, thing: Thing) -> HttpResponse:
    kind, course = _kind(thing), _course(thing)
    form = _TITLE_FORMS[kind](request.POST)
    if not form.is_valid():
        return title_refused(request, course, form, thing, kind)
    saved = thing.rename(form.cleaned_data["title"], form.cleaned_data["version"], by=request.user)
    now = thing.anew()
    if now is None or (isinstance(now, Video) and now.chapter.removed_at is not None):
        return _removed(request, thing, form.cleaned_data["title"])
    if saved is None:
        conflict = Conflict.over(now, "title", request.user)
        return title_refused(
            request,
            _course(now),
            form,
            now,
            kind,
            conflict=conflict,
            take=in_editor(now),
            anew=lambda: _drawn_for_its_typist(request, now),
        )
    return done(
        request,
        f"{kind.capitalize()} renamed.",
        back_to=in_editor(now),
        fragments=lambda: _drawn_for_its_typist(request, now),
    )


def _removed(request: Request, thing: Thing, typed: str) -> HttpResponse:
    """The page keeps what was typed, and offers it when the row is back."""
    course = _course(thing)
    now = type(thing)._default_manager.filter(pk=thing.pk).first()
    gone = gone_of(now) if isinstance(now, Chapter | Video) else None
    who = as_told(gone.removed_by if gone else None, request.user) or "somebody"
    said = f"“{thing}” was removed by {who} meanwhile, so “{typed}” is not saved."
    if not request.htmx:
        return refused(request, said, back_to=in_editor(course), status=409)
    trash = reverse("courses:trash", args=[course.pk])
    return HttpResponse(toast(request, said, failed=True, link=trash, label="Trash"), status=409)


def _description(request: Request, thing: Thing) -> HttpResponse:
    kind = _kind(thing)
    place = Place(
        kind=kind,
        address=reverse(f"courses:{kind}_description", args=[thing.pk]),
        back_to=in_editor(thing),
        back_label=str(_course(thing)),
        room="courses",
        gone=_GONE.get(kind, ""),
    )
    return describe(request, thing, place, lambda now: _drawn(request, now))


def _kind(thing: Thing) -> str:
    """As in the ids of the page."""
    return thing._meta.model_name or ""


def _course(thing: Thing) -> Course:
    match thing:
        case Course():
            return thing
        case Chapter():
            return thing.course
        case Video():
            return thing.chapter.course


def _drawn(request: Request, thing: Thing) -> str:
    """As an open page shows it."""
    match thing:
        case Course():
            return render_to_string("courses/_course_changed.html", {"course": thing}, request)
        case Chapter():
            return fragments(request, thing.course, head_of(thing))
        case Video():
            return fragments(request, thing.chapter.course, only(thing.chapter, [thing.pk]))


def _drawn_for_its_typist(request: Request, thing: Thing) -> str:
    context = {"field": f"{_kind(thing)}-{thing.pk}", "version": thing.title_version}
    version = render_to_string("components/_text_version.html", context)
    return _drawn(request, thing) + version
