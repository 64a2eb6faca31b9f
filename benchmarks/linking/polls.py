"""What does it cost that every open page asks, again and again, what is new?"""

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.core.handlers.wsgi import WSGIHandler

from accounts.models import User
from benchmarks import world
from benchmarks.linking.programs import web
from benchmarks.linking.scene import scene
from benchmarks.report import row
from benchmarks.requests import ask, environ
from courses.models import Course, Video

_CLIENTS = 8
_SECONDS = 5.0
_ROUNDS = 30


def rows() -> Iterator[dict[str, Any]]:
    yield from _per_second()
    for number in (0, 1, 50):
        course = _course_with(videos=50, changed=number)
        since = course.revision if not number else course.revision - 1
        yield _one_poll(f"{number} changed rows", scene().owner, course, since)
    for size in (20, 2000):
        owner = world.person(f"has{size}")
        (course,) = world.courses(owner, 1, chapters=1, videos=size)
        _link_one_anew(course)
        world.analyze()
        for what, since in (("nothing new", course.revision), ("1 row", course.revision - 1)):
            yield _one_poll(f"course of {size}, 1 linking, {what}", owner, course, since)


def _link_one_anew(course: Course) -> None:
    course.revision += 1
    course.save(update_fields=["revision"])
    video = Video.objects.filter(chapter__course=course).in_order().first()
    assert video is not None
    Video.objects.filter(pk=video.pk).update(
        status="linking", settled_at=None, revision=course.revision
    )


def _course_with(*, videos: int, changed: int) -> Course:
    chapter = scene().chapter()
    (course,) = Course.objects.filter(pk=chapter.course_id)
    Course.objects.filter(pk=course.pk).update(revision=5)
    media = scene().files[0]
    Video.objects.bulk_create(
        Video(
            chapter=chapter,
            media=media,
            title=f"{n:02} A lesson",
            position=n + 1,
            status="linking",
            requested_by=scene().owner,
            revision=5 if n < changed else 1,
        )
        for n in range(videos)
    )
    course.refresh_from_db()
    return course


def _one_poll(case: str, owner: User, course: Course, since: int) -> dict[str, Any]:
    handler = WSGIHandler()
    asked = environ(owner, f"/courses/{course.pk}/changes/?since={since}")
    asked["HTTP_HX_REQUEST"] = "true"
    samples = [ask(handler, asked) for _ in range(_ROUNDS + 5)][5:]
    return row(
        "one poll",
        case,
        [sample.cpu * 1000 for sample in samples],
        "ms CPU",
        note=f"{samples[0].queries} queries, {samples[0].size} bytes",
    )


def _per_second() -> Iterator[dict[str, Any]]:
    """One web process of four threads, eight pages that ask as fast as they are answered."""
    course = _course_with(videos=20, changed=0)
    asked = environ(scene().owner, f"/courses/{course.pk}/changes/?since={course.revision}")
    path = f"{asked['PATH_INFO']}?{asked['QUERY_STRING']}"
    bare = ("-k", "gthread", "--threads", "4", "--no-control-socket", "--keep-alive", "65")
    with (
        web(WEB_PROCESSES="1", WEB_THREADS="4") as studio,
        web(
            *bare,
            "benchmarks.linking.bare:application()",
            DJANGO_SETTINGS_MODULE="benchmarks.linking.bare",
        ) as nothing,
    ):
        polls, views = [], []
        for _ in range(3):
            polls.append(_ask_for_a_while(studio, path, asked["HTTP_COOKIE"]))
            views.append(_ask_for_a_while(nothing, "/", ""))
    share = max(polls) / max(views)
    yield row("polls, nothing new", "one process", polls, "per s", note=f"{share:.0%} of bare")
    yield row("a bare Django view, 204", "one process", views, "per s")


def _ask_for_a_while(address: str, path: str, cookie: str) -> float:
    host, port = urlsplit(address).hostname, urlsplit(address).port
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nHX-Request: true\r\nCookie: {cookie}\r\n\r\n"
    deadline = time.perf_counter() + _SECONDS
    counts = [0] * _CLIENTS

    def ask_on(number: int) -> None:
        with socket.create_connection((host, port)) as connection:
            while time.perf_counter() < deadline:
                connection.sendall(request.encode())
                answer = b""
                while not answer.endswith(b"\r\n\r\n"):
                    answer += connection.recv(4096)
                if not answer.startswith(b"HTTP/1.1 204"):
                    raise AssertionError(json.dumps(answer[:200].decode()))
                counts[number] += 1

    threads = [threading.Thread(target=ask_on, args=[number]) for number in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / _SECONDS
