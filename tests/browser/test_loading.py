"""The rows of a large course come after its frame: those in view first, and in the end all of them."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from courses import rows as courses_rows
from courses.models import Chapter, Course, Video
from courses.views import editor as editor_view
from courses.views import rows as rows_view
from media_library.models import MediaFile
from tests.browser.conftest import OpenAs
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = re.compile(r"/chapters/[^/]+/rows/")
ALL_THERE = "body:not(:has(.rows-wanted))"


@pytest.fixture
def course(author: User) -> Course:
    return make_course(author)


@pytest.fixture
def videos(course: Course, author: User) -> list[Video]:
    """Twelve chapters with four each."""
    media = make_media(author)
    chapters = [make_chapter(course, f"Chapter {n}") for n in range(12)]
    return [
        make_video(chapter, media, title=f"{chapter}, {n}")
        for chapter in chapters
        for n in range(4)
    ]


@pytest.fixture
def page(
    open_as: OpenAs, author: User, videos: list[Video], monkeypatch: pytest.MonkeyPatch
) -> Page:
    """On another page of the studio, so that this browser is known to run scripts."""
    for module in (editor_view, rows_view, courses_rows):
        monkeypatch.setattr(module, "AT_ONCE", 12)
    return open_as(author, expect="Failed to load.* 500 ")


def titles(page: Page) -> list[str]:
    shown: list[str] = page.eval_on_selector_all(
        ".video-row [name=title]", "fields => fields.map(field => field.value)"
    )
    return shown


def test_all_rows_come_and_those_in_view_first(
    page: Page, course: Course, videos: list[Video]
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    last = videos[-1].chapter_id
    page.goto(f"/courses/{course.pk}/#chapter-{last}")
    page.wait_for_selector(ALL_THERE, timeout=20_000)
    assert titles(page) == [video.title for video in videos]
    first = next(address for address in asked if ROWS.search(address))
    assert str(last) in first
    assert str(videos[16].chapter_id) not in first
    expect(page.locator(f"#chapter-{last}")).to_be_in_viewport()


def test_of_very_many_rows_the_last_come_when_they_are_scrolled_to(
    page: Page, course: Course, videos: list[Video]
) -> None:
    script = (Path(settings.BASE_DIR) / "static/js/rows.js").read_text()
    assert "const ENOUGH = 1000;" in script
    fewer = script.replace("const ENOUGH = 1000;", "const ENOUGH = 20;")
    page.route(
        "**/js/rows.js", lambda route: route.fulfill(body=fewer, content_type="text/javascript")
    )
    page.goto(f"/courses/{course.pk}/")
    expect(page.locator(".video-row")).not_to_have_count(12)
    expect(page.locator(".rows-wanted[data-asked]")).to_have_count(0)
    last = page.locator(f"#video-{videos[-1].pk}")
    assert last.count() == 0
    page.locator(f"#chapter-{videos[-1].chapter_id}").scroll_into_view_if_needed()
    expect(last).to_be_attached()
    expect(page.locator(f"#chapter-{videos[-1].chapter_id}")).to_be_in_viewport()


def test_a_row_that_the_address_names_is_scrolled_to(
    page: Page, course: Course, videos: list[Video]
) -> None:
    page.goto(f"/courses/{course.pk}/#video-{videos[30].pk}")
    expect(page.locator(f"#video-{videos[30].pk}")).to_be_in_viewport()
    page.wait_for_selector(ALL_THERE, timeout=20_000)
    expect(page.locator(f"#video-{videos[30].pk}")).to_be_in_viewport()


def test_drafts_are_offered_to_rows_that_come_later(
    page: Page, course: Course, videos: list[Video]
) -> None:
    field = page.locator(f"#video-{videos[-1].pk}-title")
    page.goto(f"/courses/{course.pk}/")
    page.wait_for_selector(ALL_THERE, timeout=20_000)
    field.fill("Not saved yet")
    page.reload()
    page.wait_for_selector(ALL_THERE, timeout=20_000)
    expect(field).to_have_value("Not saved yet")
    expect(page.locator(f"#video-{videos[-1].pk}-form")).to_have_attribute("data-dirty", "")


def test_an_overtaken_answer_brings_no_removed_row_back(
    page: Page, course: Course, videos: list[Video], author: User
) -> None:
    held: list[Route] = []
    is_slow = True
    page.route(ROWS, lambda route: held.append(route) if is_slow else route.continue_())
    page.goto(f"/courses/{course.pk}/")
    feed = page.locator("#feed")
    expect(page.locator(".rows-wanted").first).to_have_attribute("data-asked", "")
    answers = [(route, route.fetch()) for route in held]
    gone, stays = videos[15], videos[14]  # of the first answer that is held
    gone.remove()
    added = make_video(
        Chapter.objects.get(pk=gone.chapter_id), MediaFile.objects.get(), title="Added"
    )
    Video.objects.filter(pk=added.pk).update(revision=gone.chapter.rename("Renamed"))
    course.refresh_from_db()
    ask(page)
    expect(feed).to_have_attribute("data-since", str(course.revision))
    expect(page.locator(f"#video-{added.pk}")).to_be_attached()
    is_slow = False
    for route, answer in answers:
        route.fulfill(response=answer)
    page.wait_for_selector(ALL_THERE, timeout=20_000)
    expect(page.locator(f"#video-{stays.pk}")).to_be_attached()
    expect(page.locator(f"#video-{gone.pk}")).to_have_count(0)
    # The one that is newer stands after those that came later.
    there = [video.title for video in videos]
    assert titles(page) == [*there[:15], "Added", *there[16:]]


def test_rows_that_do_not_come_are_missed_in_their_place(
    page: Page, course: Course, videos: list[Video]
) -> None:
    page.route(ROWS, lambda route: route.fulfill(status=500, body="<h1>no</h1>"))
    page.goto(f"/courses/{course.pk}/")
    place = page.locator(f"#chapter-{videos[-1].chapter_id}-later")
    expect(place).to_contain_text("These videos could not be shown.")
    expect(page.locator("#toasts > *")).to_have_count(0)
    page.fill(f"#video-{videos[0].pk}-title", "Renamed all the same")
    page.press(f"#video-{videos[0].pk}-title", "Enter")
    expect(page.locator(f"#video-{videos[0].pk}-form")).not_to_have_attribute("data-dirty", "")
    assert Video.objects.get(pk=videos[0].pk).title == "Renamed all the same"
    page.unroute(ROWS)
    place.get_by_role("link", name="Reload").click()
    expect(page.locator(f"#video-{videos[-1].pk}")).to_be_attached()
    expect(place).to_be_empty()


def ask(page: Page) -> None:
    """The page asks what is new, as when it is looked at again."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
