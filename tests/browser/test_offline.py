"""Without a network the page says so, and what is done meanwhile is sent in its order when it is back."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from courses.models import Chapter, Course
from tests.browser.conftest import OpenAs
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)

COMPLAINTS = r"ERR_|Failed to|40\d|htmx: htmx:error"


@pytest.fixture
def course(author: User) -> Course:
    course = make_course(author, "Engines")
    chapter = make_chapter(course, "One")
    make_chapter(course, "Two")
    for name in ("alpha", "beta"):
        make_video(chapter, make_media(author, f"{name}.mp4"))
    return course


@pytest.fixture
def chapter(course: Course) -> Chapter:
    return course.chapters.get(title="One")


@pytest.fixture
def page(open_as: OpenAs, author: User, course: Course) -> Page:
    return open_as(author, f"/courses/{course.pk}/", expect=COMPLAINTS)


def titles(page: Page) -> list[str]:
    return [one.input_value() for one in page.locator(".video-row:visible [name=title]").all()]


def test_what_is_done_offline_is_kept_and_sent_in_its_order(
    page: Page, course: Course, chapter: Chapter
) -> None:
    notice = page.locator("#offline")
    expect(notice).to_be_empty()
    page.context.set_offline(True)
    expect(notice).to_contain_text("You are offline")
    field = page.get_by_role("textbox", name="Title of the course")
    field.fill("Looms")
    field.press("Enter")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Remove “alpha”").click()
    page.fill("#new-chapter-title", "Three")
    page.press("#new-chapter-title", "Enter")
    assert titles(page) == ["beta"]
    expect(page.locator(".chapter")).to_have_count(3)
    expect(notice).to_have_text("You are offline. 4 changes will be sent when the network is back.")
    expect(page.locator("#toasts")).to_be_empty()
    course.refresh_from_db()
    before = course.revision
    assert not course.published
    page.context.set_offline(False)
    expect(page.locator("[data-guess-pending], [data-optimistic]")).to_have_count(0)
    expect(notice).to_be_empty()
    course.refresh_from_db()
    assert (course.title, course.published) == ("Looms", True)
    assert course.revision == before + 4
    assert list(chapter.videos.live().values_list("title", flat=True)) == ["beta"]
    assert course.chapters.live().in_order().last().title == "Three"  # type: ignore[union-attr]
    expect(page.locator("#toasts")).to_contain_text("“alpha” is removed.")


def test_what_the_studio_then_refuses_is_told_and_the_rest_is_done(
    page: Page, course: Course, chapter: Chapter
) -> None:
    page.context.set_offline(True)
    video = chapter.videos.get(title="alpha")
    row = page.locator(f"#video-{video.pk}")
    save = row.get_by_role("button", name="Save")
    row.locator("[name=title]").fill("Mine")
    expect(save).to_be_visible()
    row.locator("[name=title]").press("Enter")
    expect(save).to_be_hidden()  # it is on its way
    page.get_by_role("button", name="Remove “beta”").click()
    video.rename("Theirs")
    page.context.set_offline(False)
    expect(row.locator(".field-error")).to_contain_text("Theirs")
    expect(save).to_be_visible()
    expect(row.locator("[name=title]")).to_have_value("Mine")
    expect(page.locator(".video-row")).to_have_count(1)
    video.refresh_from_db()
    assert video.title == "Theirs"


def test_a_pick_that_the_network_left_on_its_way_goes_through_once(
    page: Page, author: User, chapter: Chapter
) -> None:
    """Its answer was lost with the network: it is asked for again, under the ids that it had."""
    media = make_media(author, "gamma.mp4")
    page.click(f"#chapter-{chapter.pk}-add")
    page.check(f"#picker [name=media][value='{media.pk}']")
    answered = []

    def lose(route: Route) -> None:
        answered.append(route.fetch())
        page.context.set_offline(True)
        route.abort("internetdisconnected")

    page.route("**/videos/", lose, times=1)
    page.click("[data-picker-submit]")
    expect(page.locator("#offline")).to_contain_text("1 change will be sent")
    assert titles(page) == ["alpha", "beta", "gamma"]
    assert len(answered) == 1
    page.context.set_offline(False)
    expect(page.locator("[data-optimistic]")).to_have_count(0)
    expect(page.locator("#offline")).to_be_empty()
    assert titles(page) == ["alpha", "beta", "gamma"]
    assert chapter.videos.filter(media=media).count() == 1
    expect(page.locator("#toasts")).to_be_empty()


def find_without_a_network(page: Page, found: Locator) -> None:
    """The last of what is looked for, when the network is back."""
    expect(found).to_have_count(2)
    field = page.get_by_role("searchbox")
    page.context.set_offline(True)
    for text in ("alp", "beta"):
        with page.expect_event("requestfailed"):
            field.fill(text)
    expect(page.locator("#offline")).to_contain_text("You are offline")
    expect(found).to_have_count(2)
    page.context.set_offline(False)
    expect(found).to_have_count(1)
    expect(found).to_contain_text("beta")
    expect(page.locator("#toasts")).to_be_empty()
    expect(page.locator(".htmx-request")).to_have_count(0)


@pytest.mark.usefixtures("course")
def test_what_is_looked_for_in_the_library_is_found_when_the_network_is_back(
    open_as: OpenAs, author: User
) -> None:
    page = open_as(author, "/library/", expect=COMPLAINTS)
    find_without_a_network(page, page.locator(".media-card"))


def test_what_is_looked_for_in_the_picker_is_found_when_the_network_is_back(
    page: Page, chapter: Chapter
) -> None:
    page.click(f"#chapter-{chapter.pk}-add")
    find_without_a_network(page, page.locator("#picker-files .picker-file"))


def test_who_closes_the_page_with_unsent_changes_is_asked(page: Page) -> None:
    page.context.set_offline(True)
    page.get_by_role("button", name="Remove “beta”").click()
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    page.context.set_offline(False)
    expect(page.locator(".video-row")).to_have_count(1)
