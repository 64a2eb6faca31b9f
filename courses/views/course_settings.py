from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from config.answers import done
from config.requests import Request
from courses.access import course_of, own_course_of
from courses.forms import CoAuthorForm, CourseForm, CourseTitleForm
from courses.models import Course
from courses.summaries import with_counts
from courses.views.addresses import in_editor
from courses.views.editor import title_refused


@require_http_methods(["GET", "HEAD", "POST"])
def course_settings(request: Request, course_id: UUID) -> HttpResponse:
    course = course_of(request.user, course_id)
    form = CourseForm(request.POST or None, instance=course)
    form.fields["title"].widget.attrs.pop("autofocus")
    if form.is_valid():
        course.edit(form.cleaned_data["title"], form.cleaned_data["description"])
        messages.success(request, "Saved.")
        return redirect("courses:settings", course.pk)
    status = 422 if form.is_bound else 200
    return settings_page(request, course, form=form, status=status)


def settings_page(
    request: Request,
    course: Course,
    *,
    form: CourseForm | None = None,
    co_author_form: CoAuthorForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if form is None:
        form = CourseForm(instance=course)
        form.fields["title"].widget.attrs.pop("autofocus")
    context = {
        "room": "courses",
        "course": Course.objects.select_related("owner").get(pk=course.pk),
        "co_authors": course.co_authors.order_by("username"),
        "form": form,
        "co_author_form": co_author_form or CoAuthorForm(course=course),
        "is_owner": course.owner_id == request.user.pk,
    }
    return render(request, "courses/settings.html", context, status=status)


@require_POST
def title(request: Request, course_id: UUID) -> HttpResponse:
    course = course_of(request.user, course_id)
    form = CourseTitleForm(request.POST)
    if form.is_valid():
        course.rename(form.cleaned_data["title"])
        return _in_editor(request, course, "Course renamed.")
    return title_refused(request, course, form, course, "course")


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
