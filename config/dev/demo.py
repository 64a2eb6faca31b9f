"""The demo world of bin/dev: two instructors, a member of staff, courses, and libraries to look at."""

import io
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction

from accounts.models import User
from config.dev.clips import encode
from config.dev.demo_contents import COURSES, FILES, DemoCourse, DemoFile
from config.ids import uuid7
from courses.linking import Pick, perform_link, request_links
from courses.models import Chapter, Course, Video
from media_library.intake import examine
from media_library.models import MediaFile
from media_library.uploads import take_in

_PASSWORD = "lectern"  # noqa: S105 - shown on the terminal of bin/dev
_PEOPLE: dict[str, dict[str, Any]] = {
    "ada": {"first_name": "Ada", "last_name": "Lovelace"},
    "grace": {"first_name": "Grace", "last_name": "Hopper"},
    "admin": {"is_staff": True, "is_superuser": True},
}


def make_demo_world(tell: Callable[[str], object]) -> None:
    """Only where there is nobody yet: a studio with people in it is theirs.

    People, courses and files come in one transaction, so that an interrupted try leaves nobody and the
    next start tries again. What is interrupted later, workers and the sweeper finish as everything else.
    """
    if not settings.DEBUG:
        raise ImproperlyConfigured("The demo accounts have a known password: only under DEBUG=1.")
    if User.objects.exists():
        return
    tell("Making the demo world: two instructors, three courses, thirty videos …")
    bytes_of = _made_at_once([file for files in FILES.values() for file in files])
    with transaction.atomic():
        people = {
            name: User.objects.create_user(name, f"{name}@example.org", _PASSWORD, **facts)
            for name, facts in _PEOPLE.items()
        }
        library = {
            file.name: take_in(people[owner], file.name, io.BytesIO(bytes_of[file.name]))
            for owner, files in FILES.items()
            for file in reversed(files)  # the library shows the newest first
        }
        for course in reversed(COURSES):
            _make_course(course, people, library)
    _at_once(examine, MediaFile.objects.values_list("pk", flat=True))
    _at_once(perform_link, Video.objects.values_list("pk", flat=True))


def _made_at_once(files: list[DemoFile]) -> dict[str, bytes]:
    """Threads are enough: the encoders work without Python."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        longest_first = sorted(files, key=lambda file: -file.slide.seconds if file.slide else 0)
        return dict(
            zip(
                [file.name for file in longest_first],
                threads.map(_bytes_of, longest_first),
                strict=True,
            )
        )


def _bytes_of(file: DemoFile) -> bytes:
    if file.slide is None:
        return file.text.encode()
    whole = encode(file.slide.at, file.slide.seconds, file.encoding)
    return whole[: int(len(whole) * file.keep)]


def _make_course(plan: DemoCourse, people: dict[str, User], library: dict[str, MediaFile]) -> None:
    owner = people[plan.owner]
    course = Course.objects.create(
        owner=owner, title=plan.title, description=plan.description, published=plan.published
    )
    for name in plan.co_authors:
        course.add_co_author(people[name])
    for title, names in plan.chapters.items():
        chapter = Chapter.objects.add(course.pk, title)
        request_links(chapter, owner, [Pick(library[name].pk, uuid7()) for name in names])


def _at_once(work: Callable[[UUID], None], ids: Iterable[UUID]) -> None:
    def in_a_thread(pk: UUID) -> None:
        try:
            work(pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as threads:
        list(threads.map(in_a_thread, ids))
