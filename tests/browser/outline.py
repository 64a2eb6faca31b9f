"""A course whose titles are letters: what a page shows of it and what is stored, each as one line."""

import time

from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from courses.models import Course, Video
from tests.factories import make_chapter, make_course, make_media, make_video

SHOWN = """() => [...document.querySelectorAll(".chapter")].map(chapter =>
    chapter.querySelector(".chapter-head [name=title]").value + "|" +
    [...chapter.querySelectorAll(".video-row [name=title]")].map(title => title.value).join("")
  ).join(" ")"""
# The library moves it on its own clock, too: what counts is where it is in the moment of letting go.
HOLD = f"""() => addEventListener(
    "pointerup", () => window.letGoOf = ({SHOWN})(), {{ capture: true, once: true }}
  )"""
IS_BESIDE = """row => [row.previousElementSibling, row.nextElementSibling]
    .some(one => one?.matches('[data-dragged]'))"""


def make_outline(author: User, *co_authors: User) -> Course:
    """One|abcd Two|xy Empty|"""
    course = make_course(author, "Engines")
    for co_author in co_authors:
        course.add_co_author(co_author)
    for title, names in (("One", "abcd"), ("Two", "xy"), ("Empty", "")):
        chapter = make_chapter(course, title)
        for name in names:
            make_video(chapter, make_media(author, f"{name}.mp4"))
    return course


def shown(page: Page) -> str:
    """One|abcd Two|xy: as the page has it."""
    return str(page.evaluate(SHOWN))


def stored(course: Course) -> str:
    chapters = course.chapters.live().in_order()
    rows = {
        chapter: "".join(
            Video.objects.live().filter(chapter=chapter).in_order().values_list("title", flat=True)
        )
        for chapter in chapters
    }
    return " ".join(f"{chapter.title}|{titles}" for chapter, titles in rows.items())


def settled(page: Page) -> None:
    expect(page.locator("[data-guess-pos]")).to_have_count(0)


def grip(page: Page, title: str) -> Locator:
    return page.locator(f"[data-grip][aria-label='Move “{title}”']")


def drag(page: Page, title: str, to: Locator) -> str:
    """Answers with what is shown when it is let go."""
    grip(page, title).hover()
    page.wait_for_load_state("networkidle")  # the library for it
    page.mouse.down()
    box = to.bounding_box()
    assert box is not None
    jitter, end = 1, time.monotonic() + 15
    page.mouse.move(box["x"] + 30, box["y"] + 10, steps=8)
    # The library looks where the pointer is when it moves, not always.
    while not to.evaluate(IS_BESIDE):
        assert time.monotonic() < end, "it is not carried there"
        box = to.bounding_box() or box
        jitter = -jitter
        page.mouse.move(box["x"] + 30, box["y"] + 10 + jitter)
    page.evaluate(HOLD)
    page.mouse.up()
    return str(page.evaluate("window.letGoOf"))


def row(page: Page, title: str) -> Locator:
    return page.locator(".video-row", has=page.locator(f"[name=title][value='{title}']"))
