"""What do the first answers of pages wait for, part by part: counts, status, usage of space, figures?

A library of 100,000 files, a course of 4,000 videos, a list of 50 courses. What is fast stays in the first
answer; what is not belongs into one of its own, which comes at the same time.
"""

import time
from collections.abc import Callable
from typing import Any

from accounts.models import User
from benchmarks import world
from benchmarks.library import fill
from benchmarks.report import median_ms, report
from courses.changes import with_figures
from courses.models import Course
from courses.rows import AT_ONCE, give_rows
from courses.summaries import with_counts, with_face
from media_library import space
from media_library.finding import Finding, find
from media_library.shelf import counts, marks

_ROUNDS = 15


def main() -> None:
    keeper = world.person("keeper")
    fill(keeper, 100_000, used=0.6, captioned=0.7)
    author = world.person("author")
    (course,) = world.courses(author, 1, chapters=200, videos=20)
    world.courses(author, 49, chapters=5, videos=20)
    world.analyze()
    report(
        "heads", [_measured(name, part) for name, part in _parts(keeper, author, course).items()]
    )


def _parts(keeper: User, author: User, course: Course) -> dict[str, Callable[[], object]]:
    chapters = list(course.chapters.live().in_order())
    files = find(keeper, Finding()).files
    listed = with_face(with_counts(Course.objects.of_author(author).latest_first()))
    return {
        "library: the first files": lambda: find(keeper, Finding()),
        "library: what is said of them": lambda: marks(files),
        "library: how many are not ready": lambda: counts(keeper),
        "library: usage of space": lambda: space.taken(keeper),
        "editor: chapters": lambda: list(course.chapters.live().in_order()),
        "editor: figures of all chapters": lambda: with_figures(chapters),
        "editor: first rows": lambda: give_rows(chapters, AT_ONCE),
        "editor: all rows": lambda: give_rows(chapters),
        "course list: courses with their counts": lambda: list(listed[:51]),
    }


def _measured(name: str, part: Callable[[], object]) -> dict[str, Any]:
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        part()
        times.append(time.perf_counter() - began)
    return {"part": name, "best ms": round(min(times) * 1000, 1), "median ms": median_ms(times)}
