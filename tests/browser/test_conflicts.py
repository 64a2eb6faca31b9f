"""Two who write the same text: nothing is overwritten unseen, nothing is thrown away."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from courses.models import Chapter, Course, Video
from tests.browser.conftest import OpenAs, next_of
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)

EXPECTED = r"409|Failed to|ERR_"


@pytest.fixture
def course(author: User, co_author: User) -> Course:
    course = make_course(author, "Engines")
    course.add_co_author(co_author)
    chapter = make_chapter(course, "One")
    for name in ("alpha", "beta"):
        make_video(chapter, make_media(author, f"{name}.mp4"))
    return course


@pytest.fixture
def chapter(course: Course) -> Chapter:
    return course.chapters.get()


@pytest.fixture
def alpha(chapter: Chapter) -> Video:
    return chapter.videos.get(title="alpha")


@pytest.fixture
def ada(open_as: OpenAs, author: User, course: Course) -> Page:
    return open_as(author, f"/courses/{course.pk}/", expect=EXPECTED)


@pytest.fixture
def grace(open_as: OpenAs, co_author: User, course: Course) -> Page:
    return open_as(co_author, f"/courses/{course.pk}/", expect=EXPECTED)


def save(field: Locator, text: str) -> None:
    field.fill(text)
    field.press("Enter")


def saved(page: Page) -> None:
    expect(page.locator("form[data-dirty]")).to_have_count(0)


def describing(page: Page, video: Video) -> Locator:
    """The form of its description, in the dialog."""
    row = page.locator(f"#video-{video.pk}")
    row.hover()
    row.locator(".describe").click()
    field = page.locator("#form-dialog textarea")
    expect(field).to_be_focused()
    return field


def about(page: Page, video: Video) -> Locator:
    return page.locator(f"#video-{video.pk}-about")


def send(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_two_rename_a_chapter_and_one_keeps_theirs_and_the_other_takes_it(
    ada: Page, grace: Page, chapter: Chapter
) -> None:
    title, other = (page.locator(f"#chapter-{chapter.pk}-title") for page in (ada, grace))
    said = ada.locator(f"#chapter-{chapter.pk}-title-error")
    title.fill("Ada's")
    save(other, "Grace's")
    saved(grace)

    title.press("Enter")
    expect(said).to_contain_text("Grace changed it to “Grace's” meanwhile.")
    expect(title).to_be_focused()
    expect(title).to_have_value("Ada's")
    title.press_sequentially("!")
    expect(said).to_contain_text("“Grace's”")  # both are in view while one goes on
    said.get_by_role("button", name="Keep mine").click()
    saved(ada)
    expect(said).to_be_empty()
    expect(title).to_be_focused()
    chapter.refresh_from_db()
    assert (chapter.title, chapter.title_version) == ("Ada's!", 2)

    save(other, "Grace's again")
    theirs = grace.locator(f"#chapter-{chapter.pk}-title-error")
    theirs.get_by_role("link", name="Take theirs").click()
    expect(other).to_have_value("Ada's!")
    expect(other).to_be_focused()
    expect(theirs).to_be_empty()
    saved(grace)
    save(other, "Together")
    saved(grace)
    expect(grace.locator("#outline li")).to_contain_text("Together")
    grace.reload()
    expect(other).to_have_value("Together")


def test_different_texts_of_one_row_are_in_no_conflict(
    ada: Page, grace: Page, alpha: Video
) -> None:
    describing(ada, alpha).fill("By Ada")
    save(grace.locator(f"#video-{alpha.pk}-title"), "By Grace")
    saved(grace)
    send(ada)
    expect(about(ada, alpha)).to_have_text("By Ada")
    expect(about(ada, alpha)).not_to_have_attribute("data-guess-description", re.compile(""))
    expect(ada.locator(f"#video-{alpha.pk}-title")).to_have_value("By Grace")
    expect(ada.locator(".toast")).to_have_count(0)
    alpha.refresh_from_db()
    assert (alpha.title, alpha.description) == ("By Grace", "By Ada")


@pytest.mark.parametrize("choice", ["Keep mine", "Take theirs"])
def test_a_description_in_conflict_comes_back_when_it_suits_with_both_texts(
    ada: Page, alpha: Video, co_author: User, choice: str
) -> None:
    describing(ada, alpha).fill("By Ada,\nin two lines")
    alpha.describe("By Grace", by=co_author)
    send(ada)
    elsewhere = ada.locator("#new-chapter-title")
    elsewhere.focus()
    toast = ada.locator(".toast")
    expect(toast).to_contain_text("was changed meanwhile by Grace; yours is not saved.")
    expect(about(ada, alpha)).to_have_text("By Grace")
    expect(elsewhere).to_be_focused()

    ada.reload()
    expect(toast).to_contain_text("What you wrote about “alpha” is not saved yet.")
    toast.get_by_role("button", name="Go on with it").click()
    field = ada.locator("#form-dialog textarea")
    expect(ada.locator("#form-dialog blockquote")).to_have_text("By Grace")
    expect(field).to_have_value("By Ada,\nin two lines")

    ada.get_by_text(choice).click()
    expect(ada.locator("#form-dialog")).to_be_hidden()
    kept = "By Ada,\nin two lines" if choice == "Keep mine" else "By Grace"
    expect(about(ada, alpha)).to_have_text(kept)
    expect(ada.locator("[data-guess-description]")).to_have_count(0)
    alpha.refresh_from_db()
    assert alpha.description == kept
    ada.reload()
    expect(ada.locator(".toast")).to_have_count(0)
    expect(describing(ada, alpha)).to_have_value(alpha.description)


def test_a_draft_is_gone_on_with_over_an_open_picker(ada: Page, alpha: Video) -> None:
    describing(ada, alpha).fill("By Ada")
    ada.reload()
    ada.locator("[data-opens-picker]").first.click()
    ada.locator("#picker").get_by_role("button", name="Go on with it").click()
    form = ada.locator("#form-dialog")
    expect(form.locator("textarea")).to_have_value("By Ada")
    expect(form.locator("#toasts")).to_have_count(1)
    ada.keyboard.press("Escape")
    expect(form).to_be_hidden()
    expect(ada.locator("#picker #toasts")).to_have_count(1)


def test_a_draft_of_a_description_outlives_the_page_until_it_is_saved_or_cancelled(
    ada: Page, alpha: Video
) -> None:
    describing(ada, alpha).fill("Half a descri")
    ada.reload()
    expect(ada.locator(".toast")).to_contain_text("What you wrote about “alpha”")
    field = describing(ada, alpha)
    expect(field).to_have_value("Half a descri")
    field.press("Escape")  # by mistake, perhaps
    field = describing(ada, alpha)
    expect(field).to_have_value("Half a descri")
    ada.get_by_role("button", name="Cancel").click()
    field = describing(ada, alpha)
    expect(field).to_have_value("")
    field.fill("All of it")
    send(ada)
    expect(about(ada, alpha)).to_have_text("All of it")
    ada.reload()
    expect(about(ada, alpha)).to_have_text("All of it")
    expect(ada.locator(".toast")).to_have_count(0)


def lose_the_answer(route: Route) -> None:
    route.fetch()
    route.abort()


def refuse(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize("trouble", [refuse, lose_the_answer])
def test_a_description_is_seen_at_once_taken_back_alone_and_tried_again(
    ada: Page, alpha: Video, trouble: Callable[[Route], None]
) -> None:
    describing(ada, alpha).fill("As it will be")
    ada.route("**/description/", trouble, times=1)
    ada.evaluate(
        """id => {
          document.querySelector("#form-dialog .button-primary").click();
          window.seen = getComputedStyle(document.getElementById(id), "::before").content;
          window.open = document.getElementById("form-dialog").open;
        }""",
        f"video-{alpha.pk}-about",
    )
    assert ada.evaluate("[window.seen, window.open]") == ['"As it will be"', False]
    expect(ada.locator(".toast")).to_contain_text(
        "“alpha” was not described, it seems: the studio cannot"
    )
    expect(about(ada, alpha)).not_to_have_attribute("data-guess-description", re.compile(""))
    ada.get_by_role("button", name="Retry").click()
    expect(about(ada, alpha)).to_have_text("As it will be")
    expect(ada.locator(".toast")).to_have_count(0)
    alpha.refresh_from_db()
    assert (alpha.description, alpha.description_version) == ("As it will be", 1)
    ada.reload()
    expect(ada.locator(".toast")).to_have_count(0)
    assert ada.evaluate("sessionStorage.length") == 0


def test_a_form_that_is_opened_again_before_the_answer_goes_on_with_what_was_written(
    ada: Page, alpha: Video
) -> None:
    writes: list[Route] = []
    ada.route(
        "**/description/",
        lambda route: writes.append(route) if route.request.method == "POST" else route.continue_(),
    )
    describing(ada, alpha).fill("First")
    send(ada)
    again = describing(ada, alpha)
    expect(again).to_have_value("First")
    again.fill("Second")
    send(ada)
    expect(about(ada, alpha)).to_have_attribute("data-guess-description", "Second")
    for _ in range(2):
        next_of(ada, writes).continue_()
    expect(about(ada, alpha)).to_have_text("Second")
    expect(ada.locator(".toast")).to_have_count(0)
    alpha.refresh_from_db()
    assert (alpha.description, alpha.description_version) == ("Second", 2)


def test_without_scripts_the_page_comes_again_with_both_texts(
    open_as: OpenAs, author: User, course: Course, chapter: Chapter, alpha: Video
) -> None:
    address = f"/courses/{course.pk}/"
    page = open_as(author, address, java_script_enabled=False, expect=EXPECTED)
    title = page.locator(f"#chapter-{chapter.pk}-title")
    for choice, kept in (("Keep mine", "Mine"), ("Take theirs", "Theirs 1")):
        page.goto(address)
        title.fill("Mine")
        chapter.rename(f"Theirs {choice == 'Take theirs':d}")
        title.press("Enter")
        expect(page.locator(".chapter-head [role=alert]")).to_contain_text("changed it to “Theirs")
        expect(title).to_have_value("Mine")
        page.get_by_text(choice).click()
        expect(title).to_have_value(kept)
        chapter.refresh_from_db()
        assert chapter.title == kept

    page.locator(f"#video-{alpha.pk} .describe").click()
    page.fill("textarea", "Mine,\nin two lines")
    alpha.describe("Theirs")
    send(page)
    expect(page.locator("blockquote")).to_have_text("Theirs")
    expect(page.locator("textarea")).to_have_value("Mine,\nin two lines")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#toasts")).to_contain_text("Description saved.")
    alpha.refresh_from_db()
    assert alpha.description == "Mine,\nin two lines"
