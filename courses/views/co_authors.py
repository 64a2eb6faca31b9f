from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.addresses import client_address
from config.requests import Request
from courses.access import course_of, own_course_of
from courses.forms import CoAuthorForm
from courses.views.course_settings import settings_page


@require_POST
def add(request: Request, course_id: UUID) -> HttpResponse:
    course = own_course_of(request.user, course_id)
    form = CoAuthorForm(request.POST, course=course, address=client_address(request))
    if not form.is_valid():
        status = 429 if form.refusal else 422
        response = settings_page(request, course, co_author_form=form, status=status)
        if form.refusal:
            response["Retry-After"] = str(form.refusal.retry_after)
        return response
    person = form.cleaned_data["person"]
    if course.add_co_author(person):
        messages.success(request, f"{person} is a co-author now.")
    else:
        messages.success(request, f"{person} was a co-author already.")
    return redirect("courses:settings", course.pk)


@require_POST
def remove(request: Request, course_id: UUID, person_id: UUID) -> HttpResponse:
    """The owner ends the sharing, or a co-author leaves."""
    course = course_of(request.user, course_id)
    leaving = person_id == request.user.pk
    if not leaving and course.owner_id != request.user.pk:
        raise Http404
    course.remove_co_author(person_id)
    if leaving and course.owner_id != request.user.pk:
        messages.success(request, f"You are no longer an author of “{course}”.")
        return redirect("courses:list")
    messages.success(request, "They are no longer a co-author.")
    return redirect("courses:settings", course.pk)
