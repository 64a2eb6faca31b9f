"""How long do the pages take that grow with somebody's work, and what takes the time?

The whole request through Django's handler with all middleware, under the settings of production: what
is left out is gunicorn and the network. Each case has an owner of its own.
"""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.template.backends.django import Template
from django.test import Client

from accounts.models import User
from benchmarks import world
from benchmarks.report import median_ms, percentile, report

_WARM_UP = 10
_ROUNDS = 100


@dataclass
class Sample:
    seconds: float = 0.0
    cpu: float = 0.0  # of this thread: says more than the clock on a machine that others use, too
    sql: float = 0.0
    template: float = 0.0  # without the SQL that it caused
    queries: int = 0
    size: int = 0


@dataclass
class Stopwatch:
    """Where the time of one request goes."""

    sample: Sample = field(default_factory=Sample)

    def around_sql(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.sample.queries += 1
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.sample.sql += time.perf_counter() - began

    @contextmanager
    def watching_templates(self) -> Iterator[None]:
        render = Template.render
        depth = 0

        def timed(template: Any, *arguments: Any, **named: Any) -> Any:
            nonlocal depth
            depth += 1
            began, sql = time.perf_counter(), self.sample.sql
            try:
                return render(template, *arguments, **named)
            finally:
                depth -= 1
                if not depth:
                    took = time.perf_counter() - began
                    self.sample.template += took - (self.sample.sql - sql)

        with patch.object(Template, "render", timed):
            yield


def main() -> None:
    handler = WSGIHandler()
    rows = []
    for name, person, path in _cases():
        environ = _environ(person, path)
        for _ in range(_WARM_UP):
            _ask(handler, environ)
        samples = [_ask(handler, environ) for _ in range(_ROUNDS)]
        times = [sample.seconds for sample in samples]
        rows.append(
            {
                "page": name,
                "queries": max(sample.queries for sample in samples),
                "p50 ms": median_ms(times),
                "p95 ms": round(percentile(times, 0.95) * 1000, 1),
                "CPU ms": median_ms(sample.cpu for sample in samples),
                "SQL ms": median_ms(sample.sql for sample in samples),
                "template ms": median_ms(sample.template for sample in samples),
                "kB": round(samples[0].size / 1000),
            }
        )
    report("pages", rows)


def _cases() -> list[tuple[str, User, str]]:
    """Everything is made before anything is measured."""
    cases = [case for number in (10, 100, 1000) for case in _lists(number)]
    for chapters, videos in ((5, 20), (50, 20), (1, 500)):
        cases += _of_one_course(chapters, videos)
    owner = world.person("keeps1000")
    world.library(owner, 1000)
    cases.append(("library, 1000", owner, "/library/"))
    world.analyze()
    return cases


def _lists(number: int) -> Iterator[tuple[str, User, str]]:
    owner = world.person(f"has{number}")
    world.courses(owner, number, chapters=3, videos=4)
    yield f"course list, {number}", owner, "/"
    if number == 1000:
        yield f"course list, {number}, page 20", owner, "/?page=20"
        yield f"course list, {number}, sought", owner, "/?q=number+99"


def _of_one_course(chapters: int, videos: int) -> Iterator[tuple[str, User, str]]:
    owner = world.person(f"edits{chapters}x{videos}")
    (course,) = world.courses(owner, 1, chapters=chapters, videos=videos)
    size = f"{chapters} × {videos}"
    yield f"editor, {size}", owner, f"/courses/{course.pk}/"
    yield f"feed, {size}, nothing new", owner, f"/courses/{course.pk}/changes/?since=0"


def _environ(person: User, path: str) -> dict[str, Any]:
    client = Client()
    client.force_login(person)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    path, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": settings.ALLOWED_HOSTS[0],
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": settings.ALLOWED_HOSTS[0],
        "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={session}",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }


def _ask(handler: WSGIHandler, environ: dict[str, Any]) -> Sample:
    statuses: list[Any] = []

    def start_response(status: str, *_: Any) -> Callable[[bytes], object]:
        statuses.append(status)
        return statuses.append

    watch = Stopwatch()
    with connection.execute_wrapper(watch.around_sql), watch.watching_templates():
        began, cpu = time.perf_counter(), time.thread_time()
        response = handler(dict(environ), start_response)
        body = b"".join(response)
        response.close()
        watch.sample.seconds = time.perf_counter() - began
        watch.sample.cpu = time.thread_time() - cpu
    if not statuses[0].startswith("2"):
        raise AssertionError(f"{environ['PATH_INFO']}: {statuses[0]}")
    watch.sample.size = len(body)
    return watch.sample
