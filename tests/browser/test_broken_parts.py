"""What breaks shows itself in its place, with Reload, and leaves the rest of the page working."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import User
from courses.models import Video
from tests.browser.conftest import OpenAs
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)

FEED = re.compile(r"/courses/[^/]+/changes/")


@pytest.fixture
def video(author: User) -> Video:
    return make_video(make_chapter(make_course(author)), make_media(author))


@pytest.fixture
def editor(open_as: OpenAs, author: User) -> Page:
    return open_as(author, expect="Failed to load|Failed to fetch|is broken|htmx:error")


def break_module(page: Page, name: str, words: str = "", instead: str = "") -> None:
    """At first, or where the words stand."""
    script = (Path(settings.BASE_DIR) / "static" / "js" / f"{name}.js").read_text()
    assert words in script
    body = script.replace(words, instead) if words else "throw new Error('it is broken');"
    page.route(
        f"**/js/{name}.js", lambda route: route.fulfill(body=body, content_type="text/javascript")
    )


def rename(page: Page, video: Video, title: str) -> None:
    field = page.locator(f"#video-{video.pk}-title")
    field.fill(title)
    field.press("Enter")
    expect(page.locator(f"#video-{video.pk}-form")).not_to_have_attribute("data-dirty", "")
    assert Video.objects.get(pk=video.pk).title == title


def test_a_module_that_breaks_stops_no_other(editor: Page, video: Video) -> None:
    break_module(editor, "order")
    editor.route("**/js/progress.js", lambda route: route.abort())
    editor.goto(f"/courses/{video.chapter.course_id}/")
    notice = editor.locator("#broken-parts")
    expect(notice).to_contain_text("A part of this page stopped working: ")
    for part in ("moving rows", "news of links"):
        expect(notice).to_contain_text(part)
    rename(editor, video, "Renamed all the same")
    editor.unroute("**/js/order.js")
    editor.unroute("**/js/progress.js")
    notice.get_by_role("link", name="Reload").click()
    expect(notice).to_be_hidden()


def test_a_hook_that_throws_later_stops_no_request(editor: Page, video: Video) -> None:
    break_module(
        editor,
        "field-errors",
        "htmx_finally_request(form) {",
        "htmx_finally_request(form) { throw new Error('it is broken');",
    )
    editor.goto(f"/courses/{video.chapter.course_id}/")
    for title in ("Once", "Twice", "Three times"):
        rename(editor, video, title)
    expect(editor.locator("#broken-parts")).to_have_text(
        re.compile(r"stopped working: errors beside fields\.")
    )


def test_a_feed_that_fails_says_so_until_it_is_well(editor: Page, video: Video) -> None:
    editor.clock.install()
    editor.goto(f"/courses/{video.chapter.course_id}/")
    notice = editor.locator("#feed-trouble")
    editor.route(FEED, lambda route: route.abort())
    for _ in range(3):
        expect(notice).to_be_hidden()
        with editor.expect_event("requestfailed"):
            editor.clock.fast_forward(40_000)
        expect(editor.locator("#feed.htmx-request")).to_have_count(0)
    expect(notice).to_contain_text("Changes of others cannot be shown just now")
    expect(editor.locator("#toasts > *")).to_have_count(0)
    editor.unroute(FEED)
    editor.clock.fast_forward(40_000)
    expect(notice).to_be_hidden()
