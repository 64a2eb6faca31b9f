"""Ctrl+Z takes back what was done last on the page, at once."""

import re

import pytest
from playwright.sync_api import Page, Request, Route, expect

from accounts.models import User
from courses.models import Chapter, Course
from tests.browser.conftest import OpenAs, until_there
from tests.browser.test_conflicts import describing, send
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def course(author: User) -> Course:
    course = make_course(author, "Engines")
    chapter = make_chapter(course, "One")
    make_chapter(course, "Two")
    for name in ("alpha", "beta", "gamma"):
        make_video(chapter, make_media(author, f"{name}.mp4"))
    return course


@pytest.fixture
def chapter(course: Course) -> Chapter:
    return course.chapters.get(title="One")


@pytest.fixture
def page(open_as: OpenAs, author: User, course: Course) -> Page:
    return open_as(author, f"/courses/{course.pk}/", expect=r"409|50\d|Failed to|ERR_")


def titles(page: Page) -> list[str]:
    return [one.input_value() for one in page.locator(".video-row:visible [name=title]").all()]


def quiet(page: Page) -> None:
    expect(page.locator("[data-guess-pending], [data-brought-back]")).to_have_count(0)


def writes(page: Page) -> list[str]:
    """The verbs of what is sent from now on."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url.rsplit("/", 2)[1])

    page.on("request", note)
    return sent


@pytest.mark.parametrize("kind", ["video", "chapter", "course"])
def test_a_title_that_was_saved_is_as_before(page: Page, chapter: Chapter, kind: str) -> None:
    thing = {
        "video": chapter.videos.in_order().first(),
        "chapter": chapter,
        "course": chapter.course,
    }[kind]
    assert thing
    field = page.locator(f"#{kind}-{thing.pk}-title")
    before = field.input_value()
    field.fill("Another")
    field.press("Enter")
    expect(page.locator("form[data-dirty]")).to_have_count(0)
    page.keyboard.press("Control+z")
    assert field.input_value() == before
    quiet(page)
    thing.refresh_from_db()
    assert (thing.title, thing.title_version) == (before, 2)
    field.blur()
    expect(field).to_have_value(before)
    expect(page.locator("form[data-dirty], .toast")).to_have_count(0)


@pytest.mark.parametrize("text", ["title", "description"])
def test_a_text_that_somebody_has_changed_since_stays(
    page: Page, chapter: Chapter, text: str
) -> None:
    video = chapter.videos.in_order().first()
    assert video
    if text == "title":
        page.fill(f"#video-{video.pk}-title", "Mine")
        page.press(f"#video-{video.pk}-title", "Enter")
        expect(page.locator("form[data-dirty]")).to_have_count(0)
        video.rename("Theirs")
    else:
        describing(page, video).fill("Mine")
        send(page)
        expect(page.locator(f"#video-{video.pk}-about")).to_have_text("Mine")
        video.describe("Theirs")
    page.keyboard.press("Control+z")
    expect(page.locator(".toast")).to_contain_text("it has been changed since")
    expect(page.locator("[data-conflict]:visible, form[data-dirty]")).to_have_count(0)
    video.refresh_from_db()
    assert getattr(video, text) == "Theirs"


def test_a_description_that_was_saved_is_as_before(page: Page, chapter: Chapter) -> None:
    video = chapter.videos.in_order().first()
    assert video
    video.describe("As it was")
    describing(page, video).fill("As it is")
    send(page)
    about = page.locator(f"#video-{video.pk}-about")
    expect(about).to_have_text("As it is")
    page.keyboard.press("Control+z")
    expect(about).to_have_text("As it was")
    video.refresh_from_db()
    assert video.description == "As it was"


def test_what_was_removed_stands_again_before_the_studio_has_answered(
    page: Page, chapter: Chapter
) -> None:
    held: list[Route] = []
    page.get_by_role("button", name="Remove “beta”").click()
    expect(page.locator(".video-row")).to_have_count(2)
    expect(page.locator("#toasts")).to_contain_text("“beta” is removed.")
    page.route(re.compile("/restore/$"), lambda route: held.append(route), times=1)  # noqa: PLW0108
    page.keyboard.press("Control+z")
    assert titles(page) == ["alpha", "beta", "gamma"]
    expect(page.locator("#toasts")).to_be_empty()
    until_there(page, held)
    held[0].continue_()
    quiet(page)
    assert titles(page) == ["alpha", "beta", "gamma"]
    assert chapter.videos.live().count() == 3


def test_it_goes_again_if_that_fails(page: Page, chapter: Chapter) -> None:
    page.get_by_role("button", name="Remove “beta”").click()
    expect(page.locator(".video-row")).to_have_count(2)
    page.route(re.compile("/restore/$"), lambda route: route.fulfill(status=500), times=1)
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("“beta” was not restored")
    assert titles(page) == ["alpha", "gamma"]
    page.get_by_role("button", name="Retry").click()
    quiet(page)
    assert titles(page) == ["alpha", "beta", "gamma"]


def test_a_removal_that_still_waits_is_not_made_at_all(page: Page, chapter: Chapter) -> None:
    held: list[Route] = []
    sent = writes(page)
    page.route(re.compile("/publish/$"), lambda route: held.append(route))  # noqa: PLW0108
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Remove “beta”").click()
    assert titles(page) == ["alpha", "gamma"]
    page.keyboard.press("Control+z")
    assert titles(page) == ["alpha", "beta", "gamma"]
    until_there(page, held)
    held[0].continue_()
    quiet(page)
    assert titles(page) == ["alpha", "beta", "gamma"]
    assert sent == ["publish", "restore"]


def test_what_comes_to_nothing_is_told_once_and_not_taken_back(
    page: Page, chapter: Chapter
) -> None:
    held: list[Route] = []
    sent = writes(page)
    page.route(re.compile("/remove/$"), lambda route: held.append(route), times=1)  # noqa: PLW0108
    page.get_by_role("button", name="Remove “beta”").click()
    page.keyboard.press("Control+z")
    until_there(page, held)
    held[0].fulfill(status=500)
    quiet(page)
    toast = page.locator("#toasts > *")
    expect(toast).to_have_count(1)
    expect(toast).to_contain_text("“beta” was not removed")
    assert titles(page) == ["alpha", "beta", "gamma"]
    assert sent == ["remove"]


def test_the_last_comes_first_and_moves_go_back_to_where_they_came_from(
    page: Page, course: Course, chapter: Chapter
) -> None:
    gamma = chapter.videos.get(title="gamma")
    grip = page.locator(f"#video-{gamma.pk} [data-grip]")
    grip.press("Space")
    grip.press("ArrowUp")
    grip.press("ArrowUp")
    grip.press("Space")
    quiet(page)
    assert titles(page) == ["gamma", "alpha", "beta"]
    page.get_by_role("button", name="Remove “alpha”").click()
    quiet(page)
    page.keyboard.press("Control+z")
    quiet(page)
    assert titles(page) == ["gamma", "alpha", "beta"]
    page.keyboard.press("Control+z")
    quiet(page)
    assert titles(page) == ["alpha", "beta", "gamma"]
    order = chapter.videos.in_order().values_list("title", flat=True)
    assert list(order) == ["alpha", "beta", "gamma"]


def test_a_chapter_stands_again_with_its_rows(page: Page, course: Course, chapter: Chapter) -> None:
    section = page.locator(f"#chapter-{chapter.pk}")
    section.locator("summary").click()
    section.get_by_role("button", name="Remove chapter").click()
    expect(page.locator(".chapter")).to_have_count(1)
    page.keyboard.press("Control+z")
    assert titles(page) == ["alpha", "beta", "gamma"]
    quiet(page)
    assert titles(page) == ["alpha", "beta", "gamma"]
    shown = page.locator(".chapter > header [name=title]").all()
    assert [one.input_value() for one in shown] == ["One", "Two"]


def test_what_is_typed_in_a_field_is_the_fields_to_take_back(page: Page, chapter: Chapter) -> None:
    page.get_by_role("button", name="Remove “beta”").click()
    expect(page.locator("#toasts")).to_contain_text("“beta” is removed.")
    field = page.locator(".video-row:visible [name=title]").first
    field.press("End")
    field.press_sequentially("bet")
    page.keyboard.press("Control+z")
    assert titles(page)[1:] == ["gamma"]
    assert chapter.videos.live().count() == 2


def test_ten_toggles_send_the_last(page: Page, course: Course) -> None:
    held: list[Route] = []
    sent = writes(page)
    page.route(re.compile("/publish/$"), lambda route: held.append(route), times=1)  # noqa: PLW0108
    for _ in range(5):
        page.get_by_role("button", name="Publish", exact=True).click()
        page.get_by_role("button", name="Unpublish").click()
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_visible()
    until_there(page, held)
    held[0].continue_()
    quiet(page)
    assert sent == ["publish", "unpublish"]
    course.refresh_from_db()
    assert not course.published
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_visible()
