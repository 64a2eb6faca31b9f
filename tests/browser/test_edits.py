"""What an edit will do is seen in the task of the click, and taken back alone if it comes to nothing."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from courses.models import Chapter, Course
from tests.browser.conftest import OpenAs, ask_now, next_of
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)

EDITS = re.compile(r"/(remove|cancel-links|move|publish|unpublish|chapters)/$")


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
    """Edits that are still on their way to the studio."""
    return []


@pytest.fixture
def page(open_as: OpenAs, author: User, course: Course, held: list[Route]) -> Page:
    page = open_as(author, f"/courses/{course.pk}/", expect=r"50\d|Failed to|ERR_")
    page.route(EDITS, lambda route: held.append(route))  # noqa: PLW0108 - Playwright wants a function
    return page


@pytest.fixture
def seen(page: Page) -> Locator:
    return page.locator(".video-row:visible")


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
    said = {
        "500": "“beta” was not removed: the studio could not do it (500).",
        "network": "“beta” was not removed, it seems: the studio cannot be reached.",
    }
    expect(page.locator("#toasts")).to_contain_text(said[trouble])


def test_what_happens_to_it_meanwhile_does_not_bring_it_back(
    page: Page, seen: Locator, held: list[Route], chapter: Chapter
) -> None:
    page.get_by_role("button", name="Remove “beta”").click()
    expect(seen).to_have_count(2)
    video = chapter.videos.get(title="beta")
    video.rename("Another's title")
    ask_now(page)
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


def chapters(page: Page) -> list[str]:
    return [
        title.input_value()
        for title in page.locator(".chapter:visible > header [name=title]").all()
    ]


def test_a_move_is_seen_at_once_and_one_that_fails_is_taken_from_under_the_next(
    page: Page, held: list[Route], course: Course
) -> None:
    make_chapter(course, "Three")
    page.reload()
    one, three = course.chapters.get(title="One"), course.chapters.get(title="Three")
    page.click(f"#chapter-{three.pk}-up")
    assert chapters(page) == ["One", "Three", "Two"]
    page.click(f"#chapter-{one.pk}-down")
    assert chapters(page) == ["Three", "One", "Two"]
    next_of(page, held).abort()
    expect(page.locator("#toasts")).to_contain_text(
        "“Three” was not moved, it seems: the studio cannot"
    )
    assert chapters(page) == ["One", "Three", "Two"] or chapters(page) == ["One", "Two", "Three"]
    next_of(page, held).continue_()
    expect(page.locator("[data-guess-pos]")).to_have_count(0)
    page.get_by_role("button", name="Retry").click()
    next_of(page, held).continue_()
    expect(page.locator("[data-guess-pos]")).to_have_count(0)
    shown = chapters(page)
    page.reload()
    assert chapters(page) == shown


def test_a_move_that_is_sent_again_moves_once(
    page: Page, held: list[Route], course: Course
) -> None:
    make_chapter(course, "Three")
    page.reload()
    three = course.chapters.get(title="Three")
    page.click(f"#chapter-{three.pk}-up")
    route = next_of(page, held)
    route.fetch()  # the studio has it, and its answer is lost
    route.abort()
    page.get_by_role("button", name="Retry").click()
    next_of(page, held).continue_()
    expect(page.locator("[data-guess-pos]")).to_have_count(0)
    assert chapters(page) == ["One", "Three", "Two"]


def test_publishing_is_seen_at_once_and_keeps_the_focus(
    page: Page, held: list[Route], course: Course
) -> None:
    publish = page.get_by_role("button", name="Publish", exact=True)
    unpublish = page.get_by_role("button", name="Unpublish")
    publish.focus()
    publish.press("Enter")
    expect(unpublish).to_be_focused()
    next_of(page, held).fulfill(status=500, body="")
    expect(publish).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("“Engines” was not published")
    page.get_by_role("button", name="Retry").click()
    expect(unpublish).to_be_visible()
    next_of(page, held).continue_()
    expect(page.locator("[data-guess-published]")).to_have_count(0)
    expect(unpublish).to_be_visible()
    course.refresh_from_db()
    assert course.published


def test_a_new_chapter_stands_at_once_and_is_made_once(
    page: Page, held: list[Route], course: Course
) -> None:
    field = page.locator("#new-chapter-title")
    field.fill("Three")
    field.press("Enter")
    assert chapters(page) == ["One", "Two", "Three"]
    expect(field).to_have_value("")
    field.fill("Four")
    route = next_of(page, held)
    route.fetch()
    route.abort()
    expect(page.locator("#toasts")).to_contain_text("“Engines” has no new chapter")
    expect(field).to_have_value("Four")
    page.get_by_role("button", name="Retry").click()
    next_of(page, held).continue_()
    expect(page.locator(".chapter[data-optimistic]")).to_have_count(0)
    expect(page.locator(".chapter")).to_have_count(3)
    expect(field).to_have_value("Four")
    assert course.chapters.filter(title="Three").count() == 1


def test_a_chapter_that_is_refused_gives_its_title_back(page: Page, held: list[Route]) -> None:
    field = page.locator("#new-chapter-title")
    field.fill("Three")
    field.press("Enter")
    next_of(page, held).fulfill(status=422, body="")
    expect(page.locator(".chapter")).to_have_count(2)
    expect(field).to_have_value("Three")
