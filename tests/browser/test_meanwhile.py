"""What an edit on its way meets when somebody else, or an edit before or after it, changes what it is of."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from courses.models import Chapter, Course, Video
from tests.browser.conftest import OpenAs, ask_now, next_of
from tests.browser.outline import grip, make_outline, row, settled, shown, stored
from tests.factories import make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)

Hold = Callable[[str], list[Route]]


@pytest.fixture
def course(author: User, co_author: User) -> Course:
    return make_outline(author, co_author)


@pytest.fixture
def page(open_as: OpenAs, author: User, course: Course) -> Page:
    return open_as(author, f"/courses/{course.pk}/", expect=r"4\d\d|50\d|Failed to|ERR_")


@pytest.fixture
def hold(page: Page) -> Hold:
    """What is sent to such an address, and is still on its way."""

    def hold(address: str) -> list[Route]:
        held: list[Route] = []
        page.route(re.compile(address), lambda route: held.append(route))  # noqa: PLW0108
        return held

    return hold


def carry(page: Page, title: str, *keys: str) -> None:
    grip(page, title).focus()
    for key in (" ", *keys, " "):
        page.keyboard.press(key)


def quiet(page: Page) -> None:
    expect(page.locator("[data-guess-pending], [data-optimistic], [data-dirty]")).to_have_count(0)
    expect(page.locator("#broken-parts")).to_be_hidden()


def chapter(title: str) -> Chapter:
    return Chapter.objects.get(title=title)


def add_chapter(page: Page, title: str) -> None:
    page.fill("#new-chapter-title", title)
    page.press("#new-chapter-title", "Enter")


def rename(page: Page, kind: str, thing: Chapter | Video, title: str) -> None:
    page.fill(f"#{kind}-{thing.pk}-title", title)
    page.press(f"#{kind}-{thing.pk}-title", "Enter")


@pytest.mark.parametrize("removed", ["Two", "One"])
def test_a_row_on_its_way_is_not_lost_with_a_chapter(
    page: Page, course: Course, hold: Hold, removed: str
) -> None:
    held = hold("/move/$")
    carry(page, "d", "ArrowDown")
    assert shown(page) == "One|abc Two|dxy Empty|"
    chapter(removed).remove()
    ask_now(page)
    expect(page.locator(".chapter")).to_have_count(2)
    next_of(page, held).continue_()
    quiet(page)
    assert shown(page) == stored(course)
    assert shown(page) == ("One|abcd Empty|" if removed == "Two" else "Two|xy Empty|")


def test_a_row_in_a_new_chapter_that_comes_to_nothing_is_where_it_was(
    page: Page, course: Course, hold: Hold
) -> None:
    held = hold("/chapters/$")
    add_chapter(page, "New")
    carry(page, "y", "ArrowDown", "ArrowDown")
    assert shown(page) == "One|abcd Two|x Empty| New|y"
    next_of(page, held).fulfill(status=500, body="")
    expect(page.locator("#toasts")).to_contain_text("has no new chapter")
    quiet(page)
    assert shown(page) == stored(course) == "One|abcd Two|xy Empty|"


def test_a_new_chapter_is_renamed_and_moved_before_it_is_there(
    page: Page, course: Course, hold: Hold
) -> None:
    held = hold("/chapters/$")
    add_chapter(page, "New")
    title = page.locator(".chapter[data-optimistic] [name=title]")
    title.fill("Newer")
    title.press("Enter")
    carry(page, "Empty", "ArrowDown")
    assert shown(page) == "One|abcd Two|xy Newer| Empty|"
    next_of(page, held).continue_()
    quiet(page)
    assert stored(course) == shown(page) == "One|abcd Two|xy Newer| Empty|"


def test_a_new_chapter_is_taken_back_by_keys(page: Page, course: Course) -> None:
    rename(page, "chapter", chapter("One"), "First")
    add_chapter(page, "New")
    quiet(page)
    page.keyboard.press("Control+z")
    assert page.locator(".chapter:visible").count() == 3
    quiet(page)
    assert shown(page) == "First|abcd Two|xy Empty|"
    page.keyboard.press("Control+z")
    quiet(page)
    assert stored(course) == shown(page) == "One|abcd Two|xy Empty|"


def test_a_row_goes_past_links_that_have_no_answer_yet(
    page: Page, course: Course, author: User, hold: Hold
) -> None:
    make_media(author, "new.mp4")
    held = hold("/videos/$")
    page.click(f"#chapter-{chapter('Two').pk}-add")
    page.locator("#picker .picker-file", has_text="new").click()
    page.click("[data-picker-submit]")
    assert shown(page) == "One|abcd Two|xynew Empty|"
    carry(page, "x", "ArrowDown", "ArrowDown")
    assert shown(page) == "One|abcd Two|ynewx Empty|"
    next_of(page, held).continue_()
    quiet(page)
    assert stored(course) == shown(page) == "One|abcd Two|ynewx Empty|"


def test_saves_of_ones_own_are_no_conflict_however_many_are_taken_back(
    page: Page, course: Course
) -> None:
    one = chapter("One")
    for title in ("B", "C", "D"):
        rename(page, "chapter", one, title)
        quiet(page)
    for title in ("C", "B", "One"):
        page.keyboard.press("Control+z")
        quiet(page)
        one.refresh_from_db()
        assert one.title == title
    expect(page.locator(".toast")).to_have_count(0)


def test_texts_written_in_turns_while_the_first_is_on_its_way_are_all_saved(
    page: Page, course: Course, hold: Hold
) -> None:
    held = hold("/title/$")
    one, two = chapter("One"), chapter("Two")
    for number in range(3):
        rename(page, "chapter", one, f"One {number}")
        rename(page, "chapter", two, f"Two {number}")
    for _ in range(6):
        next_of(page, held).continue_()
    quiet(page)
    assert stored(course) == shown(page) == "One 2|abcd Two 2|xy Empty|"


def test_a_title_is_taken_back_before_it_was_answered(
    page: Page, course: Course, hold: Hold
) -> None:
    held = hold("/title/$")
    rename(page, "chapter", chapter("One"), "First")
    page.keyboard.press("Control+z")
    assert shown(page).startswith("One|")
    next_of(page, held).continue_()
    undo = next_of(page, held)
    assert shown(page).startswith("One|")
    undo.continue_()
    quiet(page)
    assert stored(course) == shown(page) == "One|abcd Two|xy Empty|"


def test_a_title_that_replaced_theirs_is_taken_back_to_theirs(page: Page, course: Course) -> None:
    one = chapter("One")
    field = page.locator(f"#chapter-{one.pk}-title")
    field.fill("Mine")
    one.rename("Theirs")
    field.press("Enter")
    page.get_by_role("button", name="Keep mine").click()
    quiet(page)
    page.keyboard.press("Control+z")
    quiet(page)
    assert stored(course) == shown(page) == "Theirs|abcd Two|xy Empty|"


def test_what_is_taken_back_stands_before_what_it_stood_before(
    page: Page, course: Course, author: User
) -> None:
    carry(page, "b", "ArrowDown", "ArrowDown")
    quiet(page)
    video = make_video(chapter("One"), make_media(author, "n.mp4"))
    video.move(chapter("One"), lambda *_: 0)
    ask_now(page)
    expect(row(page, "n")).to_be_visible()
    page.keyboard.press("Control+z")
    assert shown(page).startswith("One|nabcd")
    settled(page)
    assert stored(course) == shown(page) == "One|nabcd Two|xy Empty|"


def test_an_undo_that_is_tried_again_is_no_new_edit(page: Page, course: Course) -> None:
    for title in ("a", "x"):
        carry(page, title, "ArrowDown")
        quiet(page)
    assert stored(course) == "One|bacd Two|yx Empty|"
    page.route(re.compile("/move/$"), lambda route: route.fulfill(status=500), times=1)
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("“x” was not moved")
    page.get_by_role("button", name="Retry").click()
    quiet(page)
    assert stored(course) == "One|bacd Two|xy Empty|"
    page.keyboard.press("Control+z")
    quiet(page)
    assert stored(course) == shown(page) == "One|abcd Two|xy Empty|"


def test_what_has_lost_its_answer_can_be_taken_back(page: Page, course: Course) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.get_by_role("button", name="Publish", exact=True).click()
    quiet(page)
    page.route(re.compile("/remove/$"), lose, times=1)
    page.get_by_role("button", name="Remove “b”").click()
    expect(page.locator("#toasts")).to_contain_text("“b” was not removed, it seems")
    ask_now(page)
    expect(row(page, "b")).to_have_count(0)
    page.keyboard.press("Control+z")
    quiet(page)
    assert stored(course) == shown(page) == "One|abcd Two|xy Empty|"
    course.refresh_from_db()
    assert course.published


def test_a_box_that_is_ticked_keeps_nobody_from_taking_back(page: Page, course: Course) -> None:
    page.get_by_role("button", name="Remove “b”").click()
    quiet(page)
    page.get_by_role("checkbox", name="Choose “a”").click()
    page.keyboard.press("Control+z")
    quiet(page)
    assert stored(course) == shown(page) == "One|abcd Two|xy Empty|"


def test_a_row_in_ones_hand_that_somebody_removes_is_let_go(page: Page, course: Course) -> None:
    grip(page, "b").focus()
    for key in (" ", "ArrowDown"):
        page.keyboard.press(key)
    video = Video.objects.get(title="b")
    video.remove()
    ask_now(page)
    expect(page.locator("#live")).to_have_text("It was removed.")
    video.restore()
    ask_now(page)
    expect(row(page, "b")).to_be_visible()
    quiet(page)
    assert stored(course) == shown(page) == "One|abcd Two|xy Empty|"


def test_what_came_to_nothing_is_not_pushed_out_by_what_went_well(
    page: Page, course: Course
) -> None:
    page.route(re.compile("/publish/$"), lambda route: route.fulfill(status=500), times=1)
    page.get_by_role("button", name="Publish", exact=True).click()
    refused = page.locator(".toast", has_text="was not published")
    expect(refused).to_be_visible()
    for title in "abcd":
        page.get_by_role("button", name=f"Remove “{title}”").click()
    expect(page.locator(".toast", has_text="“d” is removed.")).to_be_visible()
    expect(refused).to_be_visible()
    expect(page.locator(".toast")).to_have_count(4)


def test_saved_by_its_button_a_title_keeps_the_focus(page: Page, hold: Hold) -> None:
    held = hold("/title/$")
    field = page.locator(f"#chapter-{chapter('One').pk}-title")
    field.fill("First")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    next_of(page, held).fulfill(status=500, body="")
    expect(page.locator("#toasts")).to_contain_text("was not renamed")
    expect(field).to_be_focused()


def test_what_is_sent_arrives_also_if_the_page_is_left(page: Page) -> None:
    page.evaluate(
        """() => {
          const send = window.fetch;
          window.fetch = (address, request) => {
            if (request.method === "POST") window.isKept = request.keepalive;
            return send(address, request);
          };
        }"""
    )
    page.get_by_role("button", name="Remove “b”").click()
    expect(row(page, "b")).to_have_count(0)
    quiet(page)
    assert page.evaluate("window.isKept") is True


def test_a_title_of_a_row_that_somebody_removed_is_told_and_kept(
    page: Page, course: Course, co_author: User
) -> None:
    video = Video.objects.get(title="b")
    page.fill(f"#video-{video.pk}-title", "Mine")
    video.remove(by=co_author)
    page.press(f"#video-{video.pk}-title", "Enter")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("“b” was removed by Grace meanwhile, so “Mine” is not saved.")
    expect(toast.get_by_role("link", name="Trash")).to_be_visible()
    ask_now(page)
    expect(row(page, "b")).to_have_count(0)
    assert not page.evaluate("document.activeElement.matches('body, [name=title]')")
    video.restore()
    ask_now(page)
    expect(page.locator(f"#video-{video.pk}-title")).to_have_value("Mine")


def test_what_is_wrong_with_a_title_can_be_read_and_is_no_draft(page: Page, course: Course) -> None:
    video = Video.objects.get(title="b")
    field = page.locator(f"#video-{video.pk}-title")
    field.fill(" ")
    field.press("Enter")
    said = page.locator(f"#video-{video.pk}-title-error")
    expect(said).not_to_be_empty()
    assert said.evaluate(
        """one => {
          const { left, right, bottom } = one.getBoundingClientRect();
          return one.contains(document.elementFromPoint((left + right) / 2, bottom - 2));
        }"""
    )
    page.reload()
    expect(field).to_have_value("b")


def test_a_conflict_out_of_sight_is_pointed_to(page: Page, course: Course, author: User) -> None:
    for number in range(40):
        make_video(chapter("Two"), make_media(author, f"more {number}.mp4"))
    page.reload()
    page.context.set_offline(True)
    one = chapter("One")
    rename(page, "chapter", one, "Mine")
    one.rename("Theirs")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.context.set_offline(False)
    toast = page.locator(".toast", has_text="“Mine” is not saved")
    toast.get_by_role("button", name="Show it").click()
    expect(page.locator(f"#chapter-{one.pk}-title")).to_be_focused()
    expect(page.locator(f"#chapter-{one.pk}-title")).to_be_in_viewport()


def test_what_is_typed_while_an_older_text_is_sent_again_looks_unsaved(
    page: Page, hold: Hold
) -> None:
    held = hold("/title/$")
    one = chapter("One")
    rename(page, "chapter", one, "First")
    page.fill(f"#chapter-{one.pk}-title", "Second")
    next_of(page, held).fulfill(status=403, headers={"HX-New-Tokens": "1"}, body="")
    again = next_of(page, held)
    assert "title=First" in (again.request.post_data or "")
    expect(page.locator(f"#chapter-{one.pk}").get_by_role("button", name="Save")).to_be_visible()
    again.continue_()
    expect(page.locator("[data-guess-pending]")).to_have_count(0)
    expect(page.locator(f"#chapter-{one.pk}-title")).to_have_value("Second")
