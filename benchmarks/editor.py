"""How do editors open that are larger than anybody's first look: whole, or with most rows in later answers?

What the server does for the first answer, and what the person and Chromium have of it until all rows are
there. Both ways in the same run; real gunicorn, settings of production.
"""

import os
import statistics
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from accounts.models import User
from benchmarks import world
from benchmarks.linking.programs import web
from benchmarks.report import median_ms, report
from benchmarks.requests import ask, environ
from config.dev import chromium
from courses.models import Course, Video
from courses.views.editor import RUNS_SCRIPTS
from media_library.models import MediaFile

_SIZES = ((5, 20), (1, 500), (200, 20))
_ROUNDS = 3
_ENOUGH = 1000  # as static/js/rows.js has it: what is beyond comes when it is scrolled to
_WATCH = (
    f"const ENOUGH = {_ENOUGH};"
    + """
  window.tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration)))
    .observe({ type: "longtask", buffered: true });
  const look = () => {
    const rows = document.querySelectorAll(".video-row").length;
    const isUnderWay = document.querySelector(rows < ENOUGH ? ".rows-wanted" : "[data-asked]");
    const isThere = document.readyState === "complete" && !isUnderWay;
    if (!isThere) return requestAnimationFrame(look);
    window.allThere = performance.now();
    setTimeout(() => document.documentElement.toggleAttribute("data-all-there", true), 300);
  };
  requestAnimationFrame(look);
"""
)
_SEEN = """() => ({
  "first paint ms": performance.getEntriesByName("first-contentful-paint")[0].startTime,
  "works ms": performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
  "rows ms": allThere,
  "longest task ms": Math.max(0, ...tasks),
  "blocked ms": tasks.reduce((sum, task) => sum + task - 50, 0),
  "elements": document.querySelectorAll("*").length,
})"""


def main() -> None:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # for Playwright's loop in this thread
    cases = [_course(chapters, videos) for chapters, videos in _SIZES]
    world.analyze()
    handler = WSGIHandler()
    rows: list[dict[str, Any]] = []
    with sync_playwright() as playwright, web() as studio:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox"], chromium_sandbox=False
        )
        try:
            for name, owner, course in cases:
                for way in ("whole", "in parts"):
                    if way == "whole" and _number(course) > _ENOUGH:
                        continue  # for 4,000 rows Chromium's autofill takes minutes: see static/js/rows.js
                    answer = _answer(handler, owner, course, way)
                    seen = _seen(browser, studio, owner, course, way)
                    rows.append({"editor": name, "comes": way, **answer, **seen})
        finally:
            browser.close()
            report("editor", rows)


def _course(chapters: int, videos: int) -> tuple[str, User, Course]:
    owner = world.person(f"edits{chapters}x{videos}")
    (course,) = world.courses(owner, 1, chapters=chapters, videos=videos)
    MediaFile.objects.filter(owner=owner).update(poster="")  # there are none to be had
    return f"{chapters} × {videos}", owner, course


def _answer(handler: WSGIHandler, owner: User, course: Course, way: str) -> dict[str, Any]:
    asked = environ(owner, f"/courses/{course.pk}/")
    if way != "whole":
        asked["HTTP_COOKIE"] += f"; {RUNS_SCRIPTS}=1"
    samples = [ask(handler, asked) for _ in range(_ROUNDS + 5)][5:]
    return {
        "queries": max(sample.queries for sample in samples),
        "server ms": median_ms(sample.cpu for sample in samples),
        "kB": round(samples[0].size / 1000),
    }


def _seen(browser: Browser, studio: str, owner: User, course: Course, way: str) -> dict[str, Any]:
    """Medians; the first round warms up."""
    rounds = list(_rounds(browser, studio, owner, course, way))[1:]
    return {what: round(statistics.median(one[what] for one in rounds)) for what in rounds[0]}


def _rounds(
    browser: Browser, studio: str, owner: User, course: Course, way: str
) -> Iterator[dict[str, float]]:
    client = Client()
    client.force_login(owner)
    name = settings.SESSION_COOKIE_NAME
    cookies = [{"name": name, "value": client.cookies[name].value, "url": studio}]
    if way != "whole":
        cookies.append({"name": RUNS_SCRIPTS, "value": "1", "url": studio})
    for _ in range(_ROUNDS + 1):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies(cookies)  # type: ignore[arg-type]
        context.add_init_script(_WATCH)
        page = context.new_page()
        page.goto(f"{studio}/courses/{course.pk}/", wait_until="commit")
        page.wait_for_selector("html[data-all-there]", state="attached", timeout=120_000)
        seen: dict[str, float] = page.evaluate(_SEEN)
        there = page.evaluate("document.querySelectorAll('.video-row').length")
        assert there >= min(_ENOUGH, _number(course))
        session = context.new_cdp_session(page)
        session.send("HeapProfiler.collectGarbage")
        session.send("Performance.enable")
        metrics = {
            one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]
        }
        yield seen | {"heap MB": metrics["JSHeapUsedSize"] / 1e6}
        context.close()


def _number(course: Course) -> int:
    return Video.objects.standing().filter(chapter__course=course).count()
