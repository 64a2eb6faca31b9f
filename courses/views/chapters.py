from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from config.answers import done, refused
from config.requests import Request
from courses.access import chapter_of, course_of
from courses.forms import ChapterTitleForm, MoveForm
from courses.models import Chapter, Course
from courses.views.editor import outline

GONE = "Somebody removed this chapter meanwhile."


@require_POST
def create(request: Request, course_id: UUID) -> HttpResponse:
    course = course_of(request.user, course_id)
    form = ChapterTitleForm(request.POST)
    if not form.is_valid():
        return _title_refused(request, course, form)
    chapter = Chapter.objects.add(course.pk, form.cleaned_data["title"])
    return _changed(request, course, chapter.revision, said="Chapter added.", anchor=chapter)


@require_POST
def title(request: Request, chapter_id: UUID) -> HttpResponse:
    chapter = chapter_of(request.user, chapter_id)
    form = ChapterTitleForm(request.POST)
    if not form.is_valid():
        return _title_refused(request, chapter.course, form, chapter)
    revision = chapter.rename(form.cleaned_data["title"])
    return _changed(request, chapter.course, revision, said="Chapter renamed.", anchor=chapter)


@require_POST
def move(request: Request, chapter_id: UUID) -> HttpResponse:
    chapter = chapter_of(request.user, chapter_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return refused(request, "Say a place, counted from 1.", back_to=_editor(chapter.course))
    steps, place = form.cleaned_data["steps"], form.cleaned_data["place"]
    revision = chapter.move_to(place) if place else chapter.move_by(steps)
    return _changed(request, chapter.course, revision, said="Chapter moved.", anchor=chapter)


@require_POST
def remove(request: Request, chapter_id: UUID) -> HttpResponse:
    chapter = chapter_of(request.user, chapter_id)
    chapter.remove()  # removed twice is removed
    return done(
        request,
        f"“{chapter}” is removed.",
        back_to=_editor(chapter.course),
        undo=reverse("courses:restore_chapter", args=[chapter.pk]),
        fragments="courses/_chapter_removed.html",
        context={"chapter": chapter, **outline(chapter.course)},
    )


@require_POST
def restore(request: Request, chapter_id: UUID) -> HttpResponse:
    chapter = chapter_of(request.user, chapter_id)
    revision = chapter.restore() or chapter.revision  # somebody was faster: then it is back already
    return _changed(request, chapter.course, revision, said=f"“{chapter}” is back.", anchor=chapter)


def _changed(
    request: Request, course: Course, revision: int | None, *, said: str, anchor: Chapter
) -> HttpResponse:
    """The chapters that the verb changed, as they are now."""
    back_to = f"{_editor(course)}#chapter-{anchor.pk}"
    if revision is None:
        return refused(request, GONE, back_to=_editor(course), status=409)
    if not request.htmx:
        return done(request, said, back_to=back_to)
    shown = outline(course)
    changed = [chapter for chapter in shown["chapters"] if chapter.revision == revision]
    return done(
        request,
        said,
        back_to=back_to,
        fragments="courses/_chapters_changed.html",
        context={**shown, "changed": changed},
    )


def _title_refused(
    request: Request, course: Course, form: ChapterTitleForm, chapter: Chapter | None = None
) -> HttpResponse:
    """Beside the field: in the page as a fragment, else in the editor as it was sent."""
    context = {"refused_title": form, "refused_of": chapter, "kind": "chapter"}
    if request.htmx:
        return render(request, "courses/_title_refused.html", context, status=422)
    page = {"room": "courses", **outline(course), **context}
    return render(request, "courses/editor.html", page, status=422)


def _editor(course: Course) -> str:
    return reverse("courses:editor", args=[course.pk])
