"""A list of names becomes chapters and videos, as an instructor does it: with scripts and without."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from courses.models import Course, Video
from tests.browser.conftest import OpenAs
from tests.browser.test_every_page import AXE, OF_AXE, SIZES, look, violations
from tests.courses.link_stories import claimed
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)

LIST = """\
# The loom
loom
02 Weaving.mp4
# Engines
take
zebra
"""


@pytest.fixture
def course(author: User) -> Course:
    for name in ("loom.mp4", "02 Weaving.mp4", "take.mp4", "take.mov", "mill.mp4"):
        make_media(author, name)
    course = make_course(author, "Engines of all kinds")
    make_video(make_chapter(course, "Engines"), make_media(author, "was there.mp4"))
    return course


def line(page: Page, name: str) -> Locator:
    return page.locator(".list-line", has=page.locator(f'input[name=was][value="{name}"]'))


def titles(page: Page, chapter: str) -> list[str]:
    rows = page.locator(".chapter", has=page.get_by_role("heading", name=chapter, exact=True))
    found: list[str] = rows.locator(".video-row .title-field input[name=title]").evaluate_all(
        "all => all.map(one => one.value)"
    )
    return found


def paste(page: Page, text: str) -> None:
    page.get_by_role("link", name="Add from a list…").last.click()
    page.get_by_label("Paste a list").fill(text)
    page.get_by_role("button", name="Show what was found").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_a_pasted_list_to_rows(
    open_as: OpenAs, author: User, course: Course, scripts: bool
) -> None:
    page = open_as(author, f"/courses/{course.pk}/", java_script_enabled=scripts)
    paste(page, LIST)
    expect(page.locator("main")).to_contain_text("2 of 4 videos will be linked, 1 chapter made.")
    expect(page.locator(".list-chapter", has_text="The loom")).to_contain_text("new chapter")
    expect(line(page, "take")).to_contain_text("2 files fit: choose")
    expect(line(page, "zebra")).to_contain_text("no such file")

    line(page, "take").locator("select").select_option("take.mov · 1:30")
    line(page, "loom").locator("[name=title]").fill("How it began")
    line(page, "zebra").locator("[name=name]").fill("mill")
    line(page, "zebra").locator("[name=name]").press("Enter")  # which only looks again

    expect(line(page, "mill").locator("select")).to_have_value(re.compile(".+"))
    expect(line(page, "loom").locator("[name=title]")).to_have_value("How it began")
    assert not Video.objects.filter(status="linking").exists()
    page.get_by_role("button", name="Add to the course").click()

    expect(page).to_have_url(re.compile(rf"/courses/{course.pk}/#chapter-"))
    expect(page.locator("#toasts")).to_contain_text("4 videos are being linked.")
    expect(page.locator(".video-row")).to_have_count(5)
    expect(page.locator('.video-row[data-status="linking"]')).to_have_count(4)
    assert titles(page, "Engines") == ["was there", "take", "mill"]
    assert titles(page, "The loom") == ["How it began", "02 Weaving"]

    for video in Video.objects.filter(status="linking"):
        claimed(video).complete()
    if not scripts:
        page.reload()
    expect(page.locator('.video-row[data-status="linked"]')).to_have_count(5)


def test_what_is_said_follows_the_choices(open_as: OpenAs, author: User, course: Course) -> None:
    page = open_as(author, f"/courses/{course.pk}/")
    paste(page, LIST)
    head, wanting = page.locator(".page-head"), page.locator(".list-plan-open")
    take, loom = line(page, "take"), line(page, "loom")
    expect(wanting).to_contain_text("2 lines want a choice. What has none is left out.")
    take.locator("select").select_option("take.mov · 1:30")
    expect(head).to_contain_text("3 of 4 videos will be linked, 1 chapter made.")
    expect(wanting).to_contain_text("1 line wants a choice. What has none is left out.")
    expect(take).not_to_have_attribute("data-open", "")
    expect(take.get_by_text("2 files fit: choose")).to_be_hidden()
    expect(line(page, "zebra")).to_have_attribute("data-open", "")
    loom.locator("select").select_option("Leave out")
    expect(head).to_contain_text("2 of 4 videos will be linked")
    expect(wanting).to_contain_text("1 line wants a choice")
    take.locator("select").select_option("Leave out")
    expect(wanting).to_contain_text("2 lines want a choice")
    expect(take.get_by_text("2 files fit: choose")).to_be_visible()


def test_the_same_is_not_said_again(open_as: OpenAs, author: User, course: Course) -> None:
    page = open_as(author, f"/courses/{course.pk}/")
    paste(page, LIST)
    files = line(page, "take").locator("select")
    files.select_option("take.mov · 1:30")
    wanting = page.locator(".list-plan-open")
    expect(wanting).to_contain_text("1 line wants a choice")
    wanting.evaluate("""(wanting) => {
        window.isSaidAgain = false;
        const observer = new MutationObserver(() => (window.isSaidAgain = true));
        observer.observe(wanting, { childList: true, characterData: true, subtree: true });
    }""")
    files.select_option("take.mp4 · 1:30")
    assert not page.evaluate("isSaidAgain")


def test_when_no_line_wants_a_choice_any_more_nothing_is_said_of_it(
    open_as: OpenAs, author: User, course: Course
) -> None:
    page = open_as(author, f"/courses/{course.pk}/")
    paste(page, "take")
    expect(page.locator(".list-plan-open")).to_contain_text("1 line wants a choice")
    line(page, "take").locator("select").select_option("take.mov · 1:30")
    expect(page.locator(".list-plan-open")).to_be_hidden()


def test_a_table_that_excel_saved(
    open_as: OpenAs, author: User, course: Course, tmp_path: Path
) -> None:
    table = tmp_path / "list.csv"
    table.write_bytes(
        "chapter;file;title\r\nÜbung;loom.mp4;Größe\r\n;mill.mp4;\r\n".encode("cp1252")
    )
    page = open_as(author, f"/courses/{course.pk}/import/")
    page.get_by_label("Or choose a table").set_input_files(table)
    page.get_by_role("button", name="Show what was found").click()
    page.get_by_role("button", name="Add to the course").click()
    expect(page.locator(".video-row")).to_have_count(3)
    assert titles(page, "Übung") == ["Größe", "mill"]


def test_a_double_click_and_the_way_back_add_once(
    open_as: OpenAs, author: User, course: Course
) -> None:
    page = open_as(author, f"/courses/{course.pk}/")
    paste(page, "# New\nloom\nmill")
    page.get_by_role("button", name="Add to the course").dblclick()
    expect(page.locator(".video-row")).to_have_count(3)
    page.go_back()
    page.get_by_role("button", name="Add to the course").click()
    expect(page.locator("#toasts")).to_contain_text("being linked")
    expect(page.locator(".video-row")).to_have_count(3)
    expect(page.locator(".chapter")).to_have_count(2)


def test_what_cannot_be_read_is_said_and_stays(
    open_as: OpenAs, author: User, course: Course
) -> None:
    page = open_as(author, f"/courses/{course.pk}/", expect="422")
    paste(page, "a\n" * 501)
    expect(page.get_by_role("alert")).to_contain_text("more than 500 videos")
    expect(page.get_by_label("Paste a list")).to_have_value("a\n" * 501)


def test_from_the_menu_of_a_chapter_lines_go_to_it(
    open_as: OpenAs, author: User, course: Course
) -> None:
    make_chapter(course, "Last")
    page = open_as(author, f"/courses/{course.pk}/")
    page.locator(".chapter").first.locator("summary").click()
    page.locator(".chapter").first.get_by_role("link", name="Add from a list…").click()
    page.get_by_label("Paste a list").fill("loom")
    page.get_by_role("button", name="Show what was found").click()
    expect(page.get_by_label("go to").locator(":checked")).to_have_text("Engines")
    expect(page.get_by_label("Title of the new chapter")).to_be_hidden()
    page.get_by_label("go to").select_option("A new chapter:")
    page.get_by_label("Title of the new chapter").fill("Made for it")
    page.get_by_role("button", name="Add to the course").click()
    expect(page.locator(".video-row")).to_have_count(2)
    assert titles(page, "Made for it") == ["loom"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_preview_has_no_flaw_that_axe_finds(
    open_as: OpenAs, author: User, course: Course, size: str, scheme: str
) -> None:
    page = open_as(author, f"/courses/{course.pk}/", **look(size, scheme), expect=OF_AXE)
    paste(page, f"loom\n{LIST}# Empty, and {'W' * 120}\n{'M' * 200}.mp4")
    expect(page.get_by_role("heading", name="What will become of the list")).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert not violations(page, "body")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
