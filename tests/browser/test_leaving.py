"""What is removed leaves the page at once, and is there again when it was not removed."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from courses.models import Chapter, Course
from tests.browser.conftest import OpenAs
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)

REMOVES = re.compile(r"/(remove|cancel-links)/$")


@pytest.fixture
def course(author: User) -> Course:
    course = make_course(author, "Engines")
    chapter = make_chapter(course, "One")
    make_chapter(course, "Two")
    for name, status in (("alpha", "linking"), ("beta", "linked"), ("gamma", "linking")):
        make_video(chapter, make_media(author, f"{name}.mp4"), status=status)
    return course


@pytest.fixture
def chapter(course: Course) -> Chapter:
    return course.chapters.get(title="One")


@pytest.fixture
def held() -> list[Route]:
    """Requests that take away, which are still on their way to the studio."""
    return []


@pytest.fixture
def page(open_as: OpenAs, author: User, course: Course, held: list[Route]) -> Page:
    page = open_as(author, f"/courses/{course.pk}/", expect=r"50\d|Failed to|ERR_")
    page.route(REMOVES, lambda route: held.append(route))  # noqa: PLW0108 - Playwright wants a function
    return page


@pytest.fixture
def seen(page: Page) -> Locator:
    return page.locator(".video-row:visible")


def next_of(page: Page, held: list[Route]) -> Route:
    while not held:
        page.wait_for_timeout(10)
    return held.pop()


def test_a_row_is_gone_in_the_task_of_the_click_and_the_next_has_the_focus(
    page: Page, seen: Locator, held: list[Route]
) -> None:
    page.evaluate(
        """() => {
          const button = document.querySelector('[aria-label="Cancel “alpha”"]');
          button.focus();
          button.click();
          window.left = [...document.querySelectorAll('.video-row')].filter(row => row.checkVisibility());
          window.focused = document.activeElement.value;
        }"""
    )
    assert page.evaluate("window.left.length") == 2
    assert page.evaluate("window.focused") == "beta"
    expect(page.locator(".video-row")).to_have_count(3)
    next_of(page, held).continue_()
    expect(page.locator(".video-row")).to_have_count(2)
    expect(page.locator("#toasts")).to_contain_text("“alpha” is removed.")
    page.get_by_role("button", name="Undo").click()
    expect(seen).to_have_count(3)
    expect(seen.filter(has=page.locator("[value=alpha]")).locator("[name=title]")).to_be_focused()


def test_the_last_row_leaves_the_focus_with_what_adds_new_ones(
    page: Page, seen: Locator, held: list[Route]
) -> None:
    for left in (2, 1, 0):
        seen.first.locator(".video-row-tools button").last.press("Enter")
        next_of(page, held).continue_()
        expect(seen).to_have_count(left)
    expect(page.get_by_role("link", name="Add videos").first).to_be_focused()


@pytest.mark.parametrize("trouble", ["500", "network"])
def test_it_is_there_again_with_what_was_typed_when_the_request_fails(
    page: Page, seen: Locator, held: list[Route], trouble: str
) -> None:
    seen.nth(1).locator("[name=title]").fill("Half a ti")
    page.get_by_role("button", name="Remove “beta”").click()
    expect(seen).to_have_count(2)
    route = next_of(page, held)
    route.fulfill(status=500, body="") if trouble == "500" else route.abort()
    expect(seen).to_have_count(3)
    expect(seen.nth(1).locator("[name=title]")).to_have_value("Half a ti")
    expect(page.locator("#toasts")).to_contain_text("The studio c")


def test_what_happens_to_it_meanwhile_does_not_bring_it_back(
    page: Page, seen: Locator, held: list[Route], chapter: Chapter
) -> None:
    page.get_by_role("button", name="Remove “beta”").click()
    expect(seen).to_have_count(2)
    video = chapter.videos.get(title="beta")
    video.rename("Another's title")
    page.evaluate("htmx.trigger('#feed', 'ask'), 0")
    row = page.locator(f"#video-{video.pk}")
    expect(row.locator("[name=title]")).to_have_value("Another's title")
    expect(row).to_be_hidden()
    next_of(page, held).continue_()
    expect(row).to_have_count(0)


def test_the_rest_of_a_batch_goes_together_and_comes_back_together(
    page: Page, seen: Locator, held: list[Route]
) -> None:
    page.get_by_role("button", name="Cancel the rest").click()
    expect(seen).to_have_count(1)
    next_of(page, held).continue_()
    expect(page.locator(".video-row")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(seen).to_have_count(3)
    expect(page.locator(".chapter-title [name=title], .chapter [name=title]").first).to_be_focused()


def test_a_chapter_too(page: Page, held: list[Route], chapter: Chapter) -> None:
    section = page.locator(f"#chapter-{chapter.pk}")
    section.locator("summary").click()
    section.get_by_role("button", name="Remove chapter").click()
    expect(section).to_be_hidden()
    next_of(page, held).fulfill(status=503, body="")
    expect(section).to_be_visible()
