"""That a file is there already is noticed, and told where it is brought."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from media_library.intake import examine
from media_library.models import MediaFile
from tests.browser.conftest import OpenAs
from tests.browser.sending import Gate, choose, open_picker, row
from tests.factories import make_chapter, make_course


@pytest.fixture
def page(open_as: OpenAs, author: User) -> Page:
    return open_as(author, "/library/", expect=r"Failed to load|ERR_")


@pytest.fixture
def editor(open_as: OpenAs, author: User) -> Page:
    return open_picker(open_as, author)


def test_of_the_same_file_twice_the_one_that_was_there_is_used(
    page: Page, welcome: MediaFile, again: Path, long_clip: Path
) -> None:
    """And what else is on its way is not broken off by it."""
    gate = Gate(page, passing=2)
    page.reload()
    choose(page, again, long_clip)
    expect(row(page, "Again.mp4")).to_have_attribute("data-status", "processing")
    examine(MediaFile.objects.get(name="Again.mp4").pk)
    expect(row(page, "Again.mp4")).to_contain_text("You already have this as “Welcome.mp4”")
    row(page, "Again.mp4").get_by_role("button", name="Use that one").click()
    expect(page.locator("#toasts")).to_contain_text("“Welcome.mp4” is used instead.")
    expect(row(page, "Again.mp4")).to_have_count(0)
    expect(page.locator(".media-card:visible", has_text="Again")).to_have_count(0)
    expect(page.locator(".media-card:visible", has_text="Welcome")).to_have_count(1)
    assert MediaFile.objects.trashed().get().name == "Again.mp4"
    gate.open()
    expect(row(page, "long.mp4")).to_have_attribute("data-status", "processing")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".media-card:visible", has_text="Again")).to_have_count(1)


def test_the_same_file_twice_can_be_kept(page: Page, again: Path) -> None:
    page.reload()
    choose(page, again)
    expect(row(page, "Again.mp4")).to_have_attribute("data-status", "processing")
    examine(MediaFile.objects.get(name="Again.mp4").pk)
    row(page, "Again.mp4").get_by_role("button", name="Keep both").click()
    expect(row(page, "Again.mp4")).not_to_contain_text("You already have this")
    expect(row(page, "Again.mp4")).to_contain_text("Ready")
    page.reload()
    for name in ("Again", "Welcome"):
        expect(page.locator(".media-card", has_text=name)).to_have_count(1)
    page.locator(".media-card", has_text="Again").get_by_role("link", name="Again").click()
    expect(page.locator("main")).not_to_contain_text("You already have this")


def test_brought_twice_into_the_picker_the_one_that_was_there_is_picked_instead(
    open_as: OpenAs, author: User, welcome: MediaFile, again: Path
) -> None:
    chapter = make_chapter(make_course(author))
    page = open_as(author, f"/courses/{chapter.course_id}/")
    page.click(f"#chapter-{chapter.pk}-add")
    choose(page, again)
    expect(row(page, "Again.mp4")).to_have_attribute("data-status", "processing")
    expect(page.locator("[data-picker-submit]")).to_have_text("Link 1 video")
    examine(MediaFile.objects.get(name="Again.mp4").pk)
    row(page, "Again.mp4").get_by_role("button", name="Use that one").click()
    files = page.locator("#picker-files .picker-file")
    expect(files).to_have_count(1)
    expect(files.locator(".picker-place")).to_have_text("1")
    page.click("[data-picker-submit]")
    expect(page.locator(".video-row:not([data-optimistic])")).to_have_count(1)
    assert chapter.videos.get().media == welcome
