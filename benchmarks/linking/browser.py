"""What the person sees, in Chromium: guesses, rows that come true, guesses that go."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.test import Client
from playwright.sync_api import Browser, Page, Route, sync_playwright

from accounts.models import User
from benchmarks.linking.programs import web, worker
from benchmarks.linking.scene import forget_links, scene
from benchmarks.report import row
from config.dev import chromium
from courses.models import Chapter, Video

_ROUNDS = 20
_WATCH = """(number) => {
  const since = () => performance.timeOrigin + performance.now();
  const count = (rows) => document.querySelectorAll(`.videos > ${rows}`).length;
  const seen = (window.seen = {});
  const tell = () => (document.documentElement.dataset.seen = Object.keys(seen).join(" "));
  const look = () => {
    if (count("[data-optimistic]") >= number) seen.drawn ??= since();
    if (seen.drawn && !count("[data-optimistic]") && !count("li")) seen.gone ??= since();
    if (count("[data-status=linked]") >= number) seen.linked ??= since();
    tell();
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  document.querySelector("[data-picker-submit]").addEventListener("click", (event) => {
    seen.clicked = performance.timeOrigin + event.timeStamp;
    requestAnimationFrame(() => {
      look();
      seen.inFirstFrame = Boolean(seen.drawn);
      const painted = new MessageChannel();
      painted.port1.onmessage = () => {
        seen.painted = since();
        tell();
      };
      painted.port2.postMessage(0);
    });
  }, { capture: true, once: true });
}"""


def rows() -> Iterator[dict[str, Any]]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # for Playwright's loop in this thread
    files = scene().files
    with sync_playwright() as playwright, web() as studio:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox"], chromium_sandbox=False
        )
        try:
            yield _scripts(browser, studio)
            for delay in (0, 1000):
                for number in (1, 10, len(files)):
                    yield from _guesses(browser, studio, number, delay)
            for what, fail in _FAILURES.items():
                yield _taken_back(browser, studio, what, fail)
            forget_links()
            with worker():
                yield from _come_true(browser, studio)
        finally:
            browser.close()


@contextmanager
def _picker(browser: Browser, studio: str, number: int) -> Iterator[tuple[Page, Chapter]]:
    """A new chapter in an editor, with so many files picked, and nothing left but the click."""
    chapter = scene().chapter()
    with page_of(browser, studio, f"/courses/{chapter.course_id}/", scene().owner) as page:
        page.click(f"#chapter-{chapter.pk}-add")
        page.wait_for_selector("#picker input[name=media]")
        page.evaluate(
            "number => [...document.querySelectorAll('#picker input[name=media]')]"
            ".slice(0, number).forEach(box => box.click())",
            number,
        )
        page.evaluate(_WATCH, number)
        yield page, chapter


@contextmanager
def page_of(browser: Browser, studio: str, path: str, person: User) -> Iterator[Page]:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": studio}])
    page = context.new_page()
    page.goto(studio + path)
    yield page
    context.close()


def _seen(page: Page, what: str) -> dict[str, float]:
    page.wait_for_selector(f"html[data-seen~={what}]", state="attached")
    seen: dict[str, float] = page.evaluate("seen")
    return seen


def _guesses(browser: Browser, studio: str, number: int, delay: int) -> Iterator[dict[str, Any]]:
    """`delay` milliseconds from the browser to the studio."""
    drawn, painted, in_first_frame = [], [], 0
    for _ in range(_ROUNDS):
        with _picker(browser, studio, number) as (page, _):
            network = page.context.new_cdp_session(page)
            network.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": delay,
                    "downloadThroughput": -1,
                    "uploadThroughput": -1,
                },
            )
            page.click("[data-picker-submit]")
            seen = _seen(page, "painted")
            in_first_frame += bool(seen["inFirstFrame"])
            if "drawn" in seen:
                drawn.append(seen["drawn"] - seen["clicked"])
            painted.append(seen["painted"] - seen["clicked"])
    case = f"{number} guesses, server {delay} ms away"
    frames = f"{in_first_frame} of {_ROUNDS} in the first frame"
    yield row("click → rows in the DOM", case, drawn, "ms", note=frames)
    yield row("click → frame painted", case, painted, "ms")


def _come_true(browser: Browser, studio: str) -> Iterator[dict[str, Any]]:
    linked, shown = [], []
    for _ in range(_ROUNDS):
        with _picker(browser, studio, 10) as (page, chapter):
            page.click("[data-picker-submit]")
            seen = _seen(page, "linked")
            last = Video.objects.filter(chapter=chapter).aggregate(at=Max("settled_at"))["at"]
            linked.append(seen["linked"] - seen["clicked"])
            shown.append(seen["linked"] - last.timestamp() * 1000)
    yield row("click → all shown as linked", "10 videos, free storage", linked, "ms")
    yield row("last settlement → shown", "10 videos, free storage", shown, "ms")


def _refuse(route: Route) -> None:
    route.fulfill(status=500, body="")


def _cut(route: Route) -> None:
    route.abort()


_FAILURES: dict[str, Callable[[Route], None]] = {"500": _refuse, "no network": _cut}


def _taken_back(
    browser: Browser, studio: str, what: str, fail: Callable[[Route], None]
) -> dict[str, Any]:
    times = []
    for _ in range(_ROUNDS):
        with _picker(browser, studio, 10) as (page, _):
            page.route("**/chapters/*/videos/", fail)
            page.click("[data-picker-submit]")
            seen = _seen(page, "gone")
            times.append(seen["gone"] - seen["clicked"])
    return row("click → guesses gone", f"10 guesses, {what}", times, "ms")


def _scripts(browser: Browser, studio: str) -> dict[str, Any]:
    """What travels: compressed."""
    with page_of(
        browser, studio, f"/courses/{scene().chapter().course_id}/", scene().owner
    ) as page:
        page.wait_for_load_state("networkidle")
        sizes: list[float] = page.evaluate(
            "performance.getEntriesByType('resource')"
            ".filter(one => /\\.m?js$/.test(new URL(one.name).pathname)).map(one => one.encodedBodySize)"
        )
    return row("scripts of the editor", f"{len(sizes)} files", [sum(sizes) / 1000], "kB gzip")
