"""How long do the pages take that grow with somebody's work, and what takes the time?

The whole request through Django's handler with all middleware, under the settings of production: what
is left out is gunicorn and the network. Each case has an owner of its own.
"""

from collections.abc import Iterator

from django.core.handlers.wsgi import WSGIHandler

from accounts.models import User
from benchmarks import world
from benchmarks.report import median_ms, percentile, report
from benchmarks.requests import ask, environ

_WARM_UP = 10
_ROUNDS = 100


def main() -> None:
    handler = WSGIHandler()
    rows = []
    for name, person, path in _cases():
        asked = environ(person, path)
        for _ in range(_WARM_UP):
            ask(handler, asked)
        samples = [ask(handler, asked) for _ in range(_ROUNDS)]
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
