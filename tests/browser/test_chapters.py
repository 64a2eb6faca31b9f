"""The chapters of the editor, as an instructor uses them with scripts on."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from courses.models import Course
from tests.browser.conftest import OpenAs, fill_in_sign_in
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def course(author: User) -> Course:
    course = make_course(author, "Engines")
    for title in ("One", "Two", "Three"):
        chapter = make_chapter(course, title)
        make_video(chapter, make_media(author, f"video of {title}.mp4"))
    return course


@pytest.fixture
def page(open_as: OpenAs, author: User, course: Course) -> Page:
    return open_as(
        author, f"/courses/{course.pk}/", expect="403|422|500|Failed to (load|fetch)|ERR_"
    )


def titles(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        ".chapter-head input[name=title]", "all => all.map(one => one.value)"
    )
    return found


def in_database(course: Course) -> list[str]:
    return list(course.chapters.live().in_order().values_list("title", flat=True))


def never_reloads(page: Page) -> None:
    page.evaluate("window.neverReloaded = true")


def test_adding_keeps_the_page_and_the_field_ready_for_the_next(page: Page, course: Course) -> None:
    never_reloads(page)
    for title in ("Four", "Five"):
        page.fill("#new-chapter-title", title)
        page.press("#new-chapter-title", "Enter")
        expect(page.locator(".chapter[data-optimistic]")).to_have_count(0)
        expect(page.locator(".chapter")).to_have_count(len(in_database(course)))
        page.locator(f".chapter-head input[value='{title}']").wait_for()
        expect(page.locator("#new-chapter-title")).to_have_value("")
        expect(page.locator("#new-chapter-title")).to_be_focused()
    assert titles(page) == ["One", "Two", "Three", "Four", "Five"] == in_database(course)
    expect(page.locator("#outline li")).to_have_count(5)
    assert page.evaluate("window.neverReloaded")


def test_an_empty_title_is_refused_beside_the_field(page: Page, course: Course) -> None:
    page.press("#new-chapter-title", "Enter")
    expect(page.locator("#new-chapter-title-error")).to_contain_text("A title is needed.")
    expect(page.locator("#new-chapter-title")).to_have_attribute("aria-invalid", "true")
    page.fill("#new-chapter-title", "Four")
    expect(page.locator("#new-chapter-title-error")).to_be_empty()


def test_renaming_marks_what_is_not_saved_and_enter_saves(page: Page, course: Course) -> None:
    field = page.locator(".chapter-head .title-field").nth(1)
    title = field.locator("input[name=title]")
    title.fill("Second")
    expect(field).to_have_attribute("data-dirty", "")
    title.press("Enter")
    expect(field).not_to_have_attribute("data-dirty", "")
    expect(title).to_be_focused()
    expect(page.locator("#outline li").nth(1)).to_contain_text("Second")
    assert in_database(course) == ["One", "Second", "Three"]
    title.fill("Something else")
    title.press("Escape")
    expect(title).to_have_value("Second")


def test_escape_puts_the_saved_title_back(page: Page, course: Course) -> None:
    title = page.locator(".chapter-head input[name=title]").first
    title.fill("Changed my mind")
    title.press("Escape")
    expect(title).to_have_value("One")
    expect(page.locator(".chapter-head .title-field").first).not_to_have_attribute("data-dirty", "")
    assert in_database(course) == ["One", "Two", "Three"]


def test_an_empty_rename_is_refused_and_keeps_the_field(page: Page, course: Course) -> None:
    field = page.locator(".chapter-head .title-field").first
    field.locator("input[name=title]").fill("")
    field.locator("input[name=title]").press("Enter")
    expect(field.locator("[role=alert]")).to_contain_text("A title is needed.")
    assert in_database(course) == ["One", "Two", "Three"]


def test_moving_keeps_the_focus_on_the_button(page: Page, course: Course) -> None:
    never_reloads(page)
    up = page.locator(".chapter").nth(2).locator(".chapter-up button")
    button = up.get_attribute("id")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chapter-head input[name=title]").nth(1)).to_have_value("Three")
    expect(page.locator("[data-guess-pos]")).to_have_count(0)
    assert titles(page) == ["One", "Three", "Two"] == in_database(course)
    assert page.evaluate("document.activeElement.id") == button
    assert page.evaluate("window.neverReloaded")


def test_moving_to_a_place(page: Page, course: Course) -> None:
    chapter = page.locator(".chapter").nth(2)
    chapter.locator("summary").click()
    chapter.locator("[name=place]").fill("1")
    chapter.locator("[name=place]").press("Enter")
    expect(page.locator(".chapter-head input[name=title]").first).to_have_value("Three")
    expect(page.locator("[data-guess-pos]")).to_have_count(0)
    assert titles(page) == ["Three", "One", "Two"] == in_database(course)
    expect(chapter.locator("details")).not_to_have_attribute("open", "")


def test_what_is_being_typed_survives_a_move_of_its_chapter(page: Page, course: Course) -> None:
    typed = page.locator(".chapter-head input[name=title]").nth(2)
    typed.fill("Half a ti")
    typed.evaluate("field => field.setSelectionRange(4, 4)")
    course.chapters.get(title="Two").rename("Two, by somebody else")
    page.evaluate(
        "htmx.ajax('POST', document.querySelectorAll('.chapter-up')[2].action,"
        "{source: document.querySelectorAll('.chapter-up')[2], swap: 'none', values: {steps: -1}}), 0"
    )
    expect(page.locator(".chapter-head input[name=title]").nth(1)).to_have_value("Half a ti")
    assert page.evaluate("document.activeElement.selectionStart") == 4


def test_removing_and_undoing(page: Page, course: Course) -> None:
    never_reloads(page)
    chapter = page.locator(".chapter").nth(1)
    chapter.locator("summary").click()
    chapter.get_by_role("button", name="Remove chapter").click()
    expect(page.locator(".chapter")).to_have_count(2)
    assert in_database(course) == ["One", "Three"]
    assert page.evaluate("document.activeElement.closest('.chapter') != null"), "focus fell out"
    page.get_by_role("button", name="Undo").click()
    assert titles(page) == ["One", "Two", "Three"]
    expect(page.locator("[data-guess-pending]")).to_have_count(0)
    assert titles(page) == ["One", "Two", "Three"] == in_database(course)
    back = page.locator(".chapter").nth(1).locator(".videos input[name=title]")
    expect(back).to_have_value("video of Two")
    assert page.evaluate("window.neverReloaded")


def test_what_was_brought_back_works(page: Page, course: Course) -> None:
    chapter = page.locator(".chapter").first
    chapter.locator("summary").click()
    chapter.get_by_role("button", name="Remove chapter").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".chapter")).to_have_count(3)
    page.locator(".chapter-head input[name=title]").first.fill("One again")
    page.locator(".chapter-head input[name=title]").first.press("Enter")
    expect(page.locator("#outline li").first).to_contain_text("One again")
    assert in_database(course)[0] == "One again"


def test_publishing(page: Page, course: Course) -> None:
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#course-head")).to_contain_text("Published")
    expect(page.locator("#live")).to_have_text("The course is published.")
    expect(page.locator(".toast")).to_have_count(0)
    course.refresh_from_db()
    assert course.published


def test_a_lost_network_is_told_and_what_was_typed_stays(page: Page, course: Course) -> None:
    page.context.set_offline(True)
    title = page.locator(".chapter-head input[name=title]").first
    title.fill("Typed in a tunnel")
    title.press("Enter")
    expect(page.locator("#offline")).to_contain_text("You are offline. 1 change will be sent")
    expect(title).to_have_value("Typed in a tunnel")
    page.context.set_offline(False)
    expect(page.locator("#outline li").first).to_contain_text("Typed in a tunnel")


def test_signing_in_again_elsewhere_is_not_noticed_here(page: Page, course: Course) -> None:
    other = page.context.new_page()
    other.goto("/accounts/")
    other.locator("summary").click()
    other.get_by_role("button", name="Sign out").click()
    fill_in_sign_in(other)
    other.locator(".course-row").wait_for()
    title = page.locator(".chapter-head input[name=title]").first
    title.fill("Typed before")
    title.press("Enter")
    expect(page.locator("#outline li").first).to_contain_text("Typed before")


def test_a_broken_answer_is_told_and_breaks_nothing(page: Page, course: Course) -> None:
    page.route(re.compile("/title/$"), lambda route: route.fulfill(status=502, body="<h1>Bad</h1>"))
    title = page.locator(".chapter-head input[name=title]").first
    title.fill("New")
    title.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("(502)")
    expect(title).to_have_value("New")
    assert len(titles(page)) == 3
