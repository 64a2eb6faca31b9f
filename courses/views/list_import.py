"""A pasted list, or a table, becomes chapters and videos: given, looked at, adjusted, and done."""

from collections import defaultdict
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from config.requests import Request
from config.template_tags import counted
from courses import list_plan, lists
from courses.access import course_of
from courses.linking import Refusal
from courses.list_import import Imported, import_list
from courses.lists import ListRefused, VideoList
from courses.models import Course
from courses.views import list_form
from courses.views.addresses import CHAPTER_GONE, in_editor
from courses.views.list_form import FormUnreadable, ListForm

_UNREADABLE = "This form could not be read. Begin anew with the list."


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: Request, course_id: UUID) -> HttpResponse:
    course = course_of(request.user, course_id)
    if request.method != "POST":
        return _list_page(request, course)
    try:
        read = _read(request)
        form = list_form.first(course, read, request.POST.get("for", ""))
    except ListRefused as refused:
        return _list_page(request, course, str(refused))
    except FormUnreadable:
        return _list_page(request, course, _UNREADABLE)
    return _plan_page(request, course, form)


@require_POST
def look_again(request: Request, course_id: UUID) -> HttpResponse:
    course = course_of(request.user, course_id)
    try:
        return _plan_page(request, course, list_form.sent(course, request.POST))
    except FormUnreadable:
        return _list_page(request, course, _UNREADABLE)


@require_POST
def go(request: Request, course_id: UUID) -> HttpResponse:
    course = course_of(request.user, course_id)
    try:
        form = list_form.sent(course, request.POST)
    except FormUnreadable:
        return _list_page(request, course, _UNREADABLE)
    if form.has_new_names:
        return _plan_page(request, course, form, "You changed names: this is what was found now.")
    if not form.batches:
        return _plan_page(request, course, form, "Nothing is chosen. Choose a file for a line.")
    _tell(request, form, import_list(course, request.user, form.batches))
    return redirect(f"{in_editor(course)}#chapter-{form.batches[0].place.id}")


def _read(request: Request) -> VideoList:
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile) and file.size:
        return lists.read_file(file.read(lists.MOST_BYTES + 1))
    return lists.read_text(request.POST.get("list", ""))


def _list_page(request: Request, course: Course, refused: str = "") -> HttpResponse:
    context = {
        "room": "courses",
        "course": course,
        "refused": refused,
        "list": request.POST.get("list", ""),
        "for": request.POST.get("for") or request.GET.get("chapter", ""),
        "most": lists.MOST_LINES,
    }
    return render(request, "courses/list_import.html", context, status=422 if refused else 200)


def _plan_page(request: Request, course: Course, form: ListForm, refused: str = "") -> HttpResponse:
    planned = list_plan.plan(request.user, course, form.places, form.wishes, form.rest.place.id)
    context = {
        "room": "courses",
        "course": course,
        "plan": planned,
        "rest": form.rest,
        "chapters": course.chapters.live().in_order(),
        "refused": refused,
        "library": reverse("media_library:library"),
    }
    return render(request, "courses/list_plan.html", context, status=422 if refused else 200)


def _tell(request: Request, form: ListForm, imported: Imported) -> None:
    """What came of it; whom it concerns by the names that were in the list."""
    if imported.standing:
        verb = "is" if imported.standing == 1 else "are"
        messages.success(request, f"{counted(imported.standing, 'video')} {verb} being linked.")
    for place in imported.gone:
        messages.error(request, f"“{place.title}”: {CHAPTER_GONE}")
    names = {wish.video: wish.name for wish in form.wishes}
    by_reason: dict[Refusal, list[str]] = defaultdict(list)
    for pick, refusal in imported.refused:
        by_reason[refusal].append(names[pick.video_id])
    for refusal, refused in by_reason.items():
        more = [f"{len(refused) - 10} more"] if len(refused) > 10 else []
        messages.error(request, f"{', '.join([*refused[:10], *more])}: {refusal}")
