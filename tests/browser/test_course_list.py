import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.conftest import OpenAs
from tests.factories import make_course

pytestmark = pytest.mark.django_db(transaction=True)


def test_searching_as_one_types(open_as: OpenAs, author: User) -> None:
    for title in ("Engines", "Looms"):
        make_course(author, title)
    page = open_as(author)
    page.evaluate("window.neverReloaded = true")
    page.locator("#sought").press_sequentially("loo")
    expect(page.locator(".course-row")).to_have_count(1)
    expect(page.locator("#sought")).to_be_focused()
    page.wait_for_url("**/?q=loo")
    page.fill("#sought", "")
    expect(page.locator(".course-row")).to_have_count(2)
    assert page.evaluate("window.neverReloaded")


def test_the_keyboard_alone_signs_in_opens_a_course_and_signs_out(
    open_as: OpenAs, author: User
) -> None:
    make_course(author, "Engines")
    page = open_as(None, "/accounts/login/")
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type("lectern")
    page.keyboard.press("Enter")
    page.wait_for_load_state()

    def tab_to(selector: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({selector!r})"):
                return
        raise AssertionError(f"{selector} is not reached by Tab")

    page.locator(".course-row").wait_for()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(".course-row-title")
    page.keyboard.press("Enter")
    page.wait_for_url("**/courses/*/")
    tab_to("summary")
    page.keyboard.press("Enter")
    expect(page.locator("details[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("details[open]")).to_have_count(0)
    expect(page.locator("summary").first).to_be_focused()
    page.keyboard.press("Enter")
    tab_to("form[action$='/logout/'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/login/")
