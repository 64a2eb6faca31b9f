"""Who is signed in, for a view that has no query to spare."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare

from accounts.middleware import SignedInMiddleware
from accounts.models import User


def signed_in(request: HttpRequest, annotations: Callable[[UUID], dict[str, Any]]) -> Any:
    """The person of the session, as `request.user` would be, with the annotations in the same query."""
    try:
        person_id = UUID(request.session[SESSION_KEY])
    except (KeyError, ValueError):
        return None
    people = User.objects.filter(pk=person_id, is_active=True)
    person = people.annotate(**annotations(person_id)).first()
    # A new password ends the sessions of the old one.
    known = request.session.get(HASH_SESSION_KEY, "")
    if person is None or not constant_time_compare(known, person.get_session_auth_hash()):
        return None
    return person


def ask_to_sign_in(request: HttpRequest, view: Any) -> HttpResponseBase:
    return SignedInMiddleware(lambda _: HttpResponse()).handle_no_permission(request, view)
