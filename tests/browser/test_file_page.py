"""The page of a file in a browser: it plays, seeks, shows captions; any frame becomes its poster."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from config.dev.clips import Encoding, encode
from media_library import frames
from media_library.intake import examine
from media_library.models import Captions, MediaFile
from media_library.uploads import take_in
from tests.browser.conftest import OpenAs
from tests.browser.sending import choose, row
from tests.clips import Clips
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 6
SILENT = 0
VTT = "WEBVTT\n\n00:00.000 --> 00:03.000\nAt <i>first</i>\n\n00:03.000 --> 00:06.000\n<v Ada>And then\n"
PLAYER = "document.querySelector('video')"

TakeIn = Callable[[bytes], MediaFile]


def grey(moment: float) -> Image.Image:
    return Image.new("L", (64, 36), round(255 * moment / SECONDS)).convert("RGB")


def noise(_: float) -> Image.Image:
    return Image.frombytes("RGB", (480, 270), os.urandom(480 * 270 * 3))


@pytest.fixture
def taken_in(author: User) -> TakeIn:
    def taken_in(content: bytes) -> MediaFile:
        media = take_in(author, "Looms and mills.mp4", io.BytesIO(content))
        examine(media.pk)
        media.refresh_from_db()
        assert media.status == "ready", media.reason
        return media

    return taken_in


def address(media: MediaFile) -> str:
    return f"/library/{media.pk}/"


def until(page: Page, condition: str) -> None:
    """Playwright's own way needs eval, which the pages forbid."""
    for _ in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"never: {condition}; it is {page.evaluate(f'{PLAYER}.currentTime')}")


@pytest.mark.parametrize(
    "encoding",
    [
        Encoding("mp4", "h264", "aac"),
        Encoding("webm", "vp9", "opus"),
        Encoding("mov", "h264", "aac"),
        Encoding("matroska", "vp9", "opus"),
    ],
    ids=lambda encoding: encoding.container,
)
def test_it_plays_and_seeks(
    open_as: OpenAs, author: User, taken_in: TakeIn, encoding: Encoding
) -> None:
    media = taken_in(encode(grey, SECONDS, encoding))
    page = open_as(author, address(media))
    until(page, f"{PLAYER}.readyState >= 1 && Math.abs({PLAYER}.duration - 6) < 0.3")
    page.evaluate(f"{PLAYER}.muted = true; {PLAYER}.play()")
    until(page, f"{PLAYER}.currentTime > 0.3")
    page.evaluate(f"{PLAYER}.currentTime = 4")
    until(page, f"!{PLAYER}.seeking && {PLAYER}.currentTime > 4.2")
    page.evaluate(f"{PLAYER}.currentTime = 0.5")
    until(page, f"!{PLAYER}.seeking && {PLAYER}.currentTime > 0.5 && {PLAYER}.currentTime < 4")
    assert page.evaluate(f"{PLAYER}.error") is None


def test_a_large_one_is_read_in_parts_only(open_as: OpenAs, author: User, taken_in: TakeIn) -> None:
    media = taken_in(encode(noise, 40, Encoding("mp4", "h264")))
    assert media.size > 16 << 20
    page = open_as(author)
    answers: list[tuple[int, int]] = []
    page.on(
        "response",
        lambda answer: (
            answers.append((answer.status, int(answer.headers.get("content-length", 0))))
            if "/file/?" in answer.url
            else None
        ),
    )
    page.goto(address(media))
    until(page, f"{PLAYER}.readyState >= 1")
    page.evaluate(f"{PLAYER}.currentTime = 30")
    until(page, f"!{PLAYER}.seeking && {PLAYER}.readyState >= 2")
    assert {status for status, _ in answers} == {206}
    assert max(length for _, length in answers) <= 2 << 20


def test_it_shows_captions(open_as: OpenAs, author: User, taken_in: TakeIn) -> None:
    media = taken_in(encode(grey, SECONDS, Encoding()))
    Captions.objects.put(media, "en", VTT)
    page = open_as(author, address(media))
    tracks = page.evaluate(
        f"[...{PLAYER}.textTracks].map(track => [track.kind, track.language, track.label])"
    )
    assert tracks == [["captions", "en", "English"]]
    page.evaluate(f"{PLAYER}.textTracks[0].mode = 'showing'; {PLAYER}.currentTime = 1")
    text = f"[...({PLAYER}.textTracks[0].activeCues ?? [])].map(cue => cue.text).join()"
    until(page, f"{text} === 'At <i>first</i>'")
    page.evaluate(f"{PLAYER}.currentTime = 4")
    until(page, f"{text} === '<v Ada>And then'")


@pytest.mark.parametrize("expired", [403, SILENT])
def test_a_player_whose_link_has_expired_goes_on_where_it_was(
    open_as: OpenAs, author: User, taken_in: TakeIn, expired: int
) -> None:
    """From a host of its own, a refusal is no error to Chromium for half a minute: it asks again."""
    media = taken_in(encode(noise, 40, Encoding("mp4", "h264")))
    page = open_as(author, expect="403|404")
    link = {"answers": 200, "loads": 0}
    unanswered: list[Route] = []

    def answer(route: Route) -> None:
        """Whoever asks from the start gets a new link."""
        if route.request.headers.get("range") == "bytes=0-":
            link["loads"] += 1
            link["answers"] = 200 if link["answers"] == expired else link["answers"]
        if link["answers"] == 200:
            route.continue_()
        elif link["answers"] == SILENT:
            unanswered.append(route)
        else:
            route.fulfill(status=link["answers"], body="expired")

    page.route("**/file/?v=*", answer)
    page.goto(address(media))
    until(page, f"{PLAYER}.readyState >= 1")
    assert link["loads"] == 1
    link["answers"] = expired
    # After player.js has heard of it: it listens nearer to the window.
    page.evaluate(f"{PLAYER}.onseeked = () => document.body.dataset.seeked = ''; null")
    page.evaluate(f"{PLAYER}.playbackRate = 1.5; {PLAYER}.currentTime = 33")
    until(page, f"'seeked' in document.body.dataset && {PLAYER}.readyState >= 2")
    assert link["loads"] == 2
    assert page.evaluate(f"{PLAYER}.error") is None
    assert page.evaluate(f"[{PLAYER}.currentTime, {PLAYER}.playbackRate]") == [33, 1.5]
    expect(page.locator("[data-player-trouble]")).to_be_hidden()
    link["answers"] = 404
    page.evaluate(f"{PLAYER}.currentTime = 20")
    expect(page.locator("[data-player-trouble]")).to_be_visible(timeout=15_000)
    assert link["loads"] == 3
    for route in unanswered:
        route.abort()


def test_a_frame_becomes_the_poster_while_the_player_stands_where_it_was(
    open_as: OpenAs, author: User, taken_in: TakeIn
) -> None:
    media = taken_in(encode(grey, SECONDS, Encoding()))
    page = open_as(author, address(media), expect="422")
    until(page, f"{PLAYER}.readyState >= 1")
    page.evaluate(f"{PLAYER}.currentTime = 5; {PLAYER}.mark = 'the same'")
    expect(page.get_by_label("Second")).to_have_value("5.00")
    before = page.locator(".media-file-poster img").get_attribute("src")
    page.get_by_role("button", name="Use this frame").click()
    expect(page.locator(".media-file-poster")).to_contain_text("Drawing the frame at 0:05…")
    frames.draw(media.pk)
    expect(page.locator(".media-file-poster")).not_to_contain_text("Drawing")
    after = page.locator(".media-file-poster img").get_attribute("src")
    assert after != before
    assert page.locator("video").get_attribute("poster") == after
    assert page.evaluate(f"[{PLAYER}.currentTime, {PLAYER}.mark]") == [5, "the same"]
    page.get_by_label("Second").fill("99")
    page.get_by_role("button", name="Use this frame").click()
    expect(page.locator("#id_seconds-error")).to_have_text("The video is not that long.")


def test_what_a_browser_wrote_on_a_field_is_not_copied_when_its_form_is_refused(
    open_as: OpenAs, author: User
) -> None:
    """A text field that was made taller, or an extension's mark: the pages allow no style that is copied."""
    page = open_as(author, address(make_media(author)), expect="422")
    page.get_by_label("Second").fill("99")
    page.evaluate("document.getElementById('id_seconds').style.inlineSize = '9rem'")
    page.get_by_role("button", name="Use this frame").click()
    expect(page.locator("#id_seconds-error")).to_have_text("The video is not that long.")


def stand_at_five_with_another_second_typed(page: Page) -> None:
    until(page, f"{PLAYER}.readyState >= 1")
    # After frame.js has heard of it: it listens nearer to the window.
    page.evaluate(f"{PLAYER}.onseeked = () => document.body.dataset.seeked = ''; null")
    page.evaluate(f"{PLAYER}.currentTime = 5; {PLAYER}.mark = 'the same'")
    until(page, "'seeked' in document.body.dataset")
    page.get_by_label("Second").fill("2.5")
    page.get_by_label("Second").blur()


def test_a_version_that_is_refused_leaves_the_player_and_what_is_typed(
    open_as: OpenAs, author: User, taken_in: TakeIn, clips: Clips, tmp_path: Path
) -> None:
    media = taken_in(encode(grey, SECONDS, Encoding()))
    page = open_as(author, address(media))
    stand_at_five_with_another_second_typed(page)
    (tmp_path / "cut off.mp4").write_bytes(clips.truncated)
    choose(page, tmp_path / "cut off.mp4")
    expect(row(page, "cut off.mp4")).to_have_attribute("data-status", "processing")
    examine(media.versions.get().pk)
    expect(page.locator(".media-version")).to_contain_text("The file is incomplete")
    expect(page.locator(".upload-row")).to_have_count(0)
    expect(page.locator("[data-clears-uploads]")).to_be_hidden()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".media-version")).to_have_count(0)
    assert page.evaluate(f"[{PLAYER}.currentTime, {PLAYER}.mark]") == [5, "the same"]
    expect(page.get_by_label("Second")).to_have_value("2.5")


def test_versions_that_were_refused_are_dismissed_one_after_the_other(
    open_as: OpenAs, author: User
) -> None:
    media = make_media(author)
    for name in ("first.mp4", "second.mp4"):
        make_media(author, name, version_of=media, status="broken", reason="cut_off")
    page = open_as(author, address(media))
    for name in ("second.mp4", "first.mp4"):
        expect(page.locator(".media-version")).to_contain_text(name)
        page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".media-version")).to_have_count(0)
    assert not media.versions.exists()


def test_a_version_that_takes_the_place_is_what_the_player_plays(
    open_as: OpenAs, author: User, taken_in: TakeIn, clips: Clips, tmp_path: Path
) -> None:
    media = taken_in(encode(grey, SECONDS, Encoding()))
    page = open_as(author, address(media))
    stand_at_five_with_another_second_typed(page)
    page.get_by_label("WebVTT or SRT file").set_input_files(
        {"name": "x.vtt", "mimeType": "text/vtt", "buffer": VTT.encode()}
    )
    (tmp_path / "shorter.webm").write_bytes(clips.vp9)
    choose(page, tmp_path / "shorter.webm")
    expect(row(page, "shorter.webm")).to_have_attribute("data-status", "processing")
    assert page.evaluate(f"[{PLAYER}.currentTime, {PLAYER}.mark]") == [5, "the same"]
    examine(media.versions.get().pk)
    expect(page.locator(".media-former")).to_contain_text("replaced just now")
    until(page, f"{PLAYER}.readyState >= 1 && {PLAYER}.duration < 2")
    assert page.evaluate(f"{PLAYER}.currentTime") == 0
    expect(page.locator("#id_file")).to_have_value(re.compile("x.vtt"))


def test_a_page_that_is_opened_meanwhile_says_when_the_version_has_taken_the_place(
    open_as: OpenAs, author: User, taken_in: TakeIn, clips: Clips, tmp_path: Path
) -> None:
    media = taken_in(encode(grey, SECONDS, Encoding()))
    page = open_as(author, address(media))
    (tmp_path / "shorter.webm").write_bytes(clips.vp9)
    choose(page, tmp_path / "shorter.webm")
    expect(row(page, "shorter.webm")).to_have_attribute("data-status", "processing")
    page.reload()
    expect(page.locator(".media-version")).to_contain_text("Processing…")
    examine(media.versions.get().pk)
    expect(page.locator(".media-former")).to_contain_text("replaced just now")


def test_a_version_whose_upload_is_cancelled_is_on_its_way_no_more(
    open_as: OpenAs, author: User, taken_in: TakeIn
) -> None:
    media = taken_in(encode(grey, SECONDS, Encoding()))
    make_upload(author, "better.mp4", version_of=media)
    page = open_as(author, address(media))
    expect(page.locator(".media-version")).to_contain_text("Uploading 0 %")
    stand_at_five_with_another_second_typed(page)
    page.get_by_role("button", name="Cancel the upload of “better.mp4”").click()
    expect(page.locator(".media-version")).to_have_count(0)
    assert page.evaluate(f"[{PLAYER}.currentTime, {PLAYER}.mark]") == [5, "the same"]
    expect(page.get_by_label("Second")).to_have_value("2.5")


def test_the_page_of_a_file_in_the_trash_says_so_at_its_head(open_as: OpenAs, author: User) -> None:
    media = make_media(author, trashed_at=timezone.now())
    page = open_as(author, address(media))
    notice = page.get_by_role("note")
    expect(notice).to_contain_text("In the trash: thrown away just now, kept for 30 days.")
    notice.get_by_role("button", name="Restore").click()
    expect(page.locator("#toasts")).to_contain_text("is back in the library")
    expect(page.get_by_role("note")).to_have_count(0)


def test_captions_are_added_and_removed_without_a_reload(
    open_as: OpenAs, author: User, taken_in: TakeIn
) -> None:
    media = taken_in(encode(grey, SECONDS, Encoding()))
    page = open_as(author, address(media), expect="422")
    page.evaluate(f"{PLAYER}.mark = 'the same'")
    upload(page, "de", "nothing like it")
    expect(page.locator(".captions-form .field-error")).to_contain_text("Line 1: there should be")
    upload(page, "de", VTT)
    expect(page.locator(".captions-row")).to_contain_text("German")
    expect(page.locator("#id_language")).to_have_value("?")
    expect(page.locator("#id_file")).to_have_value("")
    assert page.evaluate(f"{PLAYER}.textTracks[0].language") == "de"
    page.get_by_label("Remove the captions in German").click()
    page.get_by_role("button", name="Remove German").click()
    expect(page.locator(".captions-row")).to_have_count(0)
    assert page.evaluate(f"[{PLAYER}.textTracks.length, {PLAYER}.mark]") == [0, "the same"]
    undo = page.locator("[data-toast]", has_text="are removed").get_by_role("button", name="Undo")
    undo.dblclick()  # as some press everything
    expect(page.locator("[data-toast]", has_text="are as they were")).to_have_count(1)
    expect(page.locator(".captions-row")).to_contain_text("German")
    expect(page.locator(".toast-bad")).to_have_count(0)
    replaces = page.locator("#id_language option", has_text="German – replaces what is there")
    expect(replaces).to_have_count(1)


def test_captions_of_a_long_video_arrive(open_as: OpenAs, author: User, taken_in: TakeIn) -> None:
    """Browsers keep no request alive that is larger than 64 kB."""
    page = open_as(author, address(taken_in(encode(grey, SECONDS, Encoding()))))
    cues = (f"00:00.000 --> 00:06.000\nSentence {n} of a long speech\n" for n in range(1500))
    upload(page, "de", "WEBVTT\n\n" + "\n".join(cues))
    expect(page.locator(".captions-row")).to_contain_text("German")


def upload(page: Page, language: str, text: str) -> None:
    page.select_option("#id_language", language)
    file = {"name": "x.vtt", "mimeType": "text/vtt", "buffer": text.encode()}
    page.set_input_files("#id_file", file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Add captions").click()


def test_it_is_renamed_in_place(open_as: OpenAs, author: User, taken_in: TakeIn) -> None:
    media = taken_in(encode(grey, 1, Encoding()))
    page = open_as(author, address(media), expect="422")
    field = page.get_by_label("Name of the file")
    field.fill("")
    field.press("Enter")
    expect(page.locator("#name-form .field-error")).to_have_text("A name is needed.")
    field.fill("Mills")
    field.press("Enter")
    expect(page.locator("h1")).to_have_text("Mills")
    expect(page.locator("#name-form")).not_to_have_attribute("data-dirty", re.compile(""))
    assert MediaFile.objects.get().name == "Mills"


def test_all_of_it_works_without_scripts(open_as: OpenAs, author: User, taken_in: TakeIn) -> None:
    media = taken_in(encode(grey, SECONDS, Encoding()))
    page = open_as(author, address(media), java_script_enabled=False, expect="422")
    page.fill("#id_seconds", "2.5")
    page.get_by_role("button", name="Use this frame").click()
    expect(page.locator(".media-file-poster")).to_contain_text("Drawing the frame at 0:02…")
    frames.draw(media.pk)
    news = page.frame_locator("[title='What is on its way']")  # it refreshes itself
    news.get_by_role("link", name="Show the file as it is now").click()
    expect(page.locator(".media-file-poster")).not_to_contain_text("Drawing")
    upload(page, "en", "nothing like it")
    expect(page.locator(".captions-form .field-error")).to_contain_text("Line 1: there should be")
    upload(page, "en", VTT)
    expect(page.locator(".captions-row")).to_contain_text("English")
    page.get_by_label("Remove the captions in English").click()
    page.get_by_role("button", name="Remove English").click()
    expect(page.locator(".captions-row")).to_have_count(0)
    field = page.get_by_label("Name of the file")
    field.fill("By hand")
    field.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("File renamed.")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_another_file_is_found_and_put_in_its_place(
    open_as: OpenAs, author: User, has_scripts: bool
) -> None:
    media = make_media(author, "Optics old.mp4")
    video = make_video(make_chapter(make_course(author)), media)
    other = make_media(author, "Optics new.mp4")
    for number in range(3):
        make_media(author, f"later {number}.mp4")
    page = open_as(author, address(media), java_script_enabled=has_scripts)
    page.get_by_text("Put another file in its place").click()
    search = page.get_by_role("searchbox", name="Put another file in its place")
    if has_scripts:
        expect(page).to_have_url(re.compile(address(media)))
        expect(search).to_be_focused()
        search.press_sequentially("optcis")
    else:
        search.fill("optcis")
        page.get_by_role("button", name="Show").click()
    files = page.locator(".others-files li")
    expect(files).to_have_count(1)
    expect(page.locator("#others-found")).to_contain_text("Nothing is called “optcis”")
    files.get_by_text(other.name).click()
    page.get_by_role("button", name="Replace and delete").press("Enter")
    said = "is in the trash, and “Optics new.mp4” stands in its place in 1 place."
    expect(page.locator("#toasts")).to_contain_text(said)
    video.refresh_from_db()
    assert video.media == other
    expect(page.locator("#main")).to_be_focused()
    assert page.evaluate("scrollY") == 0
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("“Optics old.mp4” is back in the library.")).to_be_attached()
    video.refresh_from_db()
    assert video.media == media


def test_after_a_version_was_brought_back_the_focus_is_in_the_page(
    open_as: OpenAs, author: User
) -> None:
    media = make_media(author)
    times = {"created_at": media.probed_at, "replaced_at": timezone.now()}
    make_media(author, "before.mp4", version_of=media, height=480, **times)
    page = open_as(author, address(media))
    page.get_by_role("button", name="Bring back").press("Enter")
    expect(page.locator(".facts")).to_contain_text("640 × 480")
    expect(page.locator("#main")).to_be_focused()
