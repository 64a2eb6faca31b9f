"""The feed of a course: one cheap question, which every open page asks again and again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, Subquery
from django.db.models.functions import Now
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from accounts.sessions import SignedIn, ask_to_sign_in
from config.requests import Request
from courses import trash
from courses.changes import changes_since
from courses.models import Course, Video
from courses.views.fragments import Pace, fragments, paced

_LATELY = timedelta(seconds=5)


def _annotations(person_id: UUID, course_id: UUID) -> dict[str, Any]:
    asked = Course.objects.filter(pk=course_id)
    linking = Video.objects.standing().filter(
        status=Video.Status.LINKING, chapter__course=course_id
    )
    return {
        "revision": Subquery(asked.of_author(person_id).values("revision")),
        "in_flight": Exists(linking),
        "has_news": Exists(asked.filter(changed_at__gt=Now() - _LATELY)),
    }


_signed_in = SignedIn(_annotations)


@login_not_required  # it asks for itself: who asks, whether they may, and what is new, in one query
def feed(request: Request, course_id: UUID) -> HttpResponseBase:
    person = _signed_in.person(request, course_id)
    if person is None:
        return ask_to_sign_in(request, feed)
    if person.revision is None:
        raise Http404
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    since = since_of(request)
    if since is None:
        return HttpResponse("since is a whole number from 0.\n", "text/plain", status=400)
    pace = Pace.SLOW if not person.in_flight else Pace.LIVELY if person.has_news else Pace.FAST
    if since == person.revision:
        return paced(HttpResponse(status=204), person.revision, pace)
    request.user = person
    course = next(iter(trash.counted(course_id)), None)
    if course is None:
        raise Http404
    # From the future: of a page that knows more than there is. It gets all, and what is none of it goes.
    since = since if since <= course.revision else -1
    changes = changes_since(course, since)
    with_head = since < course.head_revision or since <= 0
    answer = HttpResponse(fragments(request, course, changes, with_head=with_head))
    return paced(answer, course.revision, pace)


def since_of(request: Request) -> int | None:
    """Without it, everything: a page that knows nothing yet."""
    given = request.headers.get("HX-PTag") or request.GET.get("since") or "0"
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
