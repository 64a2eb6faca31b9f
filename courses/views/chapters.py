from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from config.answers import done, refused
from config.ids import uuid_of
from config.requests import Request
from courses.access import chapter_of, course_of
from courses.forms import ChapterTitleForm, MoveForm
from courses.models import Chapter
from courses.models.chapter import IdTaken
from courses.views.addresses import CHAPTER_GONE, in_editor
from courses.views.editor import title_refused
from courses.views.fragments import of_revision
from courses.views.trash import discarded, row_of_trash_gone

NOT_ADDED = "This chapter could not be added; try again."


@require_POST
def create(request: Request, course_id: UUID) -> HttpResponse:
    course = course_of(request.user, course_id)
    form = ChapterTitleForm(request.POST)
    if not form.is_valid():
        return title_refused(request, course, form, None, "chapter")
    minted = uuid_of(request.POST.get("chapter", ""))
    try:
        chapter = Chapter.objects.add(course.pk, form.cleaned_data["title"], chapter_id=minted)
    except IdTaken:
        return refused(request, NOT_ADDED, back_to=in_editor(course), status=409)
    return _changed(request, chapter, chapter.revision, "Chapter added.")


@require_POST
def move(request: Request, chapter_id: UUID) -> HttpResponse:
    chapter = chapter_of(request.user, chapter_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return refused(request, "Say a place, counted from 1.", back_to=in_editor(chapter.course))
    return _changed(request, chapter, chapter.move(form.target), "Chapter moved.")


@require_POST
def remove(request: Request, chapter_id: UUID) -> HttpResponse:
    """Removed twice is removed."""
    chapter = chapter_of(request.user, chapter_id)
    revision = chapter.remove(by=request.user) or chapter.revision
    return done(
        request,
        f"“{chapter}” is removed.",
        back_to=in_editor(chapter.course),
        undo=reverse("courses:restore_chapter", args=[chapter.pk]),
        fragments=lambda: of_revision(request, chapter.course, revision),
    )


@require_POST
def restore(request: Request, chapter_id: UUID) -> HttpResponse:
    """Where somebody was faster, it is back already."""
    chapter = chapter_of(request.user, chapter_id)
    revision = chapter.restore() or chapter.revision
    chapter = chapter_of(request.user, chapter_id)
    if chapter.discarded_at is not None:
        return discarded(request, chapter, chapter.course)
    gone = row_of_trash_gone(chapter)
    return _changed(request, chapter, revision, f"“{chapter}” is back.", more=gone)


def _changed(
    request: Request, chapter: Chapter, revision: int | None, said: str, *, more: str = ""
) -> HttpResponse:
    if revision is None:
        return refused(request, CHAPTER_GONE, back_to=in_editor(chapter.course), status=409)
    return done(
        request,
        said,
        back_to=in_editor(chapter),
        fragments=lambda: of_revision(request, chapter.course, revision) + more,
    )
