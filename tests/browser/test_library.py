"""The library in the page: found while typing, the next files while scrolling, as it was left next time."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from media_library import finding
from tests.browser.conftest import OpenAs
from tests.factories import make_media

pytestmark = pytest.mark.django_db(transaction=True)

SOUGHT = re.compile(r"/library/\?.*q=")


@pytest.fixture
def library(author: User) -> None:
    for topic in ("Optics", "Statics", "Thermodynamics"):
        for part in range(1, 5):
            make_media(author, f"{topic} part {part}.mp4", size=part)
    make_media(author, "Lost.mp4", status="broken", reason="damaged")


@pytest.fixture
def page(open_as: OpenAs, author: User, library: None) -> Page:
    return open_as(author, "/library/", expect="Failed to|ERR_")


@pytest.fixture
def cards(page: Page) -> Locator:
    return page.locator(".media-card")


def address_has(page: Page, *parts: str) -> None:
    for part in parts:
        expect(page).to_have_url(re.compile(re.escape(part)))


def test_it_finds_while_one_types_and_the_address_says_so(page: Page, cards: Locator) -> None:
    expect(cards).to_have_count(13)
    field = page.get_by_role("searchbox")
    field.press_sequentially("part 2 opt")
    expect(cards).to_have_count(1)
    expect(page.locator("#found-said")).to_have_text("1 file found.")
    expect(field).to_be_focused()
    address_has(page, "q=part+2+opt")
    page.reload()
    expect(field).to_have_value("part 2 opt")
    expect(cards).to_have_count(1)


def test_the_key_for_searching_leads_to_the_field(page: Page, cards: Locator) -> None:
    field = page.get_by_role("searchbox")
    cards.first.get_by_role("checkbox").focus()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    field.press_sequentially("a/b")
    expect(field).to_have_value("a/b")


def test_who_comes_back_to_the_page_sees_what_has_changed(
    page: Page, cards: Locator, author: User
) -> None:
    chosen = page.get_by_role("checkbox", name="Choose “Optics part 2.mp4”")
    chosen.check()
    make_media(author, "Brought by another tab.mp4")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(cards).to_have_count(14)
    expect(chosen).to_be_checked()


@pytest.mark.parametrize("letters", ["Learn", "ž", "Наука", "Ѣдь", "Φως", "ἦχος", "ệ"])
def test_names_of_other_alphabets_are_in_the_letters_of_the_page(page: Page, letters: str) -> None:
    asked = "async (letters) => (await document.fonts.load('16px Inter', letters)).length"
    assert page.evaluate(asked, letters)


def test_a_typo_is_forgiven_and_told_of(page: Page, cards: Locator) -> None:
    page.get_by_role("searchbox").fill("thermodinamics")
    expect(cards).to_have_count(4)
    expect(page.locator("#found-said")).to_contain_text("this is “thermodynamics”")


def test_filter_order_and_view_are_there_again_at_the_next_visit(
    page: Page, cards: Locator
) -> None:
    page.get_by_label("In which order").select_option("name")
    expect(cards.first).to_contain_text("Lost")
    page.get_by_text("Ready", exact=True).click()
    expect(cards).to_have_count(12)
    page.get_by_title("List").click()
    expect(page.locator(".media-list")).to_be_visible()
    address_has(page, "filter=ready", "sort=name", "view=list")
    page.goto("/")
    page.get_by_role("link", name="Library").click()
    expect(page.locator(".media-list .media-card")).to_have_count(12)
    expect(cards.first).to_contain_text("Optics part 1")
    expect(page.get_by_role("radio", name="Ready")).to_be_checked()


def test_nothing_found_is_cleared_without_leaving_the_page(page: Page, cards: Locator) -> None:
    page.get_by_role("searchbox").fill("zebra")
    expect(page.locator("#found")).to_contain_text("No file is called “zebra”")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="Show all files").click()
    expect(cards).to_have_count(13)
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert page.evaluate("window.stayed")


def test_an_answer_that_was_overtaken_is_not_shown(page: Page, cards: Locator) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(SOUGHT, hold_the_first)
    field = page.get_by_role("searchbox")
    with page.expect_request(SOUGHT):
        field.fill("opt")
    with page.expect_event("requestfailed", lambda request: "q=opt" in request.url):
        field.fill("stat")
    expect(cards).to_have_count(4)
    expect(cards.first).to_contain_text("Statics")


def test_the_next_files_come_while_one_scrolls(
    page: Page, cards: Locator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 3)
    page.set_viewport_size({"width": 400, "height": 300})
    page.reload()
    seen = 0
    while seen < 13:
        before, seen = seen, cards.count()
        cards.last.scroll_into_view_if_needed()
        if seen < 13:
            expect(cards.nth(seen)).to_be_attached()
        assert before <= seen
    ids = cards.evaluate_all("all => all.map(one => one.id)")
    assert len(set(ids)) == len(ids) == 13
    expect(page.locator("#found-more")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("after="))


def test_what_did_not_come_while_scrolling_comes_by_a_click(
    page: Page, cards: Locator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 12)
    page.route(re.compile("after="), lambda route: route.abort())
    page.reload()
    expect(page.locator("#toasts")).to_contain_text("cannot be reached")
    expect(cards).to_have_count(12)
    page.unroute(re.compile("after="))
    page.locator("#found-more").click()
    expect(cards).to_have_count(13)


def test_by_keyboard_a_card_is_a_link(page: Page, cards: Locator) -> None:
    link = cards.first.get_by_role("link")
    link.focus()
    expect(link).to_be_focused()
    assert cards.first.evaluate(
        "card => { const box = card.getBoundingClientRect();"
        " return document.elementFromPoint(box.x + 60, box.y + 60).href }"
    ).endswith(f"{cards.first.get_attribute('id')}/".replace("media-", "/library/"))


def test_without_scripts(open_as: OpenAs, author: User, library: None) -> None:
    page = open_as(author, "/library/", java_script_enabled=False)
    page.get_by_role("searchbox").fill("optcis")
    page.get_by_title("List").click()
    page.get_by_label("In which order").select_option("largest")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".media-list .media-card")).to_have_count(4)
    expect(page.locator(".media-card").first).to_contain_text("Optics part 4")
    expect(page.locator("#found-said")).to_contain_text("this is “optics”")
    page.get_by_role("searchbox").fill("zebra")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Show all files").click()
    expect(page.locator(".media-card")).to_have_count(13)


def test_pages_without_scripts(
    open_as: OpenAs, author: User, library: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 10)
    page = open_as(author, "/library/", java_script_enabled=False)
    page.get_by_role("link", name="More files").click()
    expect(page.locator(".media-card")).to_have_count(3)
    page.get_by_role("link", name="From the start").click()
    expect(page.locator(".media-card")).to_have_count(10)
