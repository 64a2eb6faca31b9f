"""The trash of a course: restored at once, on any device; emptied only when asked."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from courses.models import Course, Video
from tests.browser.conftest import OpenAs, ask_now
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def course(author: User, co_author: User) -> Course:
    course = make_course(author, "Engines")
    course.add_co_author(co_author)
    chapter, optics = make_chapter(course, "One"), make_chapter(course, "Optics")
    for name in "abc":
        make_video(chapter, make_media(author, f"{name}.mp4"))
    make_video(optics, make_media(author, "lens.mp4"))
    Video.objects.get(title="b").remove(by=author)
    optics.remove(by=author)
    return course


@pytest.fixture
def page(open_as: OpenAs, co_author: User, course: Course) -> Page:
    return open_as(co_author, f"/courses/{course.pk}/trash/", expect=r"50\d|Failed to|ERR_")


def test_restored_at_once_while_the_editor_is_open_elsewhere(
    page: Page, open_as: OpenAs, author: User, course: Course
) -> None:
    editor = open_as(author, f"/courses/{course.pk}/")
    expect(editor.locator(".video-row")).to_have_count(2)
    rows = page.locator(".trash-row:visible")
    held: list[Route] = []
    page.route(re.compile("/restore/$"), lambda route: held.append(route))  # noqa: PLW0108
    page.get_by_role("button", name="Restore “b”").click()
    expect(rows).to_have_count(1)
    expect(page.get_by_role("button", name="Restore “Optics”")).to_be_focused()
    held.pop().abort()
    expect(rows).to_have_count(2)
    toast = page.locator("[data-toast]", has_text="“b” was not restored")
    page.unroute_all()
    toast.get_by_role("button", name="Retry").click()
    expect(page.locator("#live")).to_have_text("“b” is back.")
    expect(page.locator(".trash-row")).to_have_count(1)
    ask_now(editor)
    titles = editor.locator(".video-row [name=title]")
    expect(titles).to_have_count(3)
    assert [title.input_value() for title in titles.all()] == ["a", "b", "c"]
    page.get_by_role("button", name="Restore “Optics”").click()
    expect(page.locator(".trash-empty")).to_be_visible()
    expect(page.locator(".trash-row")).to_have_count(0)
    assert Video.objects.standing().count() == 4


def test_emptied_after_being_asked_and_a_page_from_before_is_told_what_stands(
    page: Page, open_as: OpenAs, author: User, course: Course
) -> None:
    Video.objects.get(title="b").restore()
    editor = open_as(author, f"/courses/{course.pk}/")
    expect(editor.locator(".video-row")).to_have_count(3)
    editor.evaluate(
        "() => { Object.defineProperty(document, 'hidden', {value: true, configurable: true}) }"
    )
    Video.objects.get(title="b").remove()
    page.reload()
    page.get_by_role("link", name="Empty the trash").click()
    expect(page.locator("main")).to_contain_text("2 things will be deleted for good")
    page.get_by_role("button", name="Empty the trash").click()
    expect(page.locator("#toasts")).to_contain_text("2 things are deleted for good.")
    expect(page.locator(".trash-empty")).to_be_visible()
    # Long after: no tombstone is left.
    Video.objects.filter(discarded_at__isnull=False).delete()
    course.refresh_from_db()
    Course.objects.update(forgotten=course.revision)
    editor.evaluate(
        "() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')) }"
    )
    expect(editor.locator(".video-row")).to_have_count(2)
    expect(editor.locator(".chapter")).to_have_count(1)
