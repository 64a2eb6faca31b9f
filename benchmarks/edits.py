"""From the key or the click to the frame that shows what an edit does, with the studio a second away.

A course of five chapters with 20 videos each, in Chromium. Every edit is made as a person makes it.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import world
from benchmarks.linking.browser import page_of
from benchmarks.linking.programs import web
from benchmarks.report import report, row
from config.dev import chromium
from courses.models import Course

_ROUNDS = 10
_AWAY = 1000  # milliseconds

# Counts from the last event of the person: the click, or the key that lets go.
_WATCH = """(event) => {
  const isShown = () => SHOWN;
  const since = () => performance.timeOrigin + performance.now();
  const seen = (window.seen = {});
  addEventListener(event, function begin({ timeStamp, key }) {
    if (key === "Control") return; // the other key is the one that does it
    removeEventListener(event, begin, { capture: true });
    seen.done = performance.timeOrigin + timeStamp;
    requestAnimationFrame(() => {
      seen.inFirstFrame = Boolean(isShown());
      const painted = new MessageChannel();
      painted.port1.onmessage = () => {
        seen.painted = since();
        document.documentElement.dataset.seen = "painted";
      };
      painted.port2.postMessage(0);
    });
  }, { capture: true });
}"""

_ROW = "document.querySelectorAll('.video-row')[1]"
_CHAPTER = "document.querySelectorAll('.chapter')[1]"


@dataclass(frozen=True)
class Edit:
    name: str
    make: Callable[[Page], None]
    shown: str  # what is true of the page once it is seen
    event: str = "click"
    begin: Callable[[Page], None] = lambda _: None  # what comes before the last click or key


def _type(field: str, text: str) -> Callable[[Page], None]:
    return lambda page: page.locator(field).first.fill(text)


def _press(selector: str, key: str = "Enter") -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.press(key)


def _click(selector: str, number: int = 0) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).nth(number).click()


def _carry(page: Page) -> None:
    grip = page.locator(".video-row [data-grip]").nth(1)
    grip.press("Space")
    grip.press("ArrowDown")


def _open_move(page: Page) -> None:
    page.locator(".video-row").nth(1).hover()
    page.locator(".video-row [data-grip]").nth(1).click()
    page.locator("#move-place").fill("9")


def _open_description(page: Page) -> None:
    page.locator(".video-row").nth(1).hover()
    page.locator(".video-row .describe").nth(1).click()
    page.locator("#form-dialog textarea").fill("What it is about")


def _choose(page: Page) -> None:
    for number in (1, 2, 3):
        page.locator(".video-row").nth(number).hover()
        page.locator(".video-row .chooser").nth(number).click()


def _remove_many(page: Page) -> None:
    _choose(page)
    page.locator("#chosen .button-danger-quiet").click()
    page.locator("#toasts [data-undo]").wait_for()


def _open_menu(page: Page) -> None:
    page.locator(".chapter summary").nth(1).click()


def _remove(page: Page) -> None:
    page.locator(".video-row [formaction$='/remove/']").nth(1).click()
    page.locator("#toasts [data-undo]").wait_for()


EDITS = [
    Edit(
        "rename a course",
        _press("#course-head [name=title]"),
        "document.querySelector('#course-head[data-guess-pending]')",
        "keydown",
        _type("#course-head [name=title]", "Another title"),
    ),
    Edit(
        "rename a chapter",
        _press(".chapter-head [name=title]"),
        "document.querySelector('.chapter[data-guess-pending]')",
        "keydown",
        _type(".chapter-head [name=title]", "Another title"),
    ),
    Edit(
        "rename a video",
        _press(".video-row [name=title]"),
        "document.querySelector('.video-row[data-guess-pending]')",
        "keydown",
        _type(".video-row [name=title]", "Another title"),
    ),
    Edit(
        "publish a course",
        _click("#publish"),
        "document.querySelector('#unpublish').checkVisibility()",
    ),
    Edit(
        "remove a video",
        _click(".video-row [formaction$='/remove/']", 1),
        f"!{_ROW}.checkVisibility()",
    ),
    Edit(
        "restore a video",
        lambda page: page.keyboard.press("Control+z"),
        "document.querySelectorAll('.chapter')[0].querySelectorAll('.video-row').length == 20",
        "keydown",
        _remove,
    ),
    Edit(
        "move a video by keyboard",
        _press("[data-grabbed] [data-grip]", "Space"),
        "document.querySelector('.video-row[data-guess-pos]')",
        "keydown",
        _carry,
    ),
    Edit(
        "move a video by the form",
        _click("dialog[open] .button-primary"),
        "document.querySelector('.video-row[data-guess-pos]')",
        "click",
        _open_move,
    ),
    Edit(
        "move a chapter",
        _click(".chapter-down button"),
        "document.querySelector('.chapter[data-guess-pos]')",
    ),
    Edit(
        "remove a chapter",
        _click(".chapter .menu-item-danger", 1),
        f"!{_CHAPTER}.checkVisibility()",
        "click",
        _open_menu,
    ),
    Edit(
        "create a chapter",
        _press("#new-chapter-title"),
        "document.querySelector('.chapter[data-optimistic]')",
        "keydown",
        _type("#new-chapter-title", "A new chapter"),
    ),
    Edit(
        "describe a video",
        _click("#form-dialog .button-primary"),
        "document.querySelector('[data-guess-description]')",
        "click",
        _open_description,
    ),
    Edit(
        "remove 3 videos",
        _click("#chosen .button-danger-quiet"),
        "document.querySelectorAll('.video-row[data-guess-gone]').length == 3",
        "click",
        _choose,
    ),
    Edit(
        "make drafts of 3 videos",
        _click("#chosen [formaction$='/unpublish/']"),
        "document.querySelectorAll('.video-row[data-guess-published=no]').length == 3",
        "click",
        _choose,
    ),
    Edit(
        "restore 3 videos",
        lambda page: page.keyboard.press("Control+z"),
        "document.querySelectorAll('.chapter')[0].querySelectorAll('.video-row').length == 20",
        "keydown",
        _remove_many,
    ),
]


def main() -> None:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # for Playwright's loop in this thread
    owner = world.person("ada")
    courses = iter(world.courses(owner, len(EDITS) * _ROUNDS, chapters=5, videos=20))
    world.analyze()
    rows: list[dict[str, Any]] = []
    with sync_playwright() as playwright, web() as studio:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox"], chromium_sandbox=False
        )
        try:
            rows.extend(
                _frames(browser, studio, edit, [next(courses) for _ in range(_ROUNDS)])
                for edit in EDITS
            )
        finally:
            browser.close()
            report("edits", rows)


def _frames(browser: Browser, studio: str, edit: Edit, courses: list[Course]) -> dict[str, Any]:
    painted, in_first_frame = [], 0
    for course in courses:
        with page_of(browser, studio, f"/courses/{course.pk}/", course.owner) as page:
            edit.begin(page)
            page.context.new_cdp_session(page).send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": _AWAY,
                    "downloadThroughput": -1,
                    "uploadThroughput": -1,
                },
            )
            page.evaluate(_WATCH.replace("SHOWN", edit.shown), edit.event)
            edit.make(page)
            page.wait_for_selector("html[data-seen=painted]", state="attached")
            seen = page.evaluate("seen")
            in_first_frame += bool(seen["inFirstFrame"])
            painted.append(seen["painted"] - seen["done"])
    frames = f"{in_first_frame} of {len(courses)} in the first frame"
    return row("edit → frame painted", edit.name, painted, "ms", note=frames)
