"""The demo world of bin/dev: two instructors, a member of staff, courses and a library to look at."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from accounts.models import User

_PASSWORD = "lectern"  # noqa: S105 - shown on the terminal of bin/dev
_PEOPLE = {
    "ada": {"first_name": "Ada", "last_name": "Lovelace"},
    "grace": {"first_name": "Grace", "last_name": "Hopper"},
    "admin": {"is_staff": True, "is_superuser": True},
}


def make_demo_world(tell: Callable[[str], object]) -> None:
    """Only where there is nobody yet: a studio with people in it is theirs."""
    if not settings.DEBUG:
        raise ImproperlyConfigured("The demo accounts have a known password: only under DEBUG=1.")
    if User.objects.exists():
        return
    tell("Making the demo world …")
    with transaction.atomic():
        for name, facts in _PEOPLE.items():
            User.objects.create_user(name, f"{name}@example.org", _PASSWORD, **facts)
