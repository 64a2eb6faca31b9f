"""Rows and chapters put elsewhere: by mouse, by keyboard, by a form; seen at once, alone taken back."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from courses.models import Chapter, Course, Video
from tests.browser.conftest import OpenAs, ask_now, next_of
from tests.browser.outline import IS_BESIDE, drag, grip, make_outline, row, settled, shown, stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def course(author: User) -> Course:
    return make_outline(author)


@pytest.fixture
def page(open_as: OpenAs, author: User, course: Course) -> Page:
    return open_as(author, f"/courses/{course.pk}/", expect=r"50\d|Failed to|ERR_")


def test_a_row_is_dragged_within_its_chapter(page: Page, course: Course) -> None:
    dropped = drag(page, "d", row(page, "a"))
    assert shown(page) == dropped != "One|abcd Two|xy Empty|"
    settled(page)
    assert stored(course) == shown(page) == dropped


@pytest.mark.parametrize("to", ["a", "y"])
def test_what_was_dragged_is_taken_back_by_keys(page: Page, course: Course, to: str) -> None:
    drag(page, "d", row(page, to))
    settled(page)
    assert stored(course) != "One|abcd Two|xy Empty|"
    page.keyboard.press("Control+z")
    assert shown(page) == "One|abcd Two|xy Empty|"
    settled(page)
    expect(page.locator("[data-guess-pending]")).to_have_count(0)
    assert stored(course) == shown(page) == "One|abcd Two|xy Empty|"


def test_and_to_another_one(page: Page, course: Course) -> None:
    dropped = drag(page, "b", row(page, "y"))
    assert shown(page) == dropped != "One|abcd Two|xy Empty|"
    settled(page)
    assert stored(course) == shown(page) == dropped


def test_a_drop_that_comes_to_nothing_is_where_it_was(page: Page, course: Course) -> None:
    page.route(re.compile("/move/$"), lambda route: route.abort())
    dropped = drag(page, "b", row(page, "y"))
    expect(page.locator("#toasts")).to_contain_text("“b” was not moved")
    assert shown(page) == "One|abcd Two|xy Empty|"
    page.unroute_all(behavior="wait")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#toasts")).not_to_contain_text("was not moved")
    settled(page)
    assert stored(course) == shown(page) == dropped


def test_a_row_is_moved_by_the_keyboard_over_chapters(page: Page, course: Course) -> None:
    held = grip(page, "c")
    held.focus()
    held.press(" ")
    live = page.locator("#live")
    expect(live).to_have_text("Grabbed at place 3 of 4 in “One”.")
    for places in ("abdc", "abd"):
        held.press("ArrowDown")
        assert shown(page).startswith(f"One|{places} ")
    expect(live).to_have_text("Now at place 1 of 3 in “Two”.")
    for _ in range(3):
        held.press("ArrowDown")
    assert shown(page) == "One|abd Two|xy Empty|c"
    expect(held).to_be_focused()
    assert stored(course) == "One|abcd Two|xy Empty|"
    held.press(" ")
    settled(page)
    expect(held).to_be_focused()
    assert stored(course) == shown(page) == "One|abd Two|xy Empty|c"


def test_escape_puts_it_back(page: Page, course: Course) -> None:
    held = grip(page, "b")
    held.focus()
    held.press(" ")
    held.press("ArrowUp")
    assert shown(page).startswith("One|bacd")
    held.press("Escape")
    expect(page.locator("#live")).to_have_text("Put back.")
    assert shown(page) == stored(course) == "One|abcd Two|xy Empty|"
    expect(held).to_be_focused()


def test_a_chapter_is_moved_by_the_keyboard(page: Page, course: Course) -> None:
    held = grip(page, "Empty")
    held.focus()
    for key in (" ", "ArrowUp", "ArrowUp", " "):
        held.press(key)
    assert shown(page) == "Empty| One|abcd Two|xy"
    settled(page)
    assert stored(course) == shown(page)


def test_enter_opens_a_form_for_it(page: Page, course: Course) -> None:
    grip(page, "a").press("Enter")
    dialog = page.locator("#form-dialog")
    expect(dialog.get_by_label("Place")).to_be_focused()
    expect(dialog.get_by_label("Place")).to_have_value("1")
    dialog.get_by_label("Chapter").select_option(label="Two (2 videos)")
    dialog.get_by_label("Place").fill("2")
    dialog.get_by_role("button", name="Move").click()
    expect(dialog).to_be_hidden()
    assert shown(page) == "One|bcd Two|xay Empty|"
    settled(page)
    assert stored(course) == shown(page)


def of_a_move_that_failed(page: Page) -> Locator:
    """The message, which moves as it comes in."""
    page.emulate_media(reduced_motion="no-preference")
    page.route(re.compile("/move/$"), lambda route: route.abort())
    drag(page, "b", row(page, "y"))
    toast = page.locator(".toast", has_text="“b” was not moved")
    expect(toast).to_be_visible()
    page.unroute_all(behavior="wait")
    return toast


def test_a_message_is_within_reach_while_a_form_is_open_over_the_page(
    page: Page, course: Course
) -> None:
    toast = of_a_move_that_failed(page)
    expect(toast).to_have_css("animation-name", "none")  # it has come in, which is once
    grip(page, "a").press("Enter")
    place = page.locator("#form-dialog").get_by_label("Place")
    expect(place).to_be_focused()
    toast.get_by_role("button", name="Retry").click()
    expect(toast).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#form-dialog")).to_be_hidden()
    settled(page)
    assert stored(course) != "One|abcd Two|xy Empty|"


def test_a_message_is_moved_over_the_form_as_it_is(page: Page, course: Course) -> None:
    toast = of_a_move_that_failed(page)
    is_the_same = toast.evaluate("""(toast) => {
        toast.style.animation = "toast-in 60s"; // any movement that would begin anew
        const [movement] = toast.getAnimations();
        document.querySelector(".video-row [data-grip]").click();
        return toast.getAnimations()[0] === movement;
    }""")
    assert is_the_same
    expect(page.locator("#form-dialog").get_by_label("Place")).to_be_focused()
    expect(page.locator("#form-dialog #toasts")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#toasts + main")).to_have_count(1)


def test_what_others_do_meanwhile_does_not_take_it_out_of_the_hand(
    page: Page, course: Course
) -> None:
    held = grip(page, "a")
    held.focus()
    held.press(" ")
    held.press("ArrowDown")
    Video.objects.get(title="a").move(Chapter.objects.get(title="Two"), lambda *_: 0)
    Video.objects.get(title="b").rename("B")
    ask_now(page)
    expect(row(page, "B")).to_be_visible()
    assert shown(page) == "One|Bacd Two|xy Empty|"
    held.press("Escape")
    assert shown(page) == stored(course) == "One|Bcd Two|axy Empty|"


def test_of_two_moves_the_one_that_fails_is_taken_from_under_the_other(
    page: Page, course: Course
) -> None:
    held: list[Route] = []
    page.route(re.compile("/move/$"), lambda route: held.append(route))  # noqa: PLW0108
    for title in ("d", "c"):
        grip(page, title).focus()
        for key in (" ", "ArrowUp", "ArrowUp", " "):
            grip(page, title).press(key)
    assert shown(page).startswith("One|acdb") or shown(page).startswith("One|acbd")
    next_of(page, held).fulfill(status=503, body="")
    expect(page.locator("#toasts")).to_contain_text("“d” was not moved")
    next_of(page, held).continue_()
    settled(page)
    assert stored(course) == shown(page)
    assert shown(page).split()[0][-1] == "d"


def test_without_scripts_the_grip_leads_to_a_form(
    open_as: OpenAs, author: User, course: Course
) -> None:
    page = open_as(author, f"/courses/{course.pk}/", java_script_enabled=False)
    page.locator("[data-grip][aria-label='Move “a”']").click()
    page.get_by_label("Chapter").select_option(label="Empty (0 videos)")
    page.get_by_role("button", name="Move").click()
    page.wait_for_url(f"**/courses/{course.pk}/*")
    assert stored(course) == "One|bcd Two|xy Empty|a"


def test_a_row_is_dragged_by_touch(open_as: OpenAs, author: User, course: Course) -> None:
    size = {"width": 390, "height": 844}
    page = open_as(author, f"/courses/{course.pk}/", has_touch=True, is_mobile=True, viewport=size)
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    grip(page, "c").scroll_into_view_if_needed()
    grip(page, "c").tap(trial=True)
    grip(page, "c").dispatch_event(
        "touchstart"
    )  # when it is touched first, the library is asked for
    page.wait_for_load_state("networkidle")
    start, to = grip(page, "c").bounding_box(), row(page, "a").bounding_box()
    assert start is not None
    assert to is not None
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    touch("touchStart", x, y)
    for part in range(1, 11):
        touch("touchMove", x, y + (to["y"] + 4 - y) * part / 10)
    expect(page.locator("[data-dragged]")).to_have_count(1)
    jitter, end = 1, time.monotonic() + 15
    while not row(page, "a").evaluate(IS_BESIDE):
        assert time.monotonic() < end, "it is not carried there"
        jitter = -jitter
        touch("touchMove", x, to["y"] + 4 + jitter)
    touch("touchEnd")
    settled(page)
    expect(page.locator("[data-guess-pending]")).to_have_count(0)
    assert stored(course) == shown(page) != "One|abcd Two|xy Empty|"
    assert page.url.split("#")[0].endswith(f"/courses/{course.pk}/")
