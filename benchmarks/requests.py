"""One request through Django's whole handler, and where its time goes: without gunicorn and the network."""

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


def environ(person: User, path: str) -> dict[str, Any]:
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


def ask(handler: WSGIHandler, environ: dict[str, Any]) -> Sample:
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
