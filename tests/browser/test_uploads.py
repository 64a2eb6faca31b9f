"""Uploads as an instructor sees them: rows at once, and what is refused says why."""

import base64
import io
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from accounts.models import User
from config.template_tags import bytes_for_people
from media_library.file_errors import CodecNotPlayable
from media_library.intake import examine
from media_library.models import MediaFile
from media_library.uploads import take_in
from tests.browser.conftest import OpenAs, next_of, until_there
from tests.browser.sending import Gate, choose, drop, row
from tests.clips import Clips
from tests.factories import make_media, make_upload


@pytest.fixture
def page(open_as: OpenAs, author: User) -> Page:
    return open_as(author, "/library/", expect=r"Failed to load|ERR_")


@pytest.fixture
def unanswered(page: Page) -> Iterator[None]:
    """The studio says nothing to what is announced, until the test is over."""
    held: list[Route] = []
    page.route("**/library/uploads/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright wants a function
    yield
    for route in held:
        route.abort()
    page.close()


def test_each_file_has_its_row_at_once(
    page: Page,
    unanswered: None,
    clips: Clips,
    tmp_path: Path,
) -> None:
    for name in ("one.mp4", "two.mp4", "three.mp4", "four.mp4", "five.mp4"):
        (tmp_path / name).write_bytes(clips.mp4)
    choose(page, *sorted(tmp_path.glob("*.mp4")))
    expect(page.locator(".upload-row")).to_have_count(5)
    expect(page.locator(".upload-row[data-transfer=waiting]")).to_have_count(5)
    expect(page.locator("#upload-all")).to_contain_text("0 of 5 files")
    assert not MediaFile.objects.exists()


def test_what_has_arrived_is_shown_as_what_becomes_of_it(
    open_as: OpenAs,
    author: User,
    clips: Clips,
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


def test_what_became_of_some_is_shown_while_others_are_still_on_their_way(
    open_as: OpenAs,
    author: User,
    clips: Clips,
    tmp_path: Path,
) -> None:
    """Also if each second another one arrives. By a clock of its own."""
    make_media(author, "before.mp4", size=10)
    page = open_as(author, "/library/")
    for number in range(4):
        (tmp_path / f"{number}.mp4").write_bytes(clips.truncated)
    gate = Gate(page, passing=0)
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    choose(page, *sorted(tmp_path.glob("?.mp4")))
    for _ in range(3):
        until_there(page, gate.held)
        route = gate.held.pop(0)
        media_id = route.request.url.split("/")[-2]
        route.continue_()
        expect(page.locator(f"#upload-{media_id}")).to_contain_text("arrived")
        examine(UUID(media_id))
        page.clock.run_for(600)
    broken = page.locator(".upload-row[data-status=broken]")
    expect(broken.first).to_contain_text("Broken")
    expect(page.locator("#number-broken")).not_to_be_empty()
    expect(page.locator("#space-taken")).not_to_have_text("10 bytes")
    page.clock.run_for(1000)
    expect(page.locator(".media-card")).to_have_count(5)
    expect(page.locator(".upload-row[data-status=uploading]")).to_have_count(1)
    gate.open()


def test_a_file_that_is_no_video_is_not_sent(page: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("Only its name is that of a video.")
    (tmp_path / "empty.mp4").touch()
    choose(page, tmp_path / "notes.mp4", tmp_path / "empty.mp4")
    expect(page.locator("#toasts")).to_contain_text(
        "“notes.mp4” was left out: its content is not that of a video"
    )
    expect(page.locator("#toasts")).to_contain_text("“empty.mp4” was left out: it is empty.")
    expect(page.locator(".upload-row")).to_have_count(0)
    assert not MediaFile.objects.exists()


def test_another_kind_of_video_is_not_sent_and_it_is_said_what_to_convert_it_to(
    page: Page,
    tmp_path: Path,
    clips: Clips,
) -> None:
    files = {**clips.not_for_browsers, "k.mkv": clips.h264_in_matroska}
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
        f"“a.ogv” and {len(files) - 1} more were left out. {CodecNotPlayable.sentence}"
    )
    names = page.locator("#toasts details li")
    expect(names.first).to_be_hidden()  # an alert is read out
    page.get_by_text("All of them").click()
    expect(names.first).to_be_visible()
    expect(names).to_have_text(sorted(files))
    expect(page.locator("#toasts")).to_contain_text("“notes.mp4” was left out: its content is not")
    expect(page.locator(".upload-row")).to_have_count(0)
    assert not MediaFile.objects.exists()


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
    clips: Clips,
    tmp_path: Path,
) -> None:
    for name in ("one.mp4", "two.mp4", "three.mp4", "four.mp4"):
        (tmp_path / name).write_bytes(clips.mp4)
    choose(page, *sorted(tmp_path.glob("*.mp4")))
    waiting = page.locator(".upload-row[data-transfer=waiting]")
    expect(waiting).to_have_count(4)
    waiting.first.get_by_role("button").click()
    expect(page.locator(".upload-row")).to_have_count(3)
    expect(page.locator("#upload-all")).to_contain_text("0 of 3 files")


def test_all_that_was_begun_together_is_told_as_one(
    page: Page, clips: Clips, tmp_path: Path
) -> None:
    for number in range(5):
        (tmp_path / f"{number}.mp4").write_bytes(clips.mp4)
    first, last = sorted(tmp_path.glob("[0-3].mp4")), tmp_path / "4.mp4"
    gate = Gate(page, passing=1)
    choose(page, *first)
    line, size = page.locator("#upload-all"), len(clips.mp4)

    def told(there: int, of: int) -> re.Pattern[str]:
        """Whether or not it says for how long."""
        sizes = f"{bytes_for_people(there * size)} of {bytes_for_people(of * size)}"
        return re.compile(rf"^{there} of {of} files · {sizes}( · .* left)?$")

    expect(line).to_have_text(told(1, 4))
    page.get_by_role("button", name="Cancel the upload of “3.mp4”").click()
    expect(line).to_have_text(told(1, 3))
    choose(page, last)
    expect(line).to_have_text(told(1, 4))
    gate.open()
    expect(page.locator(".upload-row[data-status=processing]")).to_have_count(4)
    expect(line).to_be_empty()
    expect(page.locator("#live")).to_have_text("The uploads are over.")


def test_what_is_cancelled_is_over_whatever_is_still_heard_of_it(
    long_clip: Path, page: Page
) -> None:
    page.evaluate("() => { XMLHttpRequest.prototype.abort = () => {} }")  # it had left already
    gate = Gate(page, passing=0)
    choose(page, long_clip)
    piece = next_of(page, gate.held)
    page.get_by_role("button", name="Cancel the upload of “long.mp4”").click()
    expect(row(page, "long.mp4")).to_have_count(0)
    with page.expect_response(lambda response: response.request.method == "PATCH"):
        piece.continue_()
    expect(page.locator("#upload-all")).to_be_empty()
    expect(page.locator("#toasts .toast-bad")).to_have_count(0)


def test_the_end_of_one_takes_no_rows_of_others_from_the_page(
    page: Page, clips: Clips, tmp_path: Path
) -> None:
    """Where nothing is listed yet, however late the studio says that it is ended. By a clock of its own."""
    for name in ("one.mp4", "two.mp4"):
        (tmp_path / name).write_bytes(clips.mp4)
    gate = Gate(page, passing=0)
    held: list[Route] = []
    page.route("**/uploads/*/end/", lambda route: held.append(route))  # noqa: PLW0108
    page.clock.install()
    choose(page, tmp_path / "one.mp4", tmp_path / "two.mp4")
    until_there(page, gate.held)  # all are announced before
    page.get_by_role("button", name="Cancel the upload of “one.mp4”").click()
    until_there(page, held)
    gate.open()
    expect(row(page, "two.mp4")).to_have_attribute("data-status", "processing")
    held.pop().continue_()
    expect(row(page, "one.mp4")).to_have_count(0)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))  # noqa: PLW0108
    page.clock.run_for(5000)
    expect(row(page, "two.mp4")).to_have_attribute("data-status", "processing")
    assert not any(one.is_navigation_request() for one in sent)


def test_by_keyboard_one_after_the_other_is_cancelled(
    page: Page, unanswered: None, author: User, clips: Clips, tmp_path: Path
) -> None:
    """Whether the studio has heard of it or not."""
    make_upload(author, "old.mp4")
    page.reload()
    for name in ("1.mp4", "2.mp4"):
        (tmp_path / name).write_bytes(clips.mp4)
    choose(page, *sorted(tmp_path.glob("?.mp4")))
    expect(page.locator(".upload-row")).to_have_count(3)

    def cancel(name: str) -> Locator:
        return page.get_by_role("button", name=f"Cancel the upload of “{name}”")

    cancel("2.mp4").press("Enter")
    expect(cancel("old.mp4")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".upload-row")).to_have_count(1)
    expect(cancel("1.mp4")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".upload-row")).to_have_count(0)
    expect(page.locator("[name=videos]")).to_be_focused()


def test_what_is_refused_says_why_and_can_be_tried_again(
    page: Page,
    clips: Clips,
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
    clips: Clips,
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
    expect(page.locator("#upload-all")).to_contain_text("0 of 5 files")
    assert MediaFile.objects.uploading().filter(received=0).count() == 5


def test_one_that_is_cancelled_while_it_is_announced_leaves_nothing(
    page: Page,
    clips: Clips,
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
    clips: Clips,
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


def test_what_is_dropped_is_taken(page: Page, clips: Clips) -> None:
    drop(page, "body", {"dropped.mp4": clips.mp4})
    expect(row(page, "dropped.mp4")).to_have_attribute("data-status", "processing")


def test_a_dropped_folder_is_taken_but_for_what_cannot_be_read(page: Page, clips: Clips) -> None:
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
        "“lost.mp4” was left out: it could not be read."
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
    clips: Clips,
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
    clips: Clips,
    tmp_path: Path,
) -> None:
    make_media(author, "before.mp4")
    page = open_as(author, "/library/")
    (tmp_path / "new.mp4").write_bytes(clips.mp4)
    choose(page, tmp_path / "new.mp4")
    expect(row(page, "new.mp4")).to_have_attribute("data-status", "processing")
    examine(MediaFile.objects.get(name="new.mp4").pk)
    expect(page.locator("#found-files")).to_contain_text("new.mp4")


def scrolled_down(page: Page) -> None:
    page.locator(".media-card").last.scroll_into_view_if_needed()
    assert page.evaluate("document.querySelector('#found').getBoundingClientRect().top") < -400


def test_cards_tell_what_became_of_their_files_wherever_one_is_in_the_list(
    open_as: OpenAs, author: User, clips: Clips, tmp_path: Path
) -> None:
    """And the list is shown as it is now once nothing is on its way, also if the last one came to nothing."""
    for number in range(30):
        make_media(author, f"before {number}.mp4")
    page = open_as(
        author, "/library/", viewport={"width": 600, "height": 400}, expect="Failed to load"
    )
    gate = Gate(page, passing=0)
    held: list[Route] = []
    for name in ("good.mp4", "late.mp4"):
        (tmp_path / name).write_bytes(clips.mp4)
        choose(page, tmp_path / name)
        held.append(next_of(page, gate.held))
    good, late = held
    page.get_by_role("searchbox").press("Enter")
    card = page.locator(".media-card", has_text="good.mp4")
    expect(card).to_contain_text("Uploading 0 %")
    scrolled_down(page)
    good.continue_()
    expect(row(page, "good.mp4")).to_have_attribute("data-status", "processing")
    make_media(author, "meanwhile.mp4")
    examine(MediaFile.objects.get(name="good.mp4").pk)
    expect(card).to_contain_text("H.264")
    expect(page.locator(".media-card", has_text="meanwhile")).to_have_count(0)
    late.fulfill(status=507, body="No space.", content_type="text/plain")
    expect(row(page, "late.mp4")).to_contain_text("No space.")
    expect(page.locator(".media-card", has_text="meanwhile")).to_have_count(1)


def asked_by_a_clock_of_its_own(page: Page, clips: Clips, tmp_path: Path) -> list[Route]:
    """For what became of new.mp4, a first time: the questions are held."""
    (tmp_path / "new.mp4").write_bytes(clips.mp4)
    held: list[Route] = []
    page.route("**/uploads/rows/**", lambda route: held.append(route))  # noqa: PLW0108
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    choose(page, tmp_path / "new.mp4")
    expect(row(page, "new.mp4")).to_have_attribute("data-status", "processing")
    page.clock.run_for(1000)
    return held


def test_nothing_is_lost_where_answers_are_slow(
    open_as: OpenAs, author: User, clips: Clips, tmp_path: Path
) -> None:
    """Slower than it is asked for."""
    make_media(author, "before.mp4")
    page = open_as(author, "/library/")
    held = asked_by_a_clock_of_its_own(page, clips, tmp_path)
    first = next_of(page, held)
    page.clock.run_for(3000)
    with page.expect_response("**/uploads/rows/**"):
        first.continue_()
    waited_for(page, held)
    examine(MediaFile.objects.get(name="new.mp4").pk)
    held.pop().continue_()
    expect(row(page, "new.mp4")).to_contain_text("Ready")
    page.clock.run_for(1000)
    expect(page.locator("#found-files")).to_contain_text("new.mp4")


def waited_for(page: Page, held: list[Route]) -> float:
    """The seconds of the page until it has asked again."""
    for tenths in range(1, 600):
        page.clock.run_for(100)
        if held:
            return tenths / 10
    raise AssertionError("nothing was asked")


def test_a_studio_that_does_not_answer_is_asked_less_and_less_often(
    open_as: OpenAs, author: User, clips: Clips, tmp_path: Path
) -> None:
    page = open_as(author, "/library/", expect="Failed to|ERR_")
    held = asked_by_a_clock_of_its_own(page, clips, tmp_path)
    for seconds in (2, 4, 8):
        with page.expect_event("requestfailed"):
            next_of(page, held).abort()
        assert waited_for(page, held) >= seconds
    with page.expect_response("**/uploads/rows/**"):
        held.pop().continue_()
    expect(page.locator("#upload-rows.htmx-request")).to_have_count(
        0
    )  # or its clock would run meanwhile
    assert waited_for(page, held) < 2
    held.pop().continue_()


def test_a_new_version_takes_the_place_on_the_page_of_its_file(
    open_as: OpenAs,
    author: User,
    clips: Clips,
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
