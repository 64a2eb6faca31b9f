"""What an author does with one video of a chapter."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.answers import done, refused
from config.requests import Request
from courses import linking
from courses.access import video_of
from courses.changes import only, with_figures
from courses.forms import MoveForm
from courses.models import Chapter, Video
from courses.views.addresses import in_editor
from courses.views.fragments import fragments, of_revision
from courses.views.trash import discarded, row_of_trash_gone


@require_safe
def video(request: Request, video_id: UUID) -> HttpResponse:
    """Where it stands."""
    return redirect(in_editor(video_of(request.user, video_id)))


@require_POST
def retry(request: Request, video_id: UUID) -> HttpResponse:
    """Two who try again at once make one try."""
    video = video_of(request.user, video_id)
    linking.retry_link(video)
    return _shown(request, video, f"Trying “{video}” again.")


@require_POST
def remove(request: Request, video_id: UUID) -> HttpResponse:
    video = video_of(request.user, video_id)
    revision = video.remove(by=request.user)
    return done(
        request,
        f"“{video}” is removed.",
        back_to=in_editor(video.chapter),
        undo=reverse("courses:restore_video", args=[video.pk]),
        fragments=lambda: of_revision(request, video.chapter.course, revision or video.revision),
    )


@require_POST
def restore(request: Request, video_id: UUID) -> HttpResponse:
    linking.restore_link(video_of(request.user, video_id))
    video = video_of(request.user, video_id)
    if video.discarded_at is not None:
        return discarded(request, video, video.chapter.course)
    if video.chapter.removed_at is not None:
        said = f"“{video}” comes back with its chapter “{video.chapter}”, which is in the trash."
        back_to = reverse("courses:trash", args=[video.chapter.course_id])
        return done(request, said, back_to=back_to, fragments=lambda: row_of_trash_gone(video))
    return _shown(request, video, f"“{video}” is back.", more=row_of_trash_gone(video))


@require_POST
def publish(request: Request, video_id: UUID) -> HttpResponse:
    video = video_of(request.user, video_id)
    video.publish()
    return _shown(request, video, f"“{video}” is marked as ready.")


@require_POST
def unpublish(request: Request, video_id: UUID) -> HttpResponse:
    video = video_of(request.user, video_id)
    video.unpublish()
    return _shown(request, video, f"“{video}” is marked as draft.")


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, video_id: UUID) -> HttpResponse:
    video = video_of(request.user, video_id)
    if request.method != "POST":
        return _where_to(request, video)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return refused(request, "Say a place, counted from 1.", back_to=in_editor(video))
    chapter = video.chapter
    if form.cleaned_data["chapter"]:
        chapters = Chapter.objects.filter(course=chapter.course_id)
        chapter = get_object_or_404(chapters, pk=form.cleaned_data["chapter"])
    revision = video.move(chapter, form.target)
    if revision is None:
        gone = "Somebody removed it meanwhile."
        return refused(request, gone, back_to=in_editor(video.chapter), status=409)
    return done(
        request,
        "Video moved.",
        back_to=in_editor(video),
        fragments=lambda: of_revision(request, video.chapter.course, revision),
    )


def _where_to(request: Request, video: Video) -> HttpResponse:
    """A form: in a dialog of the editor, or as a page."""
    before = Video.objects.live().filter(chapter=video.chapter_id, position__lt=video.position)
    course = video.chapter.course
    context = {
        "room": "courses",
        "course": course,
        "video": video,
        "chapters": with_figures(course.chapters.live().in_order()),
        "place": before.count() + 1,
    }
    template = "courses/_move.html" if request.htmx else "courses/move.html"
    return render(request, template, context)


def _shown(request: Request, video: Video, said: str, *, more: str = "") -> HttpResponse:
    """The row as it is now, whoever brought it there."""
    if not Video.objects.standing().filter(pk=video.pk).exists():
        gone = "Somebody removed it meanwhile, or its chapter."
        return refused(request, gone, back_to=in_editor(video.chapter.course), status=409)

    def row() -> str:
        changes = only(video.chapter, [video.pk])
        return fragments(request, video.chapter.course, changes) + more

    return done(request, said, back_to=in_editor(video), fragments=row)
