"""Files that are brought right into the picker."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from courses.linking import perform_link
from courses.models import Chapter, Course, Video
from media_library.intake import examine
from media_library.models import MediaFile
from tests.browser.conftest import OpenAs, ask_now, next_of, until_there
from tests.browser.sending import Gate, choose, drop, open_picker
from tests.clips import Clips
from tests.factories import make_chapter, make_course, make_media, make_video


@pytest.fixture
def editor(open_as: OpenAs, author: User) -> Page:
    return open_picker(open_as, author)


def test_a_picker_that_is_opened_again_shows_what_is_on_its_way(
    editor: Page,
    clips: Clips,
    tmp_path: Path,
) -> None:
    for number in range(1, 6):
        (tmp_path / f"{number}.mp4").write_bytes(clips.mp4)
    gate = Gate(editor, passing=0)
    choose(editor, *sorted(tmp_path.glob("?.mp4")))
    expect(editor.locator("[data-picker-submit]")).to_have_text("Link 5 videos")
    editor.keyboard.press("Escape")
    editor.get_by_role("link", name="Add videos").click()
    rows = editor.locator(".upload-row")
    expect(rows).to_have_count(5)
    expect(rows.filter(has_text="waiting for the others")).to_have_count(2)
    expect(rows.filter(has_text="interrupted")).to_have_count(0)
    expect(editor.locator("#upload-all")).to_contain_text("0 of 5 files")
    gate.open()
    expect(editor.locator(".upload-row[data-status=processing]")).to_have_count(5)


def test_what_is_refused_after_the_picker_was_closed_is_told_and_can_be_tried_again(
    editor: Page,
    clips: Clips,
    tmp_path: Path,
    settings: Any,
) -> None:
    settings.MEDIA_SPACE_PER_PERSON = 10
    held: list[Route] = []
    is_closed: list[bool] = []
    editor.route(
        "**/library/uploads/",
        lambda route: route.continue_() if is_closed else held.append(route),
    )
    for name in ("one.mp4", "two.mp4"):
        (tmp_path / name).write_bytes(clips.mp4)
    choose(editor, tmp_path / "one.mp4", tmp_path / "two.mp4")
    until_there(editor, held)
    editor.keyboard.press("Escape")
    is_closed.append(True)
    while held:
        held.pop().continue_()
    toast = editor.locator("#toasts .toast")
    expect(toast).to_contain_text("and 1 more were not uploaded: Your library has no space left")
    toast.get_by_role("button", name="Put this message away").click()
    make_chapter(Course.objects.get(), "Of the other author")
    ask_now(editor)
    expect(editor.locator(".chapter")).to_have_count(2)
    expect(toast).to_have_count(0)  # it is told once
    editor.get_by_role("link", name="Add videos").first.click()
    expect(editor.locator(".upload-row[data-transfer=failed]")).to_have_count(2)
    settings.MEDIA_SPACE_PER_PERSON = 1 << 40
    editor.get_by_role("button", name="Retry all").click()
    files = editor.locator("#picker-files .picker-file")
    expect(files.filter(has_text="one.mp4")).to_have_count(1)
    expect(files.filter(has_text="two.mp4")).to_have_count(1)


def test_files_dropped_onto_the_picker_are_picked_and_their_rows_link_when_they_are_there(
    open_as: OpenAs,
    author: User,
    welcome: MediaFile,
    long_clip: Path,
    clips: Clips,
) -> None:
    chapter = make_chapter(make_course(author))
    page = open_as(author, f"/courses/{chapter.course_id}/")
    gate = Gate(page, passing=2)  # of three
    page.click(f"#chapter-{chapter.pk}-add")
    expect(page.locator(".picker-file")).to_have_count(1)
    dropped = {"1 long.mp4": long_clip.read_bytes(), "2 short.webm": clips.vp9}
    drop(page, "#picker-files", dropped)
    expect(page.locator("[data-picker-submit]")).to_have_text("Link 2 videos")
    page.locator(".picker-file", has_text="Welcome").click()
    until_there(page, gate.held)
    page.click("[data-picker-submit]")
    videos = page.locator(".video-row:not([data-optimistic])")
    expect(videos).to_have_count(3)
    assert videos.locator("[name=title]").evaluate_all("all => all.map(one => one.value)") == [
        "1 long",
        "2 short",
        "Welcome",
    ]
    expect(videos.nth(0)).to_contain_text("Uploading 39 %")
    gate.open()
    expect(videos.nth(0)).to_contain_text("Linking…")
    for video in chapter.videos.all():
        perform_link(video.pk)
    expect(page.locator(".video-row[data-status=linked]")).to_have_count(3)


def test_what_is_brought_while_only_what_is_picked_is_shown_stands_with_it(
    open_as: OpenAs, author: User, welcome: MediaFile, clips: Clips, tmp_path: Path
) -> None:
    make_media(author, "Tides.mp4")
    chapter = make_chapter(make_course(author))
    page = open_as(author, f"/courses/{chapter.course_id}/")
    page.click(f"#chapter-{chapter.pk}-add")
    page.locator("#picker-files .picker-file", has_text="Welcome").click()
    only = page.get_by_role("button", name="Show only picked")
    only.click()
    (tmp_path / "new.webm").write_bytes(clips.vp9)
    choose(page, tmp_path / "new.webm")
    shown = page.locator(".picker-file:visible")
    expect(shown).to_contain_text(["Welcome", "new"])
    expect(shown.locator(".picker-place")).to_have_text(["1", "2"])
    expect(shown.locator("input:checked")).to_have_count(2)
    expect(only).to_have_attribute("aria-pressed", "true")
    box = shown.locator("input").first
    box.focus()
    examine(MediaFile.objects.get(name="new.webm").pk)
    expect(shown.last).not_to_contain_text("Processing…")
    expect(page.locator("#picker-files .picker-file")).to_have_count(3)
    expect(page.locator("#picker-files")).to_be_hidden()
    expect(box).to_be_focused()
    only.click()
    expect(shown).to_have_count(3)


@pytest.fixture
def chapter(author: User) -> Chapter:
    return make_chapter(make_course(author))


def polled(page: Page) -> None:
    """What became of uploads was asked, and drawn."""
    with page.expect_response("**/uploads/rows/**"):
        pass
    expect(page.locator("#upload-rows.htmx-request")).to_have_count(0)


def test_what_becomes_of_uploads_leaves_alone_what_is_done_in_the_picker(
    open_as: OpenAs,
    author: User,
    chapter: Chapter,
    welcome: MediaFile,
    clips: Clips,
    tmp_path: Path,
) -> None:
    make_video(chapter, welcome)
    page = open_as(author, f"/courses/{chapter.course_id}/")
    page.click(f"#chapter-{chapter.pk}-add")
    page.locator("#picker-files .picker-file", has_text="Welcome").click()
    (tmp_path / "new.webm").write_bytes(clips.vp9)
    choose(page, tmp_path / "new.webm")
    submit = page.locator("[data-picker-submit]")
    expect(submit).to_have_text("Link 2 videos")
    expect(page.locator(".upload-row[data-status=processing]")).to_have_count(1)
    page.get_by_role("button", name="Show only picked").click()
    shown = page.locator("#picker-picked .picker-row")
    shown.nth(1).locator("label").click()
    expect(submit).to_have_text("Link 1 video")
    opener = page.locator("#picker-picked [data-previews]")
    opener.click()
    submit.click()
    note = page.locator("[data-picker-note]")
    expect(note).to_contain_text("in this chapter already")
    opener.focus()
    for _ in range(2):
        polled(page)
    expect(note).to_contain_text("in this chapter already")
    expect(opener).to_be_focused()
    expect(page.locator("#picker-picked video")).to_have_count(1)
    expect(shown).to_have_count(2)
    examine(MediaFile.objects.get(name="new.webm").pk)
    expect(shown.nth(1)).not_to_contain_text("Processing…")
    expect(page.locator("#picker-picked video")).to_have_count(1)
    expect(opener.first).to_be_focused()
    shown.nth(1).locator("label").click()
    expect(submit).to_have_text("Link 2 videos")


def test_a_picked_file_that_is_found_to_be_broken_is_picked_no_more(
    editor: Page, clips: Clips, tmp_path: Path
) -> None:
    (tmp_path / "bad.mp4").write_bytes(clips.truncated)
    choose(editor, tmp_path / "bad.mp4")
    submit = editor.locator("[data-picker-submit]")
    expect(submit).to_have_text("Link 1 video")
    editor.get_by_role("button", name="Show only picked").click()
    expect(editor.locator(".upload-row[data-status=processing]")).to_have_count(1)
    examine(MediaFile.objects.get().pk)
    expect(submit).to_be_disabled()
    expect(editor.locator("#toasts")).to_contain_text("“bad” is broken and no longer picked.")
    expect(editor.locator("#picker-picked .picker-row")).to_contain_text("its end is missing")


def test_others_that_are_announced_leave_alone_what_is_done_meanwhile(
    open_as: OpenAs,
    author: User,
    chapter: Chapter,
    welcome: MediaFile,
    clips: Clips,
    tmp_path: Path,
) -> None:
    """Each is picked all the same, when it is listed."""
    make_media(author, "Tides.mp4")
    page = open_as(author, f"/courses/{chapter.course_id}/")
    page.click(f"#chapter-{chapter.pk}-add")
    held: list[Route] = []
    page.route("**/library/uploads/", lambda route: held.append(route))  # noqa: PLW0108
    for name in ("1.mp4", "2.mp4", "3.mp4"):
        (tmp_path / name).write_bytes(clips.mp4)
    search = page.locator("#picker-sought")
    search.fill("tid")
    files = page.locator("#picker-files .picker-row")
    expect(files).to_have_count(1)
    choose(page, *sorted(tmp_path.glob("?.mp4")))
    next_of(page, held).continue_()
    expect(files).to_have_count(3)
    expect(search).to_have_value("")
    opener = page.locator("#picker-files [data-previews]", has=page.locator("visible=true")).last
    opener.click()
    expect(opener).to_be_focused()
    next_of(page, held).continue_()
    expect(files).to_have_count(4)
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#picker-files video")).to_have_count(1)
    search.fill("tides")
    expect(files).to_have_count(1)
    with page.expect_response("**/library/picker/**"):
        next_of(page, held).continue_()
    expect(search).to_have_value("tides")
    expect(page.locator("[data-picker-submit]")).to_have_text("Link 2 videos")
    search.fill("")
    expect(page.locator("[data-picker-submit]")).to_have_text("Link 3 videos")


def test_what_was_dropped_is_sent_however_soon_the_picker_is_closed(
    editor: Page, clips: Clips
) -> None:
    editor.evaluate(
        """addEventListener("drop", () => {
          document.getElementById("picker").close();
          document.querySelector("[data-opens-picker]").click();
        }, { once: true })"""
    )
    drop(editor, "#picker-files", {"new.mp4": clips.mp4})
    expect(editor.locator("#picker-files")).to_be_visible()
    expect(editor.locator(".upload-row")).to_contain_text("new.mp4")
    expect(editor.locator(".upload-row[data-status=processing]")).to_have_count(1)


def test_on_a_phone_two_are_picked_a_third_is_brought_and_all_are_added(
    open_as: OpenAs, author: User, again: Path
) -> None:
    make_media(author, "Tides.mp4")
    chapter = make_chapter(make_course(author))
    page = open_as(
        author,
        f"/courses/{chapter.course_id}/",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    page.tap(f"#chapter-{chapter.pk}-add")
    for name in ("Tides", "Welcome"):
        page.locator("#picker-files .picker-file", has_text=name).tap()
    with page.expect_file_chooser() as chooser:
        page.locator(".upload-choose").first.tap()
    chooser.value.set_files(again)
    expect(page.locator("[data-picker-submit]")).to_have_text("Link 3 videos")
    page.locator("[data-picker-submit]").tap()
    videos = page.locator(".video-row:not([data-optimistic])")
    expect(videos).to_have_count(3)
    assert videos.locator("[name=title]").evaluate_all("all => all.map(one => one.value)") == [
        "Tides",
        "Welcome",
        "Again",
    ]
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_file_that_is_brought_into_the_picker_is_picked_and_its_row_waits_for_it(
    open_as: OpenAs, author: User, long_clip: Path
) -> None:
    chapter = make_chapter(make_course(author))
    page = open_as(author, f"/courses/{chapter.course_id}/")
    gate = Gate(page, passing=1)
    page.click(f"#chapter-{chapter.pk}-add")
    choose(page, long_clip)
    expect(page.locator("[data-picker-submit]")).to_have_text("Link 1 video")
    until_there(page, gate.held)
    expect(page.locator("#picker-files .picker-file")).to_contain_text("Uploading 39 %")
    page.click("[data-picker-submit]")
    video = page.locator(".video-row")
    expect(video).to_have_count(1)
    expect(video).to_contain_text("Uploading 39 %")
    gate.passing = 1
    gate.held.pop().continue_()
    expect(video).to_contain_text("Uploading 79 %")
    gate.open()
    expect(video).to_contain_text("Linking…")
    perform_link(Video.objects.get().pk)
    expect(video).to_have_attribute("data-status", "linked")
    expect(video.locator("img")).to_have_count(1)
