from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from config.requests import Request
from courses.forms import CourseForm
from courses.models import Course
from courses.summaries import with_counts, with_face

PAGE = 50


@require_safe
def course_list(request: Request) -> HttpResponse:
    sought = request.GET.get("q", "").replace("\0", "").strip()[:200]
    page = request.GET.get("page", "")
    number = max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 5 else 1
    courses = Course.objects.of_author(request.user).select_related("owner")
    if sought:
        courses = courses.filter(title__icontains=sought)
    start = (number - 1) * PAGE
    found = list(with_face(with_counts(courses.latest_first()))[start : start + PAGE + 1])
    context = {
        "room": "courses",
        "courses": found[:PAGE],
        "next_page": number + 1 if len(found) > PAGE else None,
        "sought": sought,
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, "courses/_courses.html" if fragment else "courses/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def course_new(request: Request) -> HttpResponse:
    form = CourseForm(request.POST or None)
    if form.is_valid():
        course = form.save(commit=False)
        course.owner = request.user
        course.save()
        return redirect("courses:editor", course.pk)
    status = 422 if form.is_bound else 200
    return render(request, "courses/new.html", {"form": form, "room": "courses"}, status=status)
