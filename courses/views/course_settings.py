from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from config.answers import done
from config.requests import Request
from config.texts import Conflict
from courses.access import course_of, own_course_of
from courses.forms import CoAuthorForm, CourseSettingsForm
from courses.models import Course
from courses.summaries import with_counts
from courses.views.addresses import in_editor


@require_http_methods(["GET", "HEAD", "POST"])
def course_settings(request: Request, course_id: UUID) -> HttpResponse:
    course = course_of(request.user, course_id)
    if request.method != "POST":
        return settings_page(request, course)
    form = CourseSettingsForm(request.POST, instance=course)
    if not form.is_valid():
        return settings_page(request, course, form=form, status=422)
    conflicts = _save_texts(request, course, form)
    if not conflicts:
        messages.success(request, "Saved.")
        return redirect("courses:settings", course.pk)
    form = _beside_what_stands(request, course, conflicts)
    return settings_page(request, course, form=form, conflicts=conflicts, status=409)


def _save_texts(request: Request, course: Course, form: CourseSettingsForm) -> dict[str, Conflict]:
    """Where both are in conflict the buttons say for one of them what becomes of it; the other waits."""
    given, take = form.cleaned_data, request.POST.get("take")
    decided = take or request.POST.get("keep")
    verbs = {"title": course.rename, "description": course.describe}
    lost = []
    for name in verbs.keys() & set(form.changed_data) - {take}:
        version = given[f"{name}_version"]
        waits = decided is not None and name != decided and f"{name}_waits" in request.POST
        if waits or verbs[name](given[name], version, by=request.user) is None:
            lost.append(name)
    now = Course.objects.get(pk=course.pk)
    return {name: Conflict.over(now, name, request.user) for name in lost}


def _beside_what_stands(
    request: Request, course: Course, conflicts: Mapping[str, Conflict]
) -> CourseSettingsForm:
    """What was typed, to be saved upon what is shown beside it; and of the other text what it is now."""
    now = Course.objects.get(pk=course.pk)
    data = request.POST.copy()
    for name in CourseSettingsForm.TEXTS:
        data[f"initial-{name}"] = getattr(now, name)
        data[f"{name}_version"] = str(getattr(now, f"{name}_version"))
        if name not in conflicts:
            data[name] = getattr(now, name)
    return CourseSettingsForm(data, instance=now)


def settings_page(
    request: Request,
    course: Course,
    *,
    form: CourseSettingsForm | None = None,
    conflicts: Mapping[str, Conflict] | None = None,
    co_author_form: CoAuthorForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "room": "courses",
        "course": Course.objects.select_related("owner").get(pk=course.pk),
        "co_authors": course.co_authors.order_by("username"),
        "form": form or CourseSettingsForm(instance=course),
        "conflicts": conflicts or {},
        "co_author_form": co_author_form or CoAuthorForm(course=course),
        "is_owner": course.owner_id == request.user.pk,
    }
    return render(request, "courses/settings.html", context, status=status)


@require_POST
def publish(request: Request, course_id: UUID) -> HttpResponse:
    course = course_of(request.user, course_id)
    course.publish()
    return _in_editor(request, course, "The course is published.")


@require_POST
def unpublish(request: Request, course_id: UUID) -> HttpResponse:
    course = course_of(request.user, course_id)
    course.unpublish()
    return _in_editor(request, course, "The course is a draft again.")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, course_id: UUID) -> HttpResponse:
    course = own_course_of(request.user, course_id)
    if request.method == "POST":
        course.delete()
        messages.success(request, f"“{course}” is deleted.")
        return redirect("courses:list")
    course = with_counts(Course.objects.filter(pk=course.pk)).get()
    return render(request, "courses/delete.html", {"room": "courses", "course": course})


def _in_editor(request: Request, course: Course, said: str) -> HttpResponse:
    return done(
        request,
        said,
        back_to=in_editor(course),
        fragments=lambda: render_to_string(
            "courses/_course_changed.html", {"course": course}, request
        ),
    )
