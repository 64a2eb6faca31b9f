"""Many files at once, as an instructor chooses them, does something with them, and takes it back."""

import re
from uuid import UUID

import pytest
from django.db.models.functions import Now
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from courses.models import Chapter
from media_library import batches, finding
from media_library.models import Batch, MediaFile, media_storage
from media_library.trash import forget_what_is_old
from tests.browser.conftest import OpenAs, next_of
from tests.browser.test_every_page import AXE, OF_AXE, violations
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)

START = re.compile(r"/library/batches/start/$")


def finish(batch_id: UUID) -> None:
    while batches.perform(batch_id):
        pass


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """As quick as nothing: what is begun is over before the answer."""
    monkeypatch.setattr(batches, "call_for", finish)


@pytest.fixture
def no_worker(worker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "call_for", lambda batch_id: None)


@pytest.fixture
def chapter(author: User) -> Chapter:
    return make_chapter(make_course(author, "Engines"), "Optics")


@pytest.fixture
def files(author: User) -> list[MediaFile]:
    """Newest first, they are called 1 to 9."""
    return [make_media(author, f"file {number}.mp4") for number in range(9, 0, -1)][::-1]


@pytest.fixture
def page(open_as: OpenAs, author: User, files: list[MediaFile]) -> Page:
    return open_as(author, "/library/", expect="Failed to|ERR_|status of 4")


def card(page: Page, number: int) -> Locator:
    return page.locator("[data-file]", has_text=f"file {number}.mp4")


def box(page: Page, number: int) -> Locator:
    return page.get_by_role("checkbox", name=f"Choose “file {number}.mp4”")


def chosen(page: Page) -> list[int]:
    labels = page.locator(".chooser:checked").evaluate_all("all => all.map(one => one.ariaLabel)")
    return [int(label[len("Choose “file ")]) for label in labels]


def bar(page: Page, name: str) -> Locator:
    return page.locator("#chosen").get_by_role("button", name=name)


def says(page: Page, sentence: str) -> None:
    """The worker is in the request: of many files it takes a while."""
    expect(page.locator(".batch-said").first).to_contain_text(sentence, timeout=30_000)


def in_trash() -> int:
    return MediaFile.objects.trashed().count()


def test_by_click_and_with_shift(page: Page) -> None:
    expect(page.locator("#chosen")).to_be_hidden()
    box(page, 2).click()
    expect(page.locator("#chosen")).to_contain_text("1 selected")
    box(page, 5).click(modifiers=["Shift"])
    assert chosen(page) == [2, 3, 4, 5]
    box(page, 4).click(modifiers=["Shift"])
    assert chosen(page) == [2, 3]
    card(page, 7).locator("h2 a").click()  # once something is chosen, a card is no link
    assert chosen(page) == [2, 3, 7]
    expect(page).to_have_url(re.compile("/library/"))
    page.get_by_role("button", name="Choose nothing").click()
    assert chosen(page) == []
    expect(page.locator("#chosen")).to_be_hidden()
    card(page, 7).locator("h2 a").click(modifiers=["Shift"])  # else it would open a window
    assert chosen(page) == [7]
    page.get_by_role("button", name="Choose nothing").click()
    card(page, 7).locator("h2 a").click()
    expect(page).to_have_title(re.compile("file 7"))


@pytest.mark.parametrize("view", ["grid", "list"])
def test_by_keyboard(page: Page, view: str) -> None:
    page.goto(f"/library/?view={view}")
    page.keyboard.press("j")  # of somebody who says it, or of a browser's own
    expect(page.locator(".chooser:focus")).to_have_count(0)
    box(page, 1).focus()
    page.keyboard.press("j" if view == "list" else "ArrowRight")
    expect(box(page, 2)).to_be_focused()
    page.keyboard.press("x")
    assert chosen(page) == [2]
    page.keyboard.press("Space")
    assert chosen(page) == []
    page.keyboard.press("Home")
    forward = "ArrowDown" if view == "list" else "ArrowRight"
    for _ in range(3):
        page.keyboard.press(f"Shift+{forward}")
    assert chosen(page) == [1, 2, 3, 4]
    page.keyboard.press("Escape")
    assert chosen(page) == []
    page.keyboard.press("Control+a")
    assert chosen(page) == list(range(1, 10))


def test_in_a_field_keys_are_letters(page: Page) -> None:
    box(page, 2).click()
    field = page.get_by_role("searchbox")
    field.press_sequentially("jx")
    expect(field).to_have_value("jx")
    field.press("Control+a")
    expect(page.locator("#chosen")).to_contain_text("1 selected")


def test_what_is_chosen_stays_while_one_looks_for_others(page: Page) -> None:
    box(page, 2).click()
    page.get_by_role("searchbox").fill("file 8")
    expect(page.locator(".media-card")).to_have_count(1)
    box(page, 8).click()
    expect(page.locator("[data-chosen-said]")).to_have_text("2 selected, 1 of them not shown")
    page.get_by_role("searchbox").fill("file 7")
    expect(page.locator("[data-chosen-said]")).to_have_text("2 selected, not shown")
    page.get_by_role("searchbox").fill("")
    expect(page.locator(".media-card")).to_have_count(9)
    assert chosen(page) == [2, 8]
    expect(page.locator("[data-chosen-said]")).to_have_text("2 selected")


def test_deleted_files_go_at_once_and_undo_brings_them_back_where_they_were(page: Page) -> None:
    box(page, 2).click()
    box(page, 4).click(modifiers=["Shift"])
    gone = page.evaluate(
        "() => { document.querySelector('#chosen [value=delete]').click();"
        " return document.querySelectorAll('.media-card[data-leaving]').length }"
    )
    assert gone == 3
    says(page, "3 files were moved to the trash.")
    expect(page.locator("#chosen")).to_be_hidden()
    expect(card(page, 3)).to_be_hidden()
    assert in_trash() == 3
    page.locator("#batches").get_by_role("button", name="Undo").click()
    says(page, "3 files were restored.")
    for number in (2, 3, 4):
        expect(card(page, number)).to_be_visible()
    order = page.locator(".media-card:visible .media-card-name").all_text_contents()
    assert [int(name[5]) for name in order] == list(range(1, 10))
    assert in_trash() == 0


def test_a_used_one_comes_back_with_the_reason_and_can_go_there_too(
    page: Page, files: list[MediaFile], chapter: Chapter
) -> None:
    make_video(chapter, files[2])
    box(page, 2).click()
    box(page, 3).click()
    bar(page, "Delete").click()
    says(page, "1 of 2 files was moved to the trash; 1 is used in courses.")
    expect(page.locator(".batch").get_by_role("button", name="Retry")).to_have_count(0)
    expect(card(page, 3)).to_be_visible()
    expect(card(page, 2)).to_be_hidden()
    expect(page.locator(".batch")).to_contain_text("It is used in 1 place.")
    expect(page.locator(".batch").get_by_role("link", name="file 3.mp4")).to_be_visible()
    page.get_by_role("button", name="Delete them there, too").click()
    says(page, "2 files were moved to the trash.")
    expect(card(page, 3)).to_be_hidden()
    assert not chapter.videos.live().exists()


def test_refused_altogether_they_stand_there_again(page: Page) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    page.route(START, refuse)
    box(page, 2).click()
    bar(page, "Delete").click()
    expect(page.locator("#toasts")).to_contain_text("cannot be reached")
    expect(card(page, 2)).to_be_visible()
    assert in_trash() == 0


def test_one_cards_menu_deletes_it_and_undo_brings_it_back(page: Page) -> None:
    card(page, 3).hover()
    card(page, 3).locator("summary").click()
    gone = page.evaluate(
        "() => { document.querySelector('.media-card [open] .menu-item-danger').click();"
        " return document.querySelectorAll('.media-card[data-guess-gone]').length }"
    )
    assert gone == 1
    expect(page.locator("#toasts")).to_contain_text("“file 3.mp4” is in the trash.")
    expect(card(page, 3)).to_be_hidden()
    assert in_trash() == 1
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(card(page, 3)).to_be_visible()
    assert in_trash() == 0


def test_one_that_is_used_comes_back_and_says_where(
    page: Page, files: list[MediaFile], chapter: Chapter
) -> None:
    make_video(chapter, files[2])
    card(page, 3).hover()
    card(page, 3).locator("summary").click()
    card(page, 3).get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("is used in Engines › Optics › 1. file 3")
    expect(card(page, 3)).to_be_visible()
    page.get_by_role("link", name="Delete it there, or replace it").click()
    expect(page.get_by_role("button", name="Delete it there, too")).to_be_visible()


def test_renamed_by_a_pattern_that_is_shown_before(page: Page) -> None:
    box(page, 3).click()
    box(page, 1).click()
    bar(page, "Rename…").click()
    dialog = page.locator("#asking")
    expect(dialog).to_contain_text("Rename 2 files")
    dialog.get_by_label("New name").fill("Week {number}: {name}")
    dialog.get_by_label("Replace").fill("file ")
    dialog.get_by_label("with").fill("part ")
    dialog.get_by_label("Digits").fill("2")
    expect(dialog.locator("tbody tr").first).to_contain_text("Week 01: part 3.mp4")
    expect(dialog.locator("tbody tr").last).to_contain_text("Week 02: part 1.mp4")
    dialog.get_by_role("button", name="Rename 2 files").click()
    says(page, "2 files were renamed.")
    expect(dialog).to_be_hidden()
    expect(page.locator("#chosen")).to_be_hidden()
    expect(page.locator(".media-card").first).to_contain_text("Week 02: part 1.mp4")
    page.locator("#batches").get_by_role("button", name="Undo").click()
    expect(page.locator(".media-card").first).to_contain_text("file 1.mp4")


def test_a_pattern_that_says_nothing_is_refused_in_the_dialog(page: Page) -> None:
    box(page, 3).click()
    bar(page, "Rename…").click()
    dialog = page.locator("#asking")
    dialog.get_by_role("button", name="Rename 1 file").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Say what shall change.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert chosen(page) == [3]


def test_linked_to_a_chapter_in_the_order_of_choosing(page: Page, chapter: Chapter) -> None:
    page.reload()
    for number in (5, 2, 9):
        box(page, number).click()
    bar(page, "Link to chapter…").press("Enter")
    dialog = page.locator("#asking")
    expect(dialog.get_by_label("Chapter")).to_be_focused()
    dialog.get_by_label("Chapter").select_option("Optics")
    dialog.get_by_role("button", name="Link 3 files").click()
    says(page, "3 files were linked to “Optics”.")
    assert [video.title for video in chapter.videos.in_order()] == ["file 5", "file 2", "file 9"]
    page.get_by_role("link", name="Open the chapter").click()
    expect(page.locator(".video-row")).to_have_count(3)


def test_all_that_match_are_more_than_what_is_loaded(
    page: Page, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 4)
    make_media(author, "other.mp4")
    page.set_viewport_size({"width": 400, "height": 300})
    page.route(re.compile("after="), lambda route: route.abort())
    page.goto("/library/?q=file&view=list")
    expect(page.locator(".media-card")).to_have_count(4)
    page.keyboard.press("Control+a")
    expect(page.locator("#chosen")).to_contain_text("4 selected")
    page.get_by_role("button", name="Select all 9 that match").click()
    expect(page.locator("#chosen")).to_contain_text("All 9 that match are selected")
    bar(page, "Delete").click()
    says(page, "9 files were moved to the trash.")
    assert in_trash() == 9
    expect(page.locator(".media-card:visible")).to_have_count(0)


def test_restored_from_the_trash(page: Page) -> None:
    MediaFile.objects.update(trashed_at=Now())
    page.goto("/library/trash/")
    box(page, 2).click()
    box(page, 4).click(modifiers=["Shift"])
    bar(page, "Restore").click()
    says(page, "3 files were restored.")
    expect(card(page, 3)).to_be_hidden()
    assert in_trash() == 6
    card(page, 6).get_by_role("button", name="Restore").click()
    expect(card(page, 6)).to_be_hidden()
    expect(page.locator("#live")).to_contain_text("is back in the library")
    page.locator("#batches").get_by_role("button", name="Undo").click()
    says(page, "3 files were moved to the trash.")
    expect(card(page, 3)).to_be_visible()
    assert in_trash() == 8


def test_the_trash_is_emptied_after_being_asked(page: Page) -> None:
    thrown = MediaFile.objects.filter(name__in=[f"file {number}.mp4" for number in (1, 2, 3)])
    stored = [media.file.name or "" for media in thrown]
    assert all(media_storage().exists(name) for name in stored)
    thrown.update(trashed_at=Now())
    page.get_by_role("link", name="Trash").click()
    expect(page.locator(".trash-row")).to_have_count(3)
    page.get_by_text("Empty the trash").click()
    expect(page.locator(".page-head")).to_contain_text("This cannot be undone.")
    assert in_trash() == 3
    page.get_by_role("button", name="Delete them").click()
    expect(page.locator("#toasts")).to_contain_text("3 files are deleted for good.")
    assert in_trash() == 0
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    forget_what_is_old()
    assert MediaFile.objects.count() == 6
    assert not any(media_storage().exists(name) for name in stored)


def test_the_trash_comes_while_one_scrolls_and_all_of_it_is_reached(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 4)
    MediaFile.objects.update(trashed_at=Now())
    page.goto("/library/trash/")
    expect(page.locator(".trash-row")).to_have_count(9)
    expect(page.locator("#found-more")).to_have_count(0)
    page.route(re.compile("after="), lambda route: route.abort())
    page.reload()
    expect(page.locator(".trash-row")).to_have_count(4)
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Select all 9 that match").click()
    bar(page, "Restore").click()
    says(page, "9 files were restored.")
    assert in_trash() == 0


def test_progress_is_shown_until_it_is_over(no_worker: None, page: Page) -> None:
    box(page, 2).click()
    box(page, 3).click()
    bar(page, "Delete").click()
    says(page, "Deleting 0 of 2")
    expect(page.locator(".batch progress")).to_have_attribute("value", "0")
    page.reload()
    says(page, "Deleting 0 of 2")
    finish(Batch.objects.get().pk)
    says(page, "2 files were moved to the trash.")
    expect(page.locator("#live")).to_contain_text("2 files were moved to the trash.")
    expect(card(page, 2)).to_be_hidden()
    page.get_by_role("button", name="Put this away").click()
    expect(page.locator(".batch")).to_have_count(0)


def test_a_question_that_fails_is_asked_again(no_worker: None, page: Page) -> None:
    asked: list[Route] = []

    def fail_once(route: Route) -> None:
        asked.append(route)
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    page.route(re.compile(r"/library/batches/\?room"), fail_once)
    box(page, 2).click()
    bar(page, "Delete").click()
    says(page, "Deleting 0 of 1")
    finish(Batch.objects.get().pk)
    says(page, "1 file was moved to the trash.")
    assert len(asked) == 2
    expect(page.locator("#toasts")).to_be_empty()


def test_without_scripts(
    open_as: OpenAs, author: User, files: list[MediaFile], chapter: Chapter
) -> None:
    make_video(chapter, files[8])
    page = open_as(author, "/library/", java_script_enabled=False, expect="422")
    expect(page.get_by_role("button", name="Select all")).to_have_count(0)
    box(page, 9).check()
    box(page, 8).check()
    bar(page, "Delete").click()
    says(page, "1 of 2 files was moved to the trash; 1 is used in courses.")
    expect(page.locator(".batch")).to_contain_text("It is used in 1 place.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".media-card")).to_have_count(9)

    box(page, 1).check()
    box(page, 2).check()
    bar(page, "Rename…").click()
    page.get_by_label("New name").fill("Week {number}")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("tbody tr").first).to_contain_text("Week 1.mp4")
    page.get_by_role("button", name="Rename 2 files").click()
    expect(page.locator(".media-card").first).to_contain_text("Week 1.mp4")

    box(page, 3).check()
    bar(page, "Link to chapter…").click()
    page.get_by_label("Chapter").select_option("Optics")
    page.get_by_role("button", name="Link 1 file").click()
    says(page, "1 file was linked to “Optics”.")

    bar(page, "Delete").click()
    expect(page.locator("#toasts")).to_contain_text("Choose at least one file.")

    page.goto("/library/trash/")
    assert in_trash() == 0
    MediaFile.objects.filter(name="file 5.mp4").update(trashed_at=Now())
    page.reload()
    box(page, 5).check()
    bar(page, "Restore").click()
    assert in_trash() == 0


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits(
    open_as: OpenAs, author: User, chapter: Chapter, width: int, scheme: str
) -> None:
    make_video(chapter, make_media(author, "file 1.mp4"))
    make_media(author, "file 2" + "W" * 200 + ".mp4")
    page = open_as(
        author,
        "/library/",
        expect=OF_AXE,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
    )
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.locator(".chooser").first.click()
    page.locator(".chooser").last.click()
    bar(page, "Rename…").click()
    expect(page.locator("#rename-preview tbody tr")).to_have_count(2)
    assert not violations(page, "#asking")
    page.get_by_role("button", name="Cancel").click()
    bar(page, "Delete").click()
    says(page, "1 of 2 files was moved to the trash; 1 is used in courses.")
    page.locator(".chooser").last.click()
    assert not violations(page, "body")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_what_is_being_deleted_stays_away_while_one_looks_for_others(
    no_worker: None, page: Page
) -> None:
    box(page, 2).click()
    bar(page, "Delete").click()
    says(page, "Deleting 0 of 1")
    page.get_by_role("searchbox").fill("file")
    expect(page.locator("#found-said")).to_have_text("9 files found.")
    expect(card(page, 2)).to_be_hidden()
    page.get_by_role("button", name="Stop and undo").click()
    expect(card(page, 2)).to_be_visible()
    expect(page.locator(".batch")).to_have_count(0)


def test_a_tab_that_nobody_sees_asks_nothing(no_worker: None, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    page.reload()
    box(page, 2).click()
    bar(page, "Delete").click()
    says(page, "Deleting 0 of 1")
    page.evaluate(
        "() => { Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')) }"
    )
    asked.clear()
    page.clock.run_for(10_000)
    assert asked == []
    finish(Batch.objects.get().pk)
    page.evaluate(
        "() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')) }"
    )
    says(page, "1 file was moved to the trash.")


def test_the_focus_goes_on_with_the_files_that_stay(page: Page) -> None:
    box(page, 1).focus()
    page.keyboard.press("x")
    bar(page, "Delete").focus()
    page.keyboard.press("Enter")
    expect(box(page, 2)).to_be_focused()


def test_of_no_files_that_stay_the_focus_goes_to_the_page(page: Page) -> None:
    box(page, 1).focus()
    page.keyboard.press("Control+a")
    bar(page, "Delete").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    says(page, "9 files were moved to the trash.")
    expect(page.locator("#main")).to_be_focused()


def test_what_has_no_card_any_more_comes_back_all_the_same(page: Page) -> None:
    box(page, 2).click()
    bar(page, "Delete").click()
    says(page, "1 file was moved to the trash.")
    page.reload()
    expect(page.locator(".media-card")).to_have_count(8)
    page.get_by_role("button", name="Undo").click()
    expect(card(page, 2)).to_be_visible()
    page.goto("/library/trash/")
    says(page, "1 file was restored.")
    page.get_by_role("button", name="Undo").click()
    expect(card(page, 2)).to_be_visible()


def test_all_are_chosen_by_a_button_and_then_all_that_match(
    page: Page, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 4)
    page.set_viewport_size({"width": 390, "height": 300})
    page.route(re.compile("after="), lambda route: route.abort())
    page.goto("/library/?view=list")
    page.get_by_role("button", name="Select all", exact=True).press("Enter")
    expect(page.locator("[data-chosen-said]")).to_have_text("4 selected")
    page.get_by_role("button", name="Select all 9 that match").click()
    expect(page.locator("#chosen")).to_contain_text("All 9 that match are selected")
    page.get_by_role("searchbox").fill("nothing is called so")
    expect(page.locator(".media-card")).to_have_count(0)
    expect(page.get_by_role("button", name="Select all", exact=True)).to_be_hidden()
    MediaFile.objects.update(trashed_at=Now())
    page.goto("/library/trash/")
    page.get_by_role("button", name="Select all", exact=True).click()
    expect(page.locator("[data-chosen-said]")).to_have_text("4 selected")


def test_all_that_match_hide_nothing_that_is_looked_for_later(
    no_worker: None, page: Page, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 4)
    make_media(author, "other.mp4")
    page.set_viewport_size({"width": 400, "height": 300})
    page.route(re.compile("after="), lambda route: route.abort())
    page.goto("/library/?q=file&view=list")
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Select all 9 that match").click()
    bar(page, "Delete").click()
    says(page, "Deleting 0 of 9")
    expect(page.locator(".media-card:visible")).to_have_count(0)
    page.get_by_role("searchbox").fill("other")
    expect(page.locator(".media-card:visible")).to_have_count(1)
    finish(Batch.objects.get().pk)
    says(page, "9 files were moved to the trash.")
    expect(page.locator(".media-card:visible")).to_have_count(1)


def test_all_that_match_is_over_when_something_else_is_looked_for(
    page: Page, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 4)
    make_media(author, "other.mp4")
    held: list[Route] = []
    page.route(re.compile("after="), lambda route: held.append(route))  # noqa: PLW0108
    page.set_viewport_size({"width": 400, "height": 300})
    page.goto("/library/?q=file&sort=name&view=list")
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Select all 9 that match").click()
    next_of(page, held).continue_()
    expect(page.locator(".media-card")).to_have_count(8)
    assert chosen(page) == list(range(1, 9))  # those that came later, too
    page.get_by_role("searchbox").fill("other")
    expect(page.locator(".media-card")).to_have_count(1)
    expect(page.locator("#chosen")).to_contain_text("4 selected")
    for route in held:
        route.abort()
    page.get_by_role("searchbox").fill("nothing is called so")
    expect(page.locator(".media-card")).to_have_count(0)
    expect(page.locator("#chosen")).to_contain_text("4 selected")


def test_more_cards_than_are_drawn_at_a_time_all_come_back(
    page: Page, author: User, chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 200)
    for number in range(10, 160):
        make_video(chapter, make_media(author, f"file {number}.mp4"))
    for media in MediaFile.objects.filter(links=None):
        make_video(chapter, media)
    page.reload()
    expect(page.locator(".media-card")).to_have_count(159)
    box(page, 1).focus()
    page.keyboard.press("Control+a")
    bar(page, "Delete").click()
    says(page, "159 files could not be moved to the trash: they are used in courses.")
    expect(page.locator(".media-card:visible")).to_have_count(159)


def test_three_quick_actions_all_begin(page: Page) -> None:
    held: list[Route] = []
    page.route(START, lambda route: held.append(route))  # noqa: PLW0108
    for number in (2, 4, 6):
        box(page, number).click()
        bar(page, "Delete").click()
    for _ in range(3):
        next_of(page, held).continue_()
    expect(page.locator(".batch")).to_have_count(3)
    for batch in Batch.objects.all():
        finish(batch.pk)
    assert in_trash() == 3


def test_only_what_was_done_last_stands_above_the_files_the_rest_is_one_line(
    page: Page, files: list[MediaFile], chapter: Chapter
) -> None:
    make_video(chapter, files[0])
    for number in (1, 2, 3):
        box(page, number).click()
        bar(page, "Delete").click()
        expect(page.locator(".batch")).to_have_count(number)
    says(page, "1 file was moved to the trash.")
    expect(page.locator(".batch:visible")).to_have_count(1)
    earlier = page.locator("#batches").get_by_text("2 earlier, 1 with failures")
    earlier.click()
    expect(page.locator(".batch:visible")).to_have_count(3)
    expect(page.get_by_role("button", name="Delete them there, too")).to_be_visible()
    page.reload()
    expect(page.locator(".batch:visible")).to_have_count(1)
    expect(earlier).to_be_visible()
    page.get_by_role("button", name="Put this away").first.click()
    says(page, "1 file could not be moved to the trash")
    expect(page.locator(".batch")).to_have_count(1)


def test_what_began_although_its_answer_was_lost_is_shown(page: Page) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(START, lose)
    box(page, 2).click()
    bar(page, "Delete").click()
    says(page, "1 file was moved to the trash.")
    expect(card(page, 2)).to_be_hidden()
    assert in_trash() == 1


def test_tried_again_it_is_the_same_batch(page: Page) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(START, lose)
    page.route("**/library/batches/?*", lambda route: route.abort())
    box(page, 2).click()
    bar(page, "Delete").click()
    expect(page.locator("#toasts")).to_contain_text("cannot be reached")
    expect(card(page, 2)).to_be_visible()
    assert chosen(page) == [2]
    page.unroute_all(behavior="wait")
    bar(page, "Delete").click()
    expect(card(page, 2)).to_be_hidden()
    assert Batch.objects.count() == 1


def test_undo_leaves_the_focus_in_the_page(page: Page) -> None:
    box(page, 2).click()
    bar(page, "Delete").click()
    says(page, "1 file was moved to the trash.")
    page.locator("#batches").get_by_role("button", name="Undo").press("Enter")
    says(page, "1 file was restored.")
    assert page.evaluate("document.activeElement !== document.body")


@pytest.mark.parametrize("by", ["keyboard", "mouse"])
def test_a_button_that_has_the_focus_says_what_it_does_by_now(
    no_worker: None, page: Page, by: str
) -> None:
    box(page, 2).click()
    bar(page, "Delete").click()
    says(page, "Deleting 0 of 1")
    finish(Batch.objects.get().pk)
    undo = page.locator("#batches").get_by_role("button", name="Undo", exact=True)
    expect(undo).to_be_visible()
    if by == "keyboard":
        undo.press("Enter")
    else:
        undo.click()
    expect(page.locator("#batches button", has_text="Stop and undo")).to_be_focused()
    finish(Batch.objects.latest("created_at").pk)
    says(page, "1 file was restored.")
    expect(undo).to_be_focused()
    expect(page.locator("#batches")).not_to_contain_text("Stop")


@pytest.mark.parametrize(("numbers", "then"), [((2,), "Put this away"), ((2, 3), "Undo")])
def test_a_button_that_has_the_focus_does_nothing_else_when_it_is_over(
    no_worker: None,
    page: Page,
    files: list[MediaFile],
    chapter: Chapter,
    numbers: tuple[int, ...],
    then: str,
) -> None:
    make_video(chapter, files[1])
    for number in numbers:
        box(page, number).click()
    bar(page, "Delete").click()
    says(page, f"Deleting 0 of {len(numbers)}")
    batch = page.locator(".batch")
    batch.get_by_role("button", name="Stop and undo").focus()
    finish(Batch.objects.get().pk)
    expect(batch.get_by_role("button", name="Delete them there, too")).to_be_visible()
    expect(batch.get_by_role("button", name=then, exact=True)).to_be_focused()


def test_of_a_refusal_one_reads_over_the_dialog_that_asked(page: Page, chapter: Chapter) -> None:
    page.reload()
    box(page, 3).click()
    bar(page, "Link to chapter…").click()
    dialog = page.locator("#asking")
    dialog.get_by_label("Chapter").select_option("Optics")
    page.route(START, lambda route: route.abort())
    dialog.get_by_role("button", name="Link 1 file").click()
    toasts = page.locator("#toasts")
    expect(toasts).to_contain_text("cannot be reached")
    expect(dialog).to_be_visible()
    toasts.get_by_role("button", name="Put this message away").press("Enter")
    expect(toasts.locator(".toast")).to_have_count(0)
    expect(dialog.get_by_role("heading")).to_be_focused()
    page.unroute(START)
    dialog.get_by_role("button", name="Link 1 file").click()
    says(page, "1 file was linked")
    expect(dialog).to_be_hidden()
    expect(page.locator("#toasts + main")).to_have_count(1)
