"""Uploads as an instructor sees them: rows at once, and whatever ends the line ends no upload."""

import base64
import io
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from courses.linking import perform_link
from courses.models import Course, Video
from media_library.file_errors import CodecNotPlayable
from media_library.intake import examine
from media_library.models import MediaFile
from media_library.uploads import take_in
from tests.browser.conftest import OpenAs, ask_now, fill_in_sign_in, next_of, until_there
from tests.clips import Clips, clips  # noqa: F401
from tests.factories import make_chapter, make_course, make_media, make_upload

PIECE = 1 << 20
LONG = 5 << 19  # two and a half


@pytest.fixture
def long_clip(clips: Clips, tmp_path: Path, settings: Any) -> Path:  # noqa: F811
    """More than two pieces."""
    settings.UPLOAD_PIECE = PIECE
    path = tmp_path / "long.mp4"
    path.write_bytes(clips.mp4 + (LONG + 8).to_bytes(4) + b"free" + bytes(LONG))
    return path


@pytest.fixture
def page(open_as: OpenAs, author: User) -> Page:
    return open_as(author, "/library/", expect=r"Failed to load|ERR_")


def choose(page: Page, *paths: Path) -> None:
    page.set_input_files("#upload-zone [name=videos]", list(paths))


def row(page: Page, name: str) -> Locator:
    return page.locator(f".upload-row[data-name='{name}']")


@pytest.fixture
def unanswered(page: Page) -> Iterator[None]:
    """The studio says nothing to what is announced, until the test is over."""
    held: list[Route] = []
    page.route("**/library/uploads/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright wants a function
    yield
    for route in held:
        route.abort()
    page.close()


class Gate:
    """Holds pieces back, after so many have passed."""

    def __init__(self, page: Page, passing: int) -> None:
        self.passing = passing
        self.held: list[Route] = []
        self.offsets: list[str | None] = []
        page.route("**/library/uploads/*/", self._meet)

    def _meet(self, route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
            return
        self.offsets.append(route.request.headers.get("upload-offset"))
        if self.passing:
            self.passing -= 1
            route.continue_()
        else:
            self.held.append(route)

    def open(self) -> None:
        self.passing = 1000
        while self.held:
            self.held.pop().continue_()


def test_each_file_has_its_row_at_once(
    page: Page,
    unanswered: None,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> None:
    for name in ("one.mp4", "two.mp4", "three.mp4", "four.mp4", "five.mp4"):
        (tmp_path / name).write_bytes(clips.mp4)
    choose(page, *sorted(tmp_path.glob("*.mp4")))
    expect(page.locator(".upload-row")).to_have_count(5)
    expect(page.locator(".upload-row[data-transfer=waiting]")).to_have_count(5)
    expect(page.locator("#upload-all")).to_contain_text("5 files on the way")
    assert not MediaFile.objects.exists()


def test_what_has_arrived_is_shown_as_what_becomes_of_it(
    open_as: OpenAs,
    author: User,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> None:
    make_media(author, "before.mp4")
    page = open_as(author, "/library/")
    (tmp_path / "good.mp4").write_bytes(clips.mp4)
    (tmp_path / "bad.mp4").write_bytes(clips.truncated)
    choose(page, tmp_path / "good.mp4", tmp_path / "bad.mp4")
    expect(page.locator(".upload-row[data-status=processing]")).to_have_count(2)
    for media in MediaFile.objects.exclude(name="before.mp4"):
        examine(media.pk)
    expect(row(page, "good.mp4")).to_contain_text("Ready")
    expect(row(page, "good.mp4").locator("img")).to_have_count(1)
    expect(row(page, "bad.mp4")).to_contain_text("its end is missing")


def test_a_file_that_is_no_video_is_not_sent(page: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("Only its name is that of a video.")
    choose(page, tmp_path / "notes.mp4")
    expect(page.locator("#toasts")).to_contain_text(
        "“notes.mp4” was left out: its content is not that of a video"
    )
    expect(page.locator(".upload-row")).to_have_count(0)
    assert not MediaFile.objects.exists()


def test_another_kind_of_video_is_not_sent_and_it_is_said_what_to_convert_it_to(
    page: Page,
    tmp_path: Path,
    clips: Clips,  # noqa: F811
) -> None:
    files = clips.not_for_browsers
    for name, content in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        choose(page, path)
        toast = page.locator("#toasts .toast").last
        said = f"“{name}” was left out. {CodecNotPlayable.sentence}"
        expect(toast.locator("p")).to_have_text(said)
        toast.get_by_role("button", name="Put this message away").click()
    (tmp_path / "notes.mp4").write_text("Only its name is that of a video.")
    choose(page, *(tmp_path / name for name in (*files, "notes.mp4")))
    expect(page.locator("#toasts .toast")).to_have_count(2)
    expect(page.locator("#toasts")).to_contain_text(
        f"“a.ogv”, “b.flv”, “c.wmv”, and 7 more were left out. {CodecNotPlayable.sentence}"
    )
    expect(page.locator("#toasts")).to_contain_text("“notes.mp4” was left out: its content is not")
    expect(page.locator(".upload-row")).to_have_count(0)
    assert not MediaFile.objects.exists()


def test_a_lost_connection_goes_on_where_it_was(long_clip: Path, page: Page) -> None:
    gate = Gate(page, passing=1)
    choose(page, long_clip)
    expect(row(page, "long.mp4")).to_contain_text("39 %")
    next_of(page, gate.held).abort("internetdisconnected")
    expect(row(page, "long.mp4")).to_contain_text("The connection is lost. Trying again…")
    gate.open()
    expect(row(page, "long.mp4")).to_have_attribute("data-status", "processing")
    media = MediaFile.objects.get()
    assert media.received == media.size
    assert gate.offsets == ["0", str(PIECE), str(PIECE), str(2 * PIECE)]


def interrupt(page: Page, gate: Gate) -> None:
    """By a reload, amid its pieces."""
    until_there(page, gate.held)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator(".upload-row")).to_contain_text("interrupted: choose the file again")
    gate.open()


def test_after_a_reload_the_same_file_goes_on_where_it_was(long_clip: Path, page: Page) -> None:
    gate = Gate(page, passing=2)
    choose(page, long_clip)
    interrupt(page, gate)
    choose(page, long_clip)
    expect(page.locator(".upload-row")).to_have_count(1)
    expect(row(page, "long.mp4")).to_have_attribute("data-status", "processing")
    assert gate.offsets == ["0", str(PIECE), str(2 * PIECE), str(2 * PIECE)]
    examine(MediaFile.objects.get().pk)
    expect(row(page, "long.mp4")).to_contain_text("Ready")


@pytest.mark.parametrize(
    "name",
    [
        "a  b.mp4",
        " lead .mp4",
        "\N{WOMAN}\u200d\N{PERSONAL COMPUTER} talks.mp4",
        "\u0645\u06cc\u200c\u0634\u0648\u062f.mp4",
        "Gru\u0308\u00dfe.mp4",
        "mo\u200d\u0308glich\u00a0.mp4",
        "back\\slash.mp4",
        "\u200d.mp4",
    ],
)
def test_a_file_goes_on_after_a_reload_whatever_it_is_called(
    long_clip: Path, page: Page, name: str
) -> None:
    gate = Gate(page, passing=1)
    choose(page, long_clip.rename(long_clip.with_name(name)))
    interrupt(page, gate)
    choose(page, long_clip.with_name(name))
    expect(page.locator(".upload-row")).to_have_attribute("data-status", "processing")
    expect(page.locator(".upload-row")).to_have_count(1)
    assert gate.offsets == ["0", str(PIECE), str(PIECE), str(2 * PIECE)]
    assert MediaFile.objects.count() == 1


def test_another_file_of_that_name_and_size_is_not_put_behind_the_beginning_of_it(
    long_clip: Path, page: Page
) -> None:
    gate = Gate(page, passing=1)
    choose(page, long_clip)
    interrupt(page, gate)
    (other := long_clip.with_name("other") / long_clip.name).parent.mkdir()
    shutil.copy2(long_clip, other)
    with other.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)[0]
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last ^ 1]))
    choose(page, other)
    rows = page.locator(".upload-row")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_have_attribute("data-status", "processing")
    expect(rows.nth(1)).to_contain_text("interrupted: choose the file again")
    assert gate.offsets == ["0", str(PIECE), "0", str(PIECE), str(2 * PIECE)]
    choose(page, long_clip)
    expect(rows.nth(1)).to_have_attribute("data-status", "processing")
    assert gate.offsets[5:] == [str(PIECE), str(2 * PIECE)]


def test_another_file_of_that_size_takes_no_place_of_it(
    open_as: OpenAs, author: User, long_clip: Path
) -> None:
    make_upload(author, "short.mp4", size=long_clip.stat().st_size, received=400)
    page = open_as(author, "/library/")
    choose(page, long_clip)
    expect(row(page, "long.mp4")).to_have_attribute("data-status", "processing")
    expect(row(page, "short.mp4")).to_contain_text("interrupted: choose the file again")


def test_however_long_the_studio_is_away_it_tries_again(long_clip: Path, page: Page) -> None:
    asked: list[Route] = []

    def be_away(route: Route) -> None:
        asked.append(route)
        route.abort()

    page.clock.install()
    page.route("**/library/uploads/**", be_away)
    choose(page, long_clip)
    for _ in range(15):
        until_there(page, asked)
        expect(row(page, "long.mp4")).to_contain_text("The connection is lost. Trying again…")
        asked.clear()
        page.clock.fast_forward("10:00")
    page.unroute("**/library/uploads/**", be_away)
    page.clock.fast_forward(30_000)
    expect(row(page, "long.mp4")).to_have_attribute("data-status", "processing")


def test_it_goes_on_as_soon_as_there_is_a_network(long_clip: Path, page: Page) -> None:
    gate = Gate(page, passing=1)
    choose(page, long_clip)
    until_there(page, gate.held)
    page.clock.install()
    page.context.set_offline(True)
    gate.held.pop().abort("internetdisconnected")
    for _ in range(15):
        page.clock.fast_forward("10:00")
    expect(row(page, "long.mp4")).to_contain_text("39 % of 2.6 MB · The connection is lost.")
    gate.open()
    with page.expect_response(lambda response: response.request.method == "PATCH"):
        page.context.set_offline(False)
    expect(row(page, "long.mp4")).to_have_attribute("data-status", "processing")


def test_one_that_was_chosen_without_a_network_comes_when_there_is_one(
    page: Page,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> None:
    (tmp_path / "one.mp4").write_bytes(clips.mp4)
    page.context.set_offline(True)
    choose(page, tmp_path / "one.mp4")
    expect(row(page, "one.mp4")).to_contain_text("The connection is lost.")
    page.context.set_offline(False)
    expect(row(page, "one.mp4")).to_have_attribute("data-status", "processing")


def test_what_sends_files_is_asked_for_until_it_comes(
    page: Page,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> None:
    (tmp_path / "one.mp4").write_bytes(clips.mp4)
    page.route("**/tus.min*.js", lambda route: route.abort())
    choose(page, tmp_path / "one.mp4")
    expect(row(page, "one.mp4")).to_contain_text("The connection is lost.")
    page.unroute("**/tus.min*.js")
    expect(row(page, "one.mp4")).to_have_attribute("data-status", "processing")


def test_signed_out_meanwhile_it_goes_on_after_signing_in_elsewhere(
    long_clip: Path, page: Page
) -> None:
    gate = Gate(page, passing=1)
    choose(page, long_clip)
    until_there(page, gate.held)
    page.context.clear_cookies(name="lectern_session")
    gate.open()
    expect(row(page, "long.mp4")).to_contain_text("You are signed out: sign in, and it goes on.")
    with page.expect_popup() as opened:
        row(page, "long.mp4").get_by_role("link", name="Sign in").click()
    other = opened.value
    fill_in_sign_in(other)
    expect(other.get_by_role("heading", name="Courses")).to_be_visible()
    other.close()
    expect(row(page, "long.mp4")).to_have_attribute("data-status", "processing")
    assert gate.offsets[-1] == str(2 * PIECE)
    assert MediaFile.objects.count() == 1


def test_a_file_that_is_gone_from_the_disk_says_so_and_goes_on_when_chosen_again(
    long_clip: Path, page: Page
) -> None:
    gate = Gate(page, passing=1)
    choose(page, long_clip)
    until_there(page, gate.held)
    long_clip.rename(long_clip.with_suffix(".kept"))
    gate.held.pop().abort()
    expect(row(page, "long.mp4")).to_contain_text("The file cannot be read any more")
    long_clip.with_suffix(".kept").rename(long_clip)
    gate.open()
    choose(page, long_clip)
    expect(row(page, "long.mp4")).to_have_attribute("data-status", "processing")
    expect(page.locator(".upload-row")).to_have_count(1)
    assert MediaFile.objects.count() == 1


def test_speed_progress_and_the_time_left_are_told_of_each_and_of_all(
    long_clip: Path,
    page: Page,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> None:
    """By a clock of its own: half a piece in a second."""
    (tmp_path / "short.mp4").write_bytes(clips.mp4)
    gate = Gate(page, passing=0)
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    choose(page, long_clip)
    until_there(page, gate.held)
    facts, bar = row(page, "long.mp4").locator("[data-facts]"), page.locator("progress").last
    expect(facts).to_have_text("0 % of 2.6 MB")
    page.clock.run_for(2000)
    next_of(page, gate.held).continue_()
    expect(facts).to_have_text("39 % of 2.6 MB · 524 kB/s · 3 s left")
    expect(bar).to_have_attribute("value", "39")
    expect(page.locator("#upload-all")).to_have_text(
        "1 file on the way · 1.0 MB of 2.6 MB · 3 s left"
    )
    until_there(page, gate.held)
    choose(page, tmp_path / "short.mp4")
    expect(page.locator("#upload-all")).to_contain_text("2 files on the way · 1.0 MB of 2.6 MB")
    page.clock.run_for(1000)
    gate.held.pop(0).continue_()
    expect(facts).to_have_text("79 % of 2.6 MB · 699 kB/s · 1 s left")
    page.clock.run_for(5000)
    expect(facts).to_have_text("79 % of 2.6 MB")
    gate.open()
    expect(page.locator(".upload-row[data-status=processing]")).to_have_count(2)
    expect(page.locator("#upload-all")).to_be_empty()


def test_a_cancelled_upload_is_gone_here_and_there(long_clip: Path, page: Page) -> None:
    gate = Gate(page, passing=1)
    choose(page, long_clip)
    until_there(page, gate.held)
    page.get_by_role("button", name="Cancel the upload of “long.mp4”").click()
    expect(row(page, "long.mp4")).to_have_count(0)
    assert not MediaFile.objects.exists()
    expect(page.locator("#upload-all")).to_be_empty()


def test_one_that_has_not_begun_can_be_cancelled(
    page: Page,
    unanswered: None,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> None:
    for name in ("one.mp4", "two.mp4", "three.mp4", "four.mp4"):
        (tmp_path / name).write_bytes(clips.mp4)
    choose(page, *sorted(tmp_path.glob("*.mp4")))
    waiting = page.locator(".upload-row[data-transfer=waiting]")
    expect(waiting).to_have_count(4)
    waiting.first.get_by_role("button").click()
    expect(page.locator(".upload-row")).to_have_count(3)
    expect(page.locator("#upload-all")).to_contain_text("3 files on the way")


def test_what_is_refused_says_why_and_can_be_tried_again(
    page: Page,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
    settings: Any,
) -> None:
    settings.MEDIA_SPACE_PER_PERSON = 10
    (tmp_path / "large.mp4").write_bytes(clips.mp4)
    choose(page, tmp_path / "large.mp4")
    expect(row(page, "large.mp4")).to_contain_text("Your library has no space left for it.")
    settings.MEDIA_SPACE_PER_PERSON = 1 << 40
    row(page, "large.mp4").get_by_role("button", name="Retry").click()
    expect(row(page, "large.mp4")).to_have_attribute("data-status", "processing")


def test_those_of_which_there_are_too_many_leave_their_places_to_others(
    long_clip: Path, page: Page
) -> None:
    asked: list[str] = []

    def be_full(route: Route) -> None:
        request = route.request
        metadata = request.headers.get("upload-metadata", "").split(",")
        name = next((part.split(" ")[1] for part in metadata if part.startswith("filename ")), "")
        if request.method != "POST" or not base64.b64decode(name).startswith(b"full"):
            route.fallback()
            return
        asked.append(name)
        route.fulfill(
            status=429, body="Too many uploads are unfinished.", content_type="text/plain"
        )

    page.route("**/library/uploads/**", be_full)
    full = [long_clip.with_name(f"full {number}.mp4") for number in range(4)]
    for path in full:
        shutil.copy2(long_clip, path)
    choose(page, *full, long_clip)
    expect(row(page, "full 3.mp4")).to_contain_text("Too many uploads are unfinished.")
    expect(row(page, "long.mp4")).to_have_attribute("data-status", "processing")
    asked.clear()
    until_there(page, asked)  # again and again


def test_all_that_failed_are_tried_again_by_one_button(
    page: Page,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
    settings: Any,
) -> None:
    settings.MEDIA_SPACE_PER_PERSON = 10
    for name in ("one.mp4", "two.mp4", "three.mp4"):
        (tmp_path / name).write_bytes(clips.mp4)
    choose(page, *sorted(tmp_path.glob("*.mp4")))
    expect(page.locator(".upload-row[data-transfer=failed]")).to_have_count(3)
    settings.MEDIA_SPACE_PER_PERSON = 1 << 40
    page.get_by_role("button", name="Retry all").click()
    expect(page.locator(".upload-row[data-status=processing]")).to_have_count(3)
    expect(page.get_by_role("button", name="Retry all")).to_be_hidden()


def test_all_have_their_place_or_their_refusal_before_the_bytes_of_any(
    page: Page, long_clip: Path, tmp_path: Path, settings: Any
) -> None:
    size = long_clip.stat().st_size
    settings.MEDIA_SPACE_PER_PERSON = 5 * size
    for number in range(1, 7):
        (tmp_path / f"{number}.mp4").write_bytes(long_clip.read_bytes())
    Gate(page, passing=0)
    choose(page, *sorted(tmp_path.glob("?.mp4")))
    refused = page.locator(".upload-row[data-transfer=failed]")  # two are announced at a time
    expect(refused).to_contain_text("no space left")
    expect(page.locator(".upload-row[data-transfer=waiting]")).to_have_count(2)
    assert MediaFile.objects.uploading().filter(received=0).count() == 5


def test_one_that_is_cancelled_while_it_is_announced_leaves_nothing(
    page: Page,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> None:
    held: list[Route] = []
    page.route("**/library/uploads/", lambda route: held.append(route))  # noqa: PLW0108
    (tmp_path / "one.mp4").write_bytes(clips.mp4)
    choose(page, tmp_path / "one.mp4")
    until_there(page, held)
    page.get_by_role("button", name="Cancel the upload of “one.mp4”").click()
    with page.expect_response(lambda response: response.request.method == "DELETE"):
        held.pop().continue_()
    assert not MediaFile.objects.exists()


def test_all_videos_of_a_chosen_folder_are_taken(
    page: Page,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> None:
    folder = tmp_path / "week"
    (folder / "inner").mkdir(parents=True)
    for name in ("10 Ten.mp4", "9 Nine.mp4", "inner/Deep.mp4", ".hidden.mp4", "inner/.hidden"):
        (folder / name).write_bytes(clips.mp4)
    (folder / "notes.txt").write_text("Not to be watched.")
    page.set_input_files(".upload-folder input", folder)
    expect(page.locator(".upload-row[data-status=processing]")).to_have_count(3)
    assert page.locator(".upload-row-name").all_inner_texts() == [
        "9 Nine.mp4",
        "10 Ten.mp4",
        "Deep.mp4",
    ]
    expect(page.locator("#toasts")).to_contain_text("“notes.txt” was left out: its content is not")


def test_what_is_dropped_is_taken(page: Page, clips: Clips) -> None:  # noqa: F811
    page.evaluate(
        """bytes => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(bytes)], "dropped.mp4"));
          for (const type of ["dragover", "drop"])
            document.body.dispatchEvent(
              new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        list(clips.mp4),
    )
    expect(row(page, "dropped.mp4")).to_have_attribute("data-status", "processing")


def test_a_dropped_folder_is_taken_but_for_what_cannot_be_read(page: Page, clips: Clips) -> None:  # noqa: F811
    """Scripts can make no entries of folders: these behave as Chromium's do."""
    page.evaluate(
        """bytes => {
          const file = (name) => ({
            name, isFile: true, file: (take) => take(new File([new Uint8Array(bytes)], name)) });
          const lost = {
            name: "lost.mp4", isFile: true, file: (_, fail) => fail(new DOMException("", "NotFoundError")) };
          const folder = (name, ...parts) => ({
            name, isFile: false,
            createReader: () => ({ readEntries: (take) => take(parts.shift() ?? []) }) });
          const inner = folder("inner", [file("b.mp4"), file(".hidden.mp4")], [file("c.mp4")]);
          const dropped = folder("week", [file("a.mp4"), lost, inner]);
          const event = new Event("drop", { bubbles: true, cancelable: true });
          event.dataTransfer = {
            types: ["Files"], files: [], items: [{ webkitGetAsEntry: () => dropped }] };
          document.body.dispatchEvent(event);
        }""",
        list(clips.mp4),
    )
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        expect(row(page, name)).to_have_attribute("data-status", "processing")
    expect(page.locator(".upload-row")).to_have_count(3)
    expect(page.locator("#toasts")).to_contain_text(
        "“lost.mp4” could not be read, and was left out."
    )


def test_an_upload_of_another_day_can_be_ended(open_as: OpenAs, author: User) -> None:
    make_upload(author, "old.mp4", size=1000, received=400)
    page = open_as(author, "/library/")
    expect(row(page, "old.mp4")).to_contain_text("40 %")
    page.get_by_role("button", name="Cancel the upload of “old.mp4”").click()
    expect(row(page, "old.mp4")).to_have_count(0)
    assert not MediaFile.objects.exists()


def test_without_scripts(
    open_as: OpenAs,
    author: User,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> None:
    page = open_as(author, "/library/", java_script_enabled=False)
    (tmp_path / "one.mp4").write_bytes(clips.mp4)
    (tmp_path / "two.webm").write_bytes(clips.vp9)
    choose(page, tmp_path / "one.mp4", tmp_path / "two.webm")
    page.click(".upload-send")
    expect(page.locator("#toasts")).to_contain_text("2 files are uploaded and being read.")
    assert sorted(MediaFile.objects.values_list("name", "status")) == [
        ("one.mp4", "processing"),
        ("two.webm", "processing"),
    ]


def test_what_has_arrived_joins_the_files_of_the_library(
    open_as: OpenAs,
    author: User,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> None:
    make_media(author, "before.mp4")
    page = open_as(author, "/library/")
    (tmp_path / "new.mp4").write_bytes(clips.mp4)
    choose(page, tmp_path / "new.mp4")
    expect(row(page, "new.mp4")).to_have_attribute("data-status", "processing")
    examine(MediaFile.objects.get(name="new.mp4").pk)
    expect(page.locator("#found-files")).to_contain_text("new.mp4")


@pytest.fixture
def editor(open_as: OpenAs, author: User) -> Page:
    """Of a course with one chapter, its picker open."""
    chapter = make_chapter(make_course(author))
    page = open_as(author, f"/courses/{chapter.course_id}/", expect="Failed to load")
    page.get_by_role("link", name="Add videos").click()
    expect(page.locator("#upload-zone")).to_be_visible()
    return page


def test_a_picker_that_is_opened_again_shows_what_is_on_its_way(
    editor: Page,
    clips: Clips,  # noqa: F811
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
    expect(editor.locator("#upload-all")).to_contain_text("5 files on the way")
    gate.open()
    expect(editor.locator(".upload-row[data-status=processing]")).to_have_count(5)


def test_what_is_refused_after_the_picker_was_closed_is_told_and_can_be_tried_again(
    editor: Page,
    clips: Clips,  # noqa: F811
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


def drop(page: Page, on: str, files: dict[str, bytes]) -> None:
    page.evaluate(
        """([on, files]) => {
          const transfer = new DataTransfer();
          for (const [name, bytes] of files)
            transfer.items.add(new File([new Uint8Array(bytes)], name));
          for (const type of ["dragover", "drop"])
            document.querySelector(on).dispatchEvent(
              new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        [on, [[name, list(content)] for name, content in files.items()]],
    )


def test_files_dropped_onto_the_picker_are_picked_and_their_rows_link_when_they_are_there(
    open_as: OpenAs,
    author: User,
    welcome: MediaFile,
    long_clip: Path,
    clips: Clips,  # noqa: F811
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
    page.click("[data-picker-submit]")
    video = page.locator(".video-row")
    expect(video).to_have_count(1)
    expect(video).to_contain_text("Uploading 39 %")
    gate.open()
    expect(video).to_contain_text("Linking…")
    perform_link(Video.objects.get().pk)
    expect(video).to_have_attribute("data-status", "linked")
    expect(video.locator("img")).to_have_count(1)


@pytest.fixture
def welcome(author: User, clips: Clips) -> MediaFile:  # noqa: F811
    media = take_in(author, "Welcome.mp4", io.BytesIO(clips.mp4))
    examine(media.pk)
    return media


@pytest.fixture
def again(
    welcome: MediaFile,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> Path:
    """The same bytes by another name."""
    path = tmp_path / "Again.mp4"
    path.write_bytes(clips.mp4)
    return path


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


def test_a_new_version_takes_the_place_on_the_page_of_its_file(
    open_as: OpenAs,
    author: User,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> None:
    media = take_in(author, "01 Welcome.mp4", io.BytesIO(clips.mp4))
    examine(media.pk)
    page = open_as(author, f"/library/{media.pk}/")
    (tmp_path / "better.webm").write_bytes(clips.vp9)
    choose(page, tmp_path / "better.webm")
    expect(row(page, "better.webm")).to_have_attribute("data-status", "processing")
    examine(media.versions.get().pk)
    expect(page.locator(".media-former")).to_contain_text("replaced just now")
    expect(page.locator(".facts")).to_contain_text("VP9")
    page.get_by_role("button", name="Bring back").click()
    expect(page.locator(".facts")).to_contain_text("H.264")
