"""Rows of a course, chosen and changed together: seen at once, each taken back alone, undone as one."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from courses.models import Course, Video
from tests.browser.conftest import OpenAs, ask_now, next_of
from tests.browser.outline import drag, grip, make_outline, row, settled, shown, stored
from tests.browser.test_every_page import AXE, OF_AXE, violations

pytestmark = pytest.mark.django_db(transaction=True)

BULK = re.compile(r"/bulk/\w+/$")


@pytest.fixture
def course(author: User, co_author: User) -> Course:
    return make_outline(author, co_author)


@pytest.fixture
def page(open_as: OpenAs, author: User, course: Course) -> Page:
    return open_as(author, f"/courses/{course.pk}/", expect=r"50\d|409|Failed to|ERR_")


@pytest.fixture
def held(page: Page) -> list[Route]:
    """Edits of many that are still on their way."""
    held: list[Route] = []
    page.route(BULK, lambda route: held.append(route))  # noqa: PLW0108 - Playwright wants a function
    return held


def box(page: Page, title: str) -> Locator:
    return page.get_by_role("checkbox", name=f"Choose “{title}”")


def choose(page: Page, *titles: str) -> None:
    for title in titles:
        box(page, title).click()


def chosen(page: Page) -> str:
    labels = page.locator(".chooser:checked").evaluate_all("all => all.map(one => one.ariaLabel)")
    return "".join(label[len("Choose “")] for label in labels)


def seen(page: Page) -> str:
    rows = page.locator(".video-row:visible [name=title]").all()
    return "".join(one.input_value() for one in rows)


def press(page: Page, verb: str) -> None:
    page.locator("#chosen").get_by_role("button", name=verb, exact=True).click()


def says(page: Page, words: str) -> Locator:
    toast = page.locator("[data-toast]", has_text=words)
    expect(toast).to_have_count(1)
    return toast


def live(page: Page) -> Locator:
    return page.locator("#live")


def test_chosen_by_click_and_shift_across_chapters_and_let_go(page: Page) -> None:
    expect(page.locator("#chosen")).to_be_hidden()
    choose(page, "c")
    expect(live(page)).to_have_text("1 selected")
    box(page, "x").click(modifiers=["Shift"])
    assert chosen(page) == "cdx"
    expect(live(page)).to_have_text("3 selected")
    row(page, "a").locator(".video-row-time").click()
    assert chosen(page) == "acdx"
    page.keyboard.press("Escape")
    assert chosen(page) == ""
    expect(live(page)).to_have_text("Nothing is selected.")
    expect(page.locator("#chosen")).to_be_hidden()


def test_only_what_has_failed_can_be_tried_again(page: Page) -> None:
    video = Video.objects.get(title="b")
    Video.objects.filter(pk=video.pk).update(status="failed", reason="damaged")
    page.reload()
    retry = page.get_by_role("button", name="Retry failed")
    choose(page, "a")
    expect(retry).to_be_hidden()
    choose(page, "b")
    expect(retry).to_be_visible()


def test_removed_in_the_first_frame_and_undone_as_one(
    page: Page, held: list[Route], course: Course
) -> None:
    choose(page, "b", "x")
    press(page, "Remove")
    assert seen(page) == "acdy"
    expect(box(page, "a")).to_be_focused()
    next_of(page, held).continue_()
    toast = says(page, "2 videos removed.")
    assert stored(course) == "One|acd Two|y Empty|"
    expect(page.get_by_role("link", name="Trash (2)")).to_be_visible()
    toast.get_by_role("button", name="Undo").click()
    expect(live(page)).to_have_text("2 videos as before.")
    assert stored(course) == shown(page) == "One|abcd Two|xy Empty|"


def test_moved_together_by_a_form_and_undone(page: Page, held: list[Route], course: Course) -> None:
    choose(page, "x", "c", "a")
    press(page, "Move to…")
    dialog = page.locator("#asking")
    dialog.get_by_label("Chapter").select_option(label="Two (2 videos)")
    dialog.get_by_label("Place").fill("2")
    dialog.get_by_role("button", name="Move 3 videos").click()
    assert shown(page) == "One|bd Two|yacx Empty|"
    assert page.evaluate("document.activeElement !== document.body")
    next_of(page, held).continue_()
    settled(page)
    assert stored(course) == shown(page) == "One|bd Two|yacx Empty|"
    says(page, "3 videos moved.").get_by_role("button", name="Undo").click()
    expect(live(page)).to_have_text("3 videos as before.")
    assert stored(course) == shown(page) == "One|abcd Two|xy Empty|"


def test_a_mixed_result_is_told_in_one_toast_and_each_row_is_taken_back_alone(
    page: Page, held: list[Route], course: Course, co_author: User
) -> None:
    choose(page, "a", "b", "c")
    Video.objects.get(title="b").remove(by=co_author)
    press(page, "Mark as draft")
    expect(row(page, "b")).to_have_attribute("data-guess-published", "no")
    expect(row(page, "a").get_by_text("Draft")).to_be_visible()
    next_of(page, held).continue_()
    says(page, "2 of 3 videos marked as draft; 1 removed by Grace.")
    expect(row(page, "b")).to_have_count(0)
    expect(page.locator("[data-guess-published]")).to_have_count(0)
    expect(page.locator(".video-row[data-published=no]")).to_have_count(2)
    expect(page.locator("[data-toast]")).to_have_count(1)


def test_what_somebody_else_removed_is_not_put_back(
    page: Page, course: Course, co_author: User
) -> None:
    choose(page, "a", "b", "c")
    Video.objects.get(title="b").remove(by=co_author)
    press(page, "Remove")
    says(page, "2 of 3 videos removed; 1 removed by Grace.")
    held: list[Route] = []
    page.route(re.compile("/undo/$"), lambda route: held.append(route))  # noqa: PLW0108
    page.keyboard.press("Control+z")
    assert seen(page) == "acdxy"
    next_of(page, held).continue_()
    expect(live(page)).to_have_text("2 videos as before.")
    assert stored(course) == shown(page) == "One|acd Two|xy Empty|"


def test_all_are_there_again_when_it_fails_and_one_retry_sends_all(
    page: Page, held: list[Route], course: Course
) -> None:
    choose(page, "a", "b", "y")
    press(page, "Remove")
    assert seen(page) == "cdx"
    route = next_of(page, held)
    route.fetch()  # the studio has it, and its answer is lost
    route.abort()
    toast = says(page, "3 videos were not removed, it seems: the studio cannot be reached.")
    page.unroute(BULK)
    toast.get_by_role("button", name="Retry").click()
    says(page, "3 videos removed.").get_by_role("button", name="Undo").click()
    expect(live(page)).to_have_text("3 videos as before.")
    assert stored(course) == "One|abcd Two|xy Empty|"


@pytest.mark.parametrize("verb", ["Remove", "Mark as draft", "Move to…"])
def test_undo_is_seen_in_the_first_frame_and_taken_back_alone(
    page: Page, course: Course, verb: str
) -> None:
    choose(page, "b", "x")
    press(page, verb)
    if verb == "Move to…":
        dialog = page.locator("#asking")
        dialog.get_by_label("Chapter").select_option(label="Empty (0 videos)")
        dialog.get_by_role("button", name="Move 2 videos").click()
    undo = page.locator("#toasts [data-undo]")
    expect(undo).to_have_count(1)
    drafts = page.locator(".video-row-draft:visible")
    changed = [seen(page), drafts.count()]
    held: list[Route] = []
    page.route(re.compile("/undo/$"), lambda route: held.append(route))  # noqa: PLW0108
    page.keyboard.press("Control+z")
    assert [seen(page), drafts.count()] == ["abcdxy", 0]
    next_of(page, held).fulfill(status=503)
    toast = says(page, "2 videos were not put back: the studio could not do it (503).")
    assert [seen(page), drafts.count()] == changed
    page.unroute(re.compile("/undo/$"))
    toast.get_by_role("button", name="Retry").click()
    expect(live(page)).to_have_text("2 videos as before.")
    assert stored(course) == shown(page) == "One|abcd Two|xy Empty|"
    assert not Video.objects.filter(published=False).exists()


def test_what_was_dragged_together_is_taken_back_by_keys(page: Page, course: Course) -> None:
    choose(page, "a", "c", "d")
    drag(page, "a", row(page, "y"))
    says(page, "3 videos moved.")
    page.keyboard.press("Control+z")
    assert shown(page) == "One|abcd Two|xy Empty|"
    expect(live(page)).to_have_text("3 videos as before.")
    assert stored(course) == shown(page) == "One|abcd Two|xy Empty|"


def test_of_two_askings_the_last_one_counts(page: Page, course: Course) -> None:
    held: list[Route] = []
    page.route(re.compile("/rename/ask/$"), lambda route: held.append(route))  # noqa: PLW0108
    choose(page, "a", "b")
    press(page, "Rename…")
    next_of(page, held)
    page.keyboard.press("Escape")
    press(page, "Move to…")
    dialog = page.locator("#asking")
    expect(dialog.get_by_label("Chapter")).to_be_visible()
    dialog.get_by_label("Chapter").select_option(label="Empty (0 videos)")
    dialog.get_by_role("button", name="Move 2 videos").click()
    says(page, "2 videos moved.")


def test_tried_again_it_is_chosen_no_more(page: Page, course: Course) -> None:
    choose(page, "a", "b")
    page.route(BULK, lambda route: route.fulfill(status=503), times=1)
    press(page, "Mark as draft")
    toast = says(page, "2 videos were not marked as draft")
    assert chosen(page) == "ab"
    toast.get_by_role("button", name="Retry").click()
    assert chosen(page) == ""
    says(page, "2 videos marked as draft.")


def test_what_asks_first_does_not_wait_for_edits(page: Page, course: Course) -> None:
    held: list[Route] = []
    page.route(re.compile("/remove/$"), lambda route: held.append(route))  # noqa: PLW0108
    row(page, "a").get_by_role("button", name="Remove").click()
    choose(page, "b", "c")
    press(page, "Rename…")
    expect(page.locator("#asking").get_by_label("Replace")).to_be_visible()
    page.keyboard.press("Escape")
    next_of(page, held).continue_()
    expect(page.locator("#toasts [data-undo]")).to_have_count(1)
    assert stored(course) == "One|bcd Two|xy Empty|"


def test_what_was_refused_is_chosen_again(page: Page, course: Course) -> None:
    choose(page, "a", "b")
    page.route(BULK, lambda route: route.fulfill(status=400), times=1)
    press(page, "Remove")
    says(page, "could not do that (400)")
    assert chosen(page) == "ab"


def test_by_keyboard_alone(page: Page, course: Course) -> None:
    box(page, "b").focus()
    for key in ("x", "Shift+ArrowDown", "Shift+j"):
        page.keyboard.press(key)
    assert chosen(page) == "bcd"
    expect(box(page, "d")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(box(page, "x")).to_be_focused()
    page.locator("#chosen").get_by_role("button", name="Remove").press("Enter")
    assert page.evaluate("document.activeElement.matches('.chooser')")
    says(page, "3 videos removed.")
    assert stored(course) == "One|a Two|xy Empty|"


def test_one_that_is_chosen_takes_the_others_with_it(page: Page, course: Course) -> None:
    choose(page, "a", "c", "d")
    dropped = drag(page, "a", row(page, "y"))
    together = dropped.replace("bcd", "b").replace("a", "acd")
    settled(page)
    says(page, "3 videos moved.")
    assert stored(course) == shown(page) == together != "One|abcd Two|xy Empty|"
    expect(page.locator(".chooser:checked")).to_have_count(3)
    above = together.index("c") - together.index("Two|") - len("Two|")
    grip(page, "c").focus()
    for key in ("Space", *["ArrowUp"] * (above + 1), "Space"):
        page.keyboard.press(key)
    settled(page)
    expect(page.locator("[data-toast]", has_text="3 videos moved.")).to_have_count(2)
    assert stored(course) == shown(page) == "One|bacd Two|xy Empty|"


def test_renamed_by_a_pattern_and_another_title_since_the_preview_is_kept_until_it_is_seen(
    page: Page, course: Course
) -> None:
    choose(page, "c", "a")
    press(page, "Rename…")
    dialog = page.locator("#asking")
    dialog.get_by_label("New title").or_(dialog.get_by_label("New name")).fill("{number} {name}")
    expect(dialog.locator("tbody tr").first).to_contain_text("1 c")
    Video.objects.get(title="a").rename("A")
    dialog.get_by_role("button", name="Rename 2 videos").click()
    toast = says(page, "1 of 2 videos renamed; 1 renamed since the preview.")
    expect(page.locator("[name=title][value='A']")).to_have_count(1)
    toast.get_by_role("button", name="Rename it all the same").click()
    expect(page.locator("[name=title][value='2 A']")).to_have_count(1)
    assert stored(course) == "One|2 Ab1 cd Two|xy Empty|"


def test_a_new_title_is_seen_at_once_as_the_preview_had_it_and_so_is_its_undo(
    page: Page, held: list[Route], course: Course
) -> None:
    choose(page, "c", "a")
    press(page, "Rename…")
    dialog = page.locator("#asking")
    dialog.get_by_label("New name").fill("{number} {name}")
    expect(dialog.locator("tbody tr").first).to_contain_text("1 c")
    dialog.get_by_role("button", name="Rename 2 videos").click()
    assert shown(page) == "One|2 ab1 cd Two|xy Empty|"
    next_of(page, held).continue_()
    says(page, "2 videos renamed.")
    expect(page.locator("[data-dirty], [data-guess-pending]")).to_have_count(0)
    assert stored(course) == shown(page) == "One|2 ab1 cd Two|xy Empty|"
    page.keyboard.press("Control+z")
    assert shown(page) == "One|abcd Two|xy Empty|"
    expect(live(page)).to_have_text("2 videos as before.")
    expect(page.locator("[data-dirty], [data-guess-pending]")).to_have_count(0)
    assert stored(course) == shown(page) == "One|abcd Two|xy Empty|"


def test_a_pattern_that_is_wrong_is_mended_where_it_was_typed(page: Page, course: Course) -> None:
    choose(page, "a")
    press(page, "Rename…")
    dialog = page.locator("#asking")
    field = dialog.get_by_label("New name")
    expect(field).to_be_focused()
    field.fill("Lesson {n}")
    expect(dialog.locator("#rename-preview")).to_contain_text("There is no {n}")
    dialog.get_by_role("button", name="Rename 1 video").click()
    expect(dialog).to_be_visible()
    expect(field).to_be_focused()
    field.fill("Lesson {number}")
    expect(dialog.locator("tbody tr").first).to_contain_text("Lesson 1")
    field.press("Enter")
    says(page, "1 video renamed.")
    assert stored(course) == "One|Lesson 1bcd Two|xy Empty|"


def test_a_new_title_that_comes_to_nothing_is_taken_back(page: Page, course: Course) -> None:
    page.route(BULK, lambda route: route.fulfill(status=500, body=""))
    choose(page, "a")
    press(page, "Rename…")
    dialog = page.locator("#asking")
    dialog.get_by_label("New name").fill("{name}!")
    expect(dialog.locator("tbody tr").first).to_contain_text("a!")
    dialog.get_by_role("button", name="Rename 1 video").click()
    says(page, "1 video was not renamed")
    assert shown(page) == stored(course) == "One|abcd Two|xy Empty|"
    expect(page.locator("[data-dirty]")).to_have_count(0)


def test_what_failed_for_several_reasons_is_retried_by_cause(page: Page, course: Course) -> None:
    titles = page.locator(".video-row [name=title]")
    Video.objects.filter(title__in="abc").update(status="linking", settled_at=None)
    page.reload()
    expect(titles).to_have_count(6)
    for title, reason in (("a", "unreadable"), ("b", "missing"), ("c", "unreadable")):
        video = Video.objects.claim(Video.objects.get(title=title).pk)
        assert video
        video.fail(reason)
    ask_now(page)
    toast = says(page, "3 of 3 videos could not be linked: 2 unreadable, 1 missing.")
    toast.get_by_role("button", name="Retry 2 unreadable").click()
    expect(page.locator("[data-status=linking]")).to_have_count(2)
    toast.get_by_role("button", name="Retry 1 missing").click()
    expect(page.locator("[data-status=linking]")).to_have_count(3)
    expect(toast).to_have_count(0)


def test_without_scripts(open_as: OpenAs, author: User, course: Course) -> None:
    page = open_as(author, f"/courses/{course.pk}/", java_script_enabled=False)
    choose(page, "a", "c")
    press(page, "Move to…")
    page.get_by_label("Chapter").select_option(label="Empty (0 videos)")
    page.get_by_role("button", name="Move 2 videos").click()
    assert stored(course) == "One|bd Two|xy Empty|ac"
    page.get_by_role("button", name="Undo").click()
    assert stored(course) == "One|abcd Two|xy Empty|"


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_it_is_accessible_and_fits(
    open_as: OpenAs, author: User, course: Course, width: int, scheme: str
) -> None:
    page = open_as(
        author,
        f"/courses/{course.pk}/",
        expect=OF_AXE,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
    )
    page.evaluate(AXE.read_text(encoding="utf-8"))
    choose(page, "a", "b")
    assert not violations(page, "body")
    press(page, "Mark as draft")
    says(page, "2 videos marked as draft.")
    choose(page, "a")
    press(page, "Rename…")
    expect(page.locator("#rename-preview tbody tr")).to_have_count(1)
    assert not violations(page, "#asking")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
