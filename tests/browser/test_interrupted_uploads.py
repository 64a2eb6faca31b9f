"""Whatever ends the line ends no upload."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from media_library.intake import examine
from media_library.models import MediaFile
from tests.browser.conftest import PIECE, OpenAs, fill_in_sign_in, next_of, until_there
from tests.browser.sending import Gate, choose, row
from tests.clips import Clips
from tests.factories import make_media, make_upload


@pytest.fixture
def page(open_as: OpenAs, author: User) -> Page:
    return open_as(author, "/library/", expect=r"Failed to load|ERR_")


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


def test_cards_say_how_far_it_is_as_rows_do_and_whether_it_was_interrupted(
    long_clip: Path, open_as: OpenAs, author: User
) -> None:
    make_media(author, "before.mp4")
    page = open_as(author, "/library/", expect="Failed to load|ERR_")
    gate = Gate(page, passing=1)
    choose(page, long_clip)
    card = page.locator(".media-card", has_text="long.mp4")
    until_there(page, gate.held)
    page.get_by_role("searchbox").fill("long")
    expect(card).to_contain_text("Uploading 39 %")
    next_of(page, gate.held).continue_()
    expect(row(page, "long.mp4")).to_contain_text("79 %")
    expect(card).to_contain_text("Uploading 79 %")
    interrupt(page, gate)
    expect(card).to_contain_text("Interrupted at 79 %")
    expect(card.locator(".chip .icon")).to_be_hidden()
    gate.passing = 0
    choose(page, long_clip)
    expect(card).to_contain_text("Uploading 79 %")
    gate.open()
    expect(card).to_contain_text("Processing…")


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
    clips: Clips,
    tmp_path: Path,
) -> None:
    (tmp_path / "one.mp4").write_bytes(clips.mp4)
    page.context.set_offline(True)
    choose(page, tmp_path / "one.mp4")
    expect(row(page, "one.mp4")).to_contain_text("The connection is lost.")
    page.context.set_offline(False)
    expect(row(page, "one.mp4")).to_have_attribute("data-status", "processing")


def test_what_became_of_it_is_asked_for_in_silence_until_there_is_a_network(
    open_as: OpenAs, author: User, clips: Clips, tmp_path: Path
) -> None:
    make_media(author, "before.mp4")  # else the page is loaded anew when there is one
    page = open_as(author, "/library/", expect="Failed to load|ERR_|htmx:error")
    (tmp_path / "one.mp4").write_bytes(clips.mp4)
    choose(page, tmp_path / "one.mp4")
    expect(row(page, "one.mp4")).to_contain_text("Processing…")
    for _ in range(2):
        with page.expect_event("requestfailed", lambda request: "/rows/" in request.url):
            page.context.set_offline(True)
    expect(page.locator("#toasts")).to_be_empty()
    examine(MediaFile.objects.get(name="one.mp4").pk)
    page.context.set_offline(False)
    expect(row(page, "one.mp4")).to_contain_text("Ready")


def test_what_sends_files_is_asked_for_until_it_comes(
    page: Page,
    clips: Clips,
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
    clips: Clips,
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
    expect(page.locator("#upload-all")).to_contain_text("0 of 2 files · 1.0 MB of 2.6 MB")
    page.clock.run_for(1000)
    gate.held.pop(0).continue_()
    expect(facts).to_have_text("79 % of 2.6 MB · 699 kB/s · 1 s left")
    page.clock.run_for(5000)
    expect(facts).to_have_text("79 % of 2.6 MB")
    gate.open()
    expect(page.locator(".upload-row[data-status=processing]")).to_have_count(2)
    expect(page.locator("#upload-all")).to_be_empty()
