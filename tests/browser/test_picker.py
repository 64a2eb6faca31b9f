"""Picking in the picker: in order, in ranges, by keyboard, while files are looked for."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from courses.models import Chapter
from media_library import finding
from tests.browser.conftest import OpenAs, next_of, until_there
from tests.browser.test_every_page import AXE, OF_AXE, violations
from tests.clips import Clips
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chapter(author: User) -> Chapter:
    """Newest first, the files are called 1 to 9; 5 is broken."""
    for number in range(9, 0, -1):
        broken = {"status": "broken", "reason": "damaged"} if number == 5 else {}
        make_media(author, f"file {number}.mp4", **broken)
    return make_chapter(make_course(author, "Engines"), "One")


@pytest.fixture
def page(open_as: OpenAs, author: User, chapter: Chapter) -> Page:
    page = open_as(
        author, f"/courses/{chapter.course_id}/", expect=f"{OF_AXE}|Failed to|ERR_|timeout"
    )
    page.get_by_role("link", name="Add videos").click()
    expect(page.locator("#picker-sought")).to_be_focused()
    return page


def file(page: Page, number: int) -> Locator:
    return page.locator("#picker-files .picker-file", has_text=f"file {number}.mp4")


def box(page: Page, number: int) -> Locator:
    return file(page, number).locator("input")


def picked(page: Page) -> list[int]:
    """In the order of picking, as the numbers beside the files say it."""
    places: list[list[str]] = page.locator("#picker-files .picker-file").evaluate_all(
        "all => all.map(one => [one.querySelector('.picker-place').textContent,"
        " one.querySelector('.picker-name').textContent]).filter(([place]) => place)"
    )
    return [int(name[5]) for _, name in sorted(places, key=lambda pair: int(pair[0]))]


def linked(page: Page, chapter: Chapter) -> list[int]:
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    return [int(video.title[-1]) for video in chapter.videos.in_order()]


def test_by_keyboard_from_opening_to_linking(page: Page, chapter: Chapter) -> None:
    page.keyboard.press("ArrowDown")
    expect(box(page, 1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("End")
    page.keyboard.press("Space")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    assert picked(page) == [2, 9, 1]
    page.keyboard.press("ArrowUp")
    expect(page.locator("#picker-sought")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#picker")).to_be_hidden()
    expect(page.locator(".video-row")).to_have_count(3)
    assert linked(page, chapter) == [2, 9, 1]


def test_shift_and_arrows_extend_and_take_back(page: Page) -> None:
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowDown")
    assert picked(page) == [2, 3, 4, 6, 7]  # a broken file cannot be linked
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Shift+ArrowUp")
    assert picked(page) == [2, 3, 4]
    expect(box(page, 4)).to_be_focused()


def test_shift_and_a_click_pick_all_between(page: Page) -> None:
    file(page, 7).click()
    file(page, 3).click(modifiers=["Shift"])
    assert picked(page) == [7, 6, 4, 3]
    file(page, 6).click(modifiers=["Shift"])
    assert picked(page) == [7]
    file(page, 9).click()
    assert picked(page) == [7, 9]


def test_escape_closes_and_picks_nothing(page: Page, chapter: Chapter) -> None:
    file(page, 2).click()
    page.keyboard.press("Escape")
    expect(page.locator("#picker")).to_be_hidden()
    page.get_by_role("link", name="Add videos").click()
    expect(file(page, 2)).to_be_visible()
    assert picked(page) == []
    assert not chapter.videos.exists()


def test_enter_links_nothing_where_nothing_is_picked(page: Page) -> None:
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#picker")).to_be_visible()
    expect(page.locator("[data-picker-submit]")).to_be_disabled()


def test_tab_leads_from_the_files_to_the_buttons(page: Page) -> None:
    page.keyboard.press("ArrowDown")
    file(page, 1).click()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Preview “file 1.mp4”")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Show only picked")).to_be_focused()


def test_arrows_follow_the_rows_of_the_grid(page: Page) -> None:
    page.locator("#picker").get_by_title("Grid").click()
    expect(page.locator(".picker-grid")).to_be_visible()
    page.locator("#picker-sought").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(box(page, 2)).to_be_focused()
    page.keyboard.press("ArrowDown")
    below = page.evaluate("document.activeElement.closest('li').getBoundingClientRect().x")
    assert below == file(page, 2).locator("..").evaluate("li => li.getBoundingClientRect().x")
    expect(box(page, 2)).not_to_be_focused()


def test_what_is_picked_stays_under_every_filter(page: Page, chapter: Chapter) -> None:
    file(page, 3).click()
    page.locator("#picker").get_by_text("Broken").click()
    expect(page.locator("#picker-files .picker-file")).to_have_count(1)
    page.fill("#picker-sought", "zebra")
    expect(page.locator("#picker-files")).to_contain_text("No file called “zebra” is broken")
    page.get_by_role("link", name="Show all files").click()
    expect(page.locator("#picker-files .picker-file")).to_have_count(9)
    assert picked(page) == [3]
    page.get_by_label("In which order").select_option("oldest")
    expect(page.locator("#picker-files .picker-file").first).to_contain_text("file 9")
    file(page, 8).click()
    page.locator("[data-picker-submit]").click()
    expect(page.locator(".video-row")).to_have_count(2)
    assert linked(page, chapter) == [3, 8]


def test_only_what_is_picked_is_shown_and_can_be_let_go(page: Page, chapter: Chapter) -> None:
    only = page.get_by_role("button", name="Show only picked")
    expect(only).to_be_disabled()
    for number in (6, 2, 4):
        file(page, number).click()
    only.click()
    shown = page.locator("#picker-picked .picker-file")
    expect(shown).to_have_count(3)
    expect(shown.nth(0)).to_contain_text("file 6")
    expect(page.locator("#picker-files")).to_be_hidden()
    shown.nth(1).click()
    expect(page.locator("[data-picker-submit]")).to_have_text("Link 2 videos")
    only.click()
    assert picked(page) == [6, 4]
    only.click()
    page.locator("[data-picker-submit]").click()
    expect(page.locator(".video-row")).to_have_count(2)
    assert linked(page, chapter) == [6, 4]


def test_the_next_files_come_while_one_scrolls_or_steps(
    page: Page, chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 4)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 800, "height": 300})
    page.get_by_role("link", name="Add videos").click()
    expect(page.locator("#picker-sought")).to_be_focused()
    page.keyboard.press("ArrowDown")
    for number in (2, 3, 4, 6, 7, 8, 9):
        expect(box(page, number)).to_be_attached()
        page.keyboard.press("ArrowDown")
        expect(box(page, number)).to_be_focused()
    page.keyboard.press("Space")
    assert picked(page) == [9]


def test_as_a_page_of_its_own_it_loads_only_what_is_scrolled_to(
    open_as: OpenAs, author: User, chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        make_media(author, f"more {number}.mp4")
    monkeypatch.setattr(finding, "PAGE", 18)
    page = open_as(author, f"/library/picker/?chapter={chapter.pk}")
    page.set_viewport_size({"width": 800, "height": 500})
    boxes = page.locator(".picker-file")
    page.wait_for_load_state("networkidle")
    before = boxes.count()
    assert before < 39
    boxes.last.scroll_into_view_if_needed()
    expect(boxes).not_to_have_count(before)


def test_a_preview_plays_in_its_row_and_ends_with_the_picker(page: Page) -> None:
    clip = Clips().mp4
    page.route(
        re.compile(r"/library/[^/]+/file/$"),
        lambda route: route.fulfill(body=clip, content_type="video/mp4"),
    )
    opener = page.get_by_role("link", name="Preview “file 2.mp4”")
    opener.click()
    video = page.locator(".picker-preview video")
    expect(video).to_have_count(1)
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.get_by_role("link", name="Preview “file 4.mp4”").click()
    expect(video).to_have_count(1)
    expect(opener).to_have_attribute("aria-expanded", "false")
    assert picked(page) == []
    page.keyboard.press("Escape")
    expect(video).to_have_count(0)
    expect(page.get_by_role("link", name="Preview “file 4.mp4”")).to_be_focused()
    expect(page.locator("#picker")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#picker")).to_be_hidden()


def test_a_search_that_did_not_come_keeps_what_is_picked(page: Page) -> None:
    def fail(route: Route) -> None:
        route.abort()

    file(page, 3).click()
    page.route(re.compile("q=zebra"), fail)
    with page.expect_event("requestfailed"):
        page.fill("#picker-sought", "zebra")
    expect(page.locator("#toasts")).to_contain_text("cannot be reached")
    expect(page.locator("#picker")).to_be_visible()
    assert picked(page) == [3]
    page.locator("#toasts").get_by_role("button", name="Put this message away").click()
    expect(page.locator("#toasts .toast")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#picker")).to_be_hidden()
    expect(page.locator("#toasts + main")).to_have_count(1)


def hold_searches(page: Page) -> list[Route]:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile("[?&]q=[^&]"), hold)
    return held


def test_keys_for_rows_that_are_on_their_way_wait_for_them(page: Page) -> None:
    """Also for what is looked for last, if rows come of what was looked for before."""
    held = hold_searches(page)
    field = page.locator("#picker-sought")
    page.keyboard.type("file 2")
    until_there(page, held)
    field.evaluate("field => field.value = 'file 7'")  # as typed: it is asked for soon
    for key in ("ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(field).to_be_focused()
    assert picked(page) == []
    next_of(page, held).continue_()
    expect(page.locator("#picker-files .picker-file")).to_have_count(1)
    expect(page.locator("#picker .finding")).not_to_have_class(re.compile("htmx-request"))
    assert picked(page) == []
    field.evaluate("field => field.form.requestSubmit()")
    next_of(page, held).continue_()
    expect(box(page, 7)).to_be_focused()
    assert picked(page) == [7]
    expect(field).to_have_value("file 7")
    page.keyboard.press("Space")
    assert picked(page) == []


def test_who_types_on_sends_no_keys_to_the_rows(page: Page) -> None:
    page.route(re.compile(r"q=file\+7"), lambda _: None)
    page.keyboard.type("file 7")
    for key in ("ArrowDown", "Space", "Backspace", "3"):
        page.keyboard.press(key)
    expect(page.locator("#picker-files .picker-file")).to_have_count(1)
    expect(file(page, 3)).to_be_visible()
    expect(page.locator("#picker-sought")).to_be_focused()
    expect(page.locator("#picker .finding")).not_to_have_class(re.compile("htmx-request"))
    assert picked(page) == []
    page.keyboard.press("Space")
    expect(page.locator("#picker-sought")).to_have_value("file 3 ")


def test_no_key_picks_a_row_that_is_looked_for_no_more(page: Page) -> None:
    file(page, 1).click()
    held = hold_searches(page)
    page.fill("#picker-sought", "file 7")
    until_there(page, held)
    box(page, 3).focus()
    for key in ("Space", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert picked(page) == [1]
    expect(page.locator("#picker")).to_be_visible()
    next_of(page, held).continue_()
    expect(box(page, 7)).to_be_focused()  # the focus is with the rows, as it was
    assert picked(page) == []
    expect(page.locator("[data-picker-submit]")).to_have_text("Link 1 video")


def test_the_focus_goes_to_the_field_if_its_row_is_replaced_by_none(page: Page) -> None:
    held = hold_searches(page)
    page.fill("#picker-sought", "zebra")
    until_there(page, held)
    box(page, 3).focus()
    next_of(page, held).continue_()
    expect(page.locator("#picker-files")).to_contain_text("No file is called “zebra”")
    expect(page.locator("#picker-sought")).to_be_focused()


def test_keys_wait_no_longer_than_for_an_answer(page: Page) -> None:
    held = hold_searches(page)
    field = page.locator("#picker-sought")
    page.keyboard.type("file 7")
    for key in ("ArrowDown", "Space"):
        page.keyboard.press(key)
    until_there(page, held)
    field.evaluate("field => { htmx.config.defaultTimeout = 1; field.form.requestSubmit(); }")
    expect(page.locator("#toasts")).to_contain_text("cannot be reached")
    expect(field).to_be_focused()
    assert picked(page) == []
    page.keyboard.press("ArrowDown")
    expect(box(page, 1)).to_be_focused()
    page.keyboard.press("Space")
    assert picked(page) == [1]


@pytest.mark.parametrize("width", [390, 1280])
def test_files_of_one_name_and_length_are_told_apart(
    page: Page, author: User, chapter: Chapter, width: int
) -> None:
    for size, day in ((1_200_000, 1), (3_400_000, 2)):
        added = datetime(2026, 3, day, 14, 5, tzinfo=UTC)
        make_media(author, "twice.mp4", size=size, created_at=added)
    page.set_viewport_size({"width": width, "height": 700})
    files = page.locator("#picker-files .picker-file")
    for view in ("Grid", "List"):
        page.locator("#picker").get_by_title(view).click()
        expect(page.locator(f".picker-{view.lower()} .picker-file")).to_have_count(11)
        names = files.filter(has_text="twice").locator(".picker-name")
        expect(names).to_have_text(
            [
                "twice.mp4 3.4 MB · added 2 Mar 2026, 14:05",
                "twice.mp4 1.2 MB · added 1 Mar 2026, 14:05",
            ]
        )
        expect(files.filter(has_text="added")).to_have_count(2)
        wide = page.locator("#picker-files").evaluate("list => list.scrollWidth - list.clientWidth")
        assert wide <= 0


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits(
    open_as: OpenAs, author: User, chapter: Chapter, width: int, scheme: str
) -> None:
    make_video(chapter, make_media(author, "W" * 200 + ".mp4"))
    page = open_as(
        author,
        f"/courses/{chapter.course_id}/",
        expect=OF_AXE,
        viewport={"width": width, "height": 700},
        color_scheme=scheme,
    )
    page.get_by_role("link", name="Add videos").click()
    expect(page.locator("#picker-sought")).to_be_focused()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for view in ("List", "Grid"):
        page.locator("#picker").get_by_title(view).click()
        expect(page.locator(f".picker-{view.lower()}")).to_be_visible()
        assert not violations(page, "#picker"), view
        wide = page.locator("#picker-files").evaluate("list => list.scrollWidth - list.clientWidth")
        assert wide <= 0
