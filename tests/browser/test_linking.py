"""Linking in the page: rows at once, each comes true by itself, and nothing that is typed is lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from courses.models import Chapter, Course, Video
from tests.browser.conftest import OpenAs, ask_now, fill_in_sign_in
from tests.factories import make_chapter, make_course, make_media

pytestmark = pytest.mark.django_db(transaction=True)

ADDS = re.compile(r"/chapters/[^/]+/videos/$")


@pytest.fixture
def course(author: User) -> Course:
    course = make_course(author, "Engines")
    make_chapter(course, "One")
    for name in ("alpha.mp4", "beta.mp4", "gamma.mp4"):
        make_media(author, name)
    return course


@pytest.fixture
def chapter(course: Course) -> Chapter:
    return course.chapters.get()


@pytest.fixture
def page(open_as: OpenAs, author: User, course: Course) -> Page:
    return open_as(
        author, f"/courses/{course.pk}/", expect=r"4\d\d|50\d|Failed to|ERR_|the answer was lost"
    )


@pytest.fixture
def rows(page: Page) -> Locator:
    return page.locator(".video-row")


def pick(page: Page, *names: str) -> None:
    page.get_by_role("link", name="Add videos").click()
    for name in names:
        page.locator(".picker-file", has_text=name).click()


def submit(page: Page) -> list[str]:
    """The rows right after the click, in the same task of the browser: `id title status guess`."""
    shown: list[str] = page.evaluate(
        """() => {
          document.querySelector('[data-picker-submit]').click();
          return [...document.querySelectorAll('.video-row')].map(row =>
            [row.id, row.querySelector('[name=title]').value, row.dataset.status,
             row.hasAttribute('data-optimistic')].join(' '));
        }"""
    )
    return shown


def come_true(chapter: Chapter, status: str = "linked") -> None:
    """What workers do, here by hand."""
    for video in chapter.videos.live().filter(status="linking"):
        claimed = Video.objects.claim(video.pk)
        assert claimed is not None
        claimed.complete() if status == "linked" else claimed.fail("damaged")


def test_rows_stand_in_pick_order_in_the_task_of_the_click(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "gamma", "alpha")
    expect(page.locator("[data-picker-submit]")).to_have_text("Link 2 videos")
    shown = submit(page)
    assert [row.split(" ", 1)[1] for row in shown] == ["gamma linking true", "alpha linking true"]
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    assert [f"video-{one.pk}" for one in chapter.videos.in_order()] == [
        row.split()[0] for row in shown
    ]
    assert list(chapter.videos.in_order().values_list("title", flat=True)) == ["gamma", "alpha"]
    expect(page.locator(".chapter-progress")).to_have_text("0 of 2 linked")


def test_a_row_keeps_its_node_its_caret_and_what_is_typed_until_it_is_linked(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "alpha", "beta")
    submit(page)
    title = rows.first.locator("[name=title]")
    title.fill("Half a ti")
    page.evaluate(
        "window.row = document.querySelector('.video-row'), document.activeElement.setSelectionRange(4, 4)"
    )
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    come_true(chapter)
    ask_now(page)
    expect(rows.first).to_have_attribute("data-status", "linked")
    expect(title).to_have_value("Half a ti")
    assert page.evaluate("window.row === document.querySelector('.video-row')")
    assert page.evaluate("document.activeElement.selectionStart") == 4
    expect(page.locator("#live")).to_have_text("All 2 videos are linked.")
    title.press("Enter")
    expect(rows.first.locator(".title-field")).not_to_have_attribute("data-dirty", "")
    assert chapter.videos.in_order().first().title == "Half a ti"  # type: ignore[union-attr]


def test_a_draft_survives_a_reload(page: Page, rows: Locator, chapter: Chapter) -> None:
    pick(page, "alpha")
    submit(page)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    rows.first.locator("[name=title]").fill("Typed before the reload")
    page.reload()
    expect(rows.first.locator("[name=title]")).to_have_value("Typed before the reload")
    expect(rows.first.locator(".title-field")).to_have_attribute("data-dirty", "")
    rows.first.locator("[name=title]").press("Escape")
    page.reload()
    expect(rows.first.locator("[name=title]")).to_have_value("alpha")


def test_a_row_is_renamed_and_saved_twice_while_it_links(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "alpha")
    submit(page)
    title = rows.first.locator("[name=title]")
    for words in ("First", "Second"):
        title.fill(words)
        title.press("Enter")
        expect(rows.first.locator(".title-field")).not_to_have_attribute("data-dirty", "")
        assert chapter.videos.get().title == words
    assert chapter.videos.get().status == "linking"


def test_another_authors_title_is_not_overwritten_unseen(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "alpha")
    submit(page)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    title = rows.first.locator("[name=title]")
    title.fill("Mine")
    chapter.videos.get().rename("Theirs")
    title.press("Enter")
    expect(rows.first.locator("[role=alert]")).to_contain_text("changed it to “Theirs”")
    expect(title).to_have_value("Mine")
    assert chapter.videos.get().title == "Theirs"
    title.press("Enter")
    expect(rows.first.locator(".title-field")).not_to_have_attribute("data-dirty", "")
    assert chapter.videos.get().title == "Mine"


def test_a_failed_row_says_why_and_can_be_tried_again(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "alpha", "beta")
    submit(page)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    come_true(chapter, "failed")
    ask_now(page)
    expect(rows.first).to_contain_text("The file is damaged and cannot be played.")
    expect(page.locator("#toasts")).to_contain_text("2 of 2 videos could not be linked: 2 damaged.")
    rows.first.get_by_role("button", name="Retry").click()
    expect(rows.first).to_have_attribute("data-status", "linking")
    page.get_by_role("button", name="Retry failed").click()
    expect(rows.nth(1)).to_have_attribute("data-status", "linking")


def test_the_toast_of_a_batch_goes_with_its_last_failure(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "alpha", "beta")
    submit(page)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    come_true(chapter, "failed")
    ask_now(page)
    toast = page.locator("[data-toast]", has_text="2 of 2 videos could not be linked: 2 damaged.")
    rows.first.get_by_role("button", name="Retry").click()
    expect(rows.first).to_have_attribute("data-status", "linking")
    expect(toast).to_have_count(1)
    rows.nth(1).get_by_role("button", name="Dismiss").click()
    expect(toast).to_have_count(0)


def test_the_same_complaint_stands_there_once(page: Page, rows: Locator, chapter: Chapter) -> None:
    pick(page, "alpha")
    submit(page)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    page.route("**/title/", lambda route: route.abort())
    for title in ("One", "Two"):
        rows.first.locator("[name=title]").fill(title)
        with page.expect_event("requestfailed"):
            rows.first.locator("[name=title]").press("Enter")
    expect(page.locator("[data-toast]", has_text="cannot be reached")).to_have_count(1)


def test_a_linking_row_can_be_taken_away_and_brought_back(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "alpha", "beta")
    submit(page)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    rows.first.get_by_role("button", name="Cancel").click()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)
    expect(rows.first.locator("[name=title]")).to_have_value("alpha")
    page.get_by_role("button", name="Cancel the rest").click()
    expect(rows).to_have_count(0)
    assert not chapter.videos.live().exists()


def markup(page: Page) -> str:
    """Of the rows, but for their tokens, which are others in every answer."""
    return re.sub(r'value="\w{64}"', "", page.locator("ol.videos").inner_html())


def fail_with(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body="<h1>no</h1>")


@pytest.mark.parametrize("trouble", ["500", "network"])
def test_a_failed_request_takes_exactly_its_guesses_back_and_retry_sends_the_same_ids(
    page: Page, rows: Locator, chapter: Chapter, trouble: str
) -> None:
    pick(page, "alpha")
    submit(page)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    before = markup(page)
    page.route(ADDS, fail_with(500) if trouble == "500" else lambda route: route.abort())
    pick(page, "beta", "gamma")
    ids = [row.split()[0] for row in submit(page)][1:]
    expect(page.locator("#toasts")).to_contain_text("The 2 videos were not added")
    assert markup(page) == before
    page.unroute(ADDS)
    page.get_by_role("button", name="Retry").click()
    expect(rows).to_have_count(3)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    assert [f"video-{one.pk}" for one in chapter.videos.in_order()][1:] == ids


def test_an_answer_that_was_lost_is_healed_by_the_feed_and_the_toast_goes(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    page.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = async (address, options) => {
            const answer = await real(address, options);
            if (!String(address).endsWith('/videos/')) return answer;
            throw new TypeError('the answer was lost');
          };
        }"""
    )
    pick(page, "alpha")
    submit(page)
    expect(page.locator(".video-row:not([data-optimistic])")).to_have_count(1)
    expect(page.locator(".toast")).to_have_count(0)
    assert chapter.videos.count() == 1


def test_signed_out_meanwhile(page: Page, rows: Locator, chapter: Chapter, author: User) -> None:
    pick(page, "alpha")
    saved = page.context.cookies()
    page.context.clear_cookies(name="lectern_session")
    submit(page)
    expect(page.locator("#toasts")).to_contain_text("you are signed out")
    expect(rows).to_have_count(0)
    page.context.add_cookies(saved)  # type: ignore[arg-type]  # as after signing in in another tab
    page.get_by_role("button", name="Retry").click()
    expect(rows).to_have_count(1)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)


def test_a_double_click_links_once(page: Page, rows: Locator, chapter: Chapter) -> None:
    pick(page, "alpha")
    page.evaluate(
        "() => { const b = document.querySelector('[data-picker-submit]'); b.click(); b.click(); }"
    )
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    assert chapter.videos.count() == 1


def test_a_file_that_is_in_the_chapter_is_marked_and_asked_about_once(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "alpha")
    submit(page)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    pick(page, "alpha")
    expect(page.locator(".picker-file", has_text="alpha")).to_contain_text("in this chapter")
    page.locator("[data-picker-submit]").click()
    expect(page.locator("[data-picker-note]")).to_contain_text("in this chapter already")
    expect(rows).to_have_count(1)
    page.locator("[data-picker-submit]").click()
    expect(rows).to_have_count(2)


def test_what_is_picked_stays_picked_while_searching(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "gamma")
    page.fill("#picker-sought", "alp")
    expect(page.locator(".picker-file")).to_have_count(1)
    page.locator(".picker-file", has_text="alpha").click()
    expect(page.locator("[data-picker-submit]")).to_have_text("Link 2 videos")
    page.fill("#picker-sought", "")
    expect(page.locator(".picker-file")).to_have_count(3)
    expect(page.locator(".picker-file", has_text="gamma").locator(".picker-place")).to_have_text(
        "1"
    )
    assert [row.split()[1] for row in submit(page)] == ["gamma", "alpha"]


def test_a_co_authors_page_shows_the_same(
    page: Page, rows: Locator, chapter: Chapter, open_as: OpenAs, co_author: User, course: Course
) -> None:
    course.add_co_author(co_author)
    theirs = open_as(co_author, f"/courses/{course.pk}/")
    pick(page, "beta", "alpha")
    submit(page)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    ask_now(theirs)
    expect(theirs.locator(".video-row")).to_have_count(2)
    assert theirs.locator(".video-row [name=title]").evaluate_all(
        "all => all.map(one => one.value)"
    ) == ["beta", "alpha"]


def test_without_scripts(open_as: OpenAs, author: User, course: Course, chapter: Chapter) -> None:
    page = open_as(author, f"/courses/{course.pk}/", java_script_enabled=False)
    page.get_by_role("link", name="Add videos").click()
    page.locator(".picker-file", has_text="beta").click()
    page.locator("[data-picker-submit]").click()
    expect(page.locator(".video-row")).to_have_count(1)
    expect(page.locator(".video-row")).to_contain_text("Linking…")
    come_true(chapter)
    expect(page.locator(".video-row")).to_contain_text("Linked")  # the page refreshes itself
    page.locator(".video-row [name=title]").fill("By hand")
    page.locator(".video-row [name=title]").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Video renamed.")
    assert chapter.videos.get().title == "By hand"


def sign_in_elsewhere(page: Page) -> None:
    """In another tab: the session is another one then, and the tokens of this page are old."""
    other = page.context.new_page()
    other.goto("/accounts/login/")
    fill_in_sign_in(other)
    other.locator(".course-row").first.wait_for()
    other.close()


def test_after_signing_in_again_retry_goes_through(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "alpha")
    page.context.clear_cookies(name="lectern_session")
    ids = [row.split()[0] for row in submit(page)]
    expect(page.locator("#toasts")).to_contain_text("you are signed out")
    sign_in_elsewhere(page)
    page.locator(".toast", has_text="not added").get_by_role("button", name="Retry").click()
    expect(page.locator(".video-row:not([data-optimistic])")).to_have_count(1)
    assert [f"video-{one.pk}" for one in chapter.videos.all()] == ids


def test_the_picker_opened_again_takes_nothing_from_the_request_before(
    page: Page, rows: Locator, chapter: Chapter, course: Course
) -> None:
    held: list[Route] = []
    page.route(ADDS, lambda route: held.append(route))  # noqa: PLW0108 - Playwright counts arguments
    pick(page, "alpha")
    submit(page)
    page.evaluate("window.row = document.querySelector('.video-row'), 0")
    pick(page, "beta")
    held[0].continue_()
    expect(page.locator(".video-row:not([data-optimistic])")).to_have_count(1)
    assert page.evaluate("window.row === document.querySelector('.video-row')")
    expect(page.locator("[data-picker-submit]")).to_have_text("Link 1 video")


def test_an_answer_that_breaks_off_is_asked_for_again(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "alpha")
    submit(page)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    come_true(chapter)
    page.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = async (address, options) => {
            const answer = await real(address, options);
            if (!String(address).endsWith('/changes/')) return answer;
            window.fetch = real;
            answer.text = () => Promise.reject(new TypeError('the answer was lost'));
            return answer;
          };
        }"""
    )
    ask_now(page)
    expect(rows.first).to_have_attribute("data-status", "linked")


def test_a_co_authors_rename_shows_once_the_field_is_left(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "alpha")
    submit(page)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    title = rows.first.locator("[name=title]")
    title.focus()
    chapter.videos.get().rename("Theirs")
    ask_now(page)
    expect(page.locator("#feed")).to_have_attribute("data-since", str(revision(chapter)))
    expect(title).to_have_value("alpha")
    title.blur()
    expect(title).to_have_value("Theirs")
    title.fill("Mine, knowingly")
    title.press("Enter")
    expect(rows.first.locator(".title-field")).not_to_have_attribute("data-dirty", "")
    assert chapter.videos.get().title == "Mine, knowingly"


def test_a_draft_from_before_a_co_authors_rename_does_not_overwrite_it_unseen(
    page: Page, rows: Locator, chapter: Chapter
) -> None:
    pick(page, "alpha")
    submit(page)
    expect(page.locator(".video-row[data-optimistic]")).to_have_count(0)
    rows.first.locator("[name=title]").fill("Mine")
    chapter.videos.get().rename("Theirs")
    page.reload()
    expect(rows.first.locator("[name=title]")).to_have_value("Mine")
    rows.first.locator("[name=title]").press("Enter")
    expect(rows.first.locator("[role=alert]")).to_contain_text("changed it to “Theirs”")
    assert chapter.videos.get().title == "Theirs"


def test_a_co_author_sees_the_course_renamed_and_published(
    page: Page, course: Course, chapter: Chapter
) -> None:
    course.rename("Looms")
    course.publish()
    ask_now(page)
    expect(page.locator("#course-head")).to_contain_text("Published")
    expect(page.locator(f"#course-{course.pk}-title")).to_have_value("Looms")


def revision(chapter: Chapter) -> int:
    return Course.objects.get(pk=chapter.course_id).revision
