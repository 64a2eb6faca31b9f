"""What random schedules found in the page, each told once on its own: answers lost, late and overtaken."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from courses import positions
from courses.models import Chapter, Course, Video
from tests.browser.conftest import OpenAs, ask_now
from tests.browser.weather import Weather
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = re.compile(r"/videos/[^/]+/title/$")


@pytest.fixture
def course(author: User) -> Course:
    course = make_course(author, "Engines")
    one = make_chapter(course, "One")
    for name in ("alpha.mp4", "beta.mp4", "gamma.mp4"):
        make_video(one, make_media(author, name))
    make_chapter(course, "Two")
    return course


@pytest.fixture
def alpha(course: Course) -> Video:
    return Video.objects.get(title="alpha")


@pytest.fixture
def page(open_as: OpenAs, author: User, course: Course) -> Page:
    return open_as(author, f"/courses/{course.pk}/", expect=r"4\d\d|50\d|Failed to|ERR_")


@pytest.fixture
def title(page: Page, alpha: Video) -> Locator:
    return page.locator(f"[id='video-{alpha.pk}-title']")


@pytest.fixture
def form(page: Page, alpha: Video) -> Locator:
    return page.locator(f"[id='video-{alpha.pk}-form']")


def catch_up(page: Page, course: Course) -> None:
    ask_now(page)
    course.refresh_from_db()
    expect(page.locator("#feed")).to_have_attribute("data-since", str(course.revision))


def hold(page: Page, address: re.Pattern[str], times: int = 1) -> list[Route]:
    """The first requests to there, as many as `times`."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route), times=times)  # noqa: PLW0108 - it counts arguments
    return held


def wait_for(page: Page, is_so: Callable[[], object]) -> None:
    for _ in range(500):
        if is_so():
            return
        page.wait_for_timeout(10)
    pytest.fail("it did not come about")


def test_a_title_that_is_saved_twice_is_no_conflict_with_itself(
    page: Page, title: Locator, form: Locator, alpha: Video
) -> None:
    title.fill("Loom")
    form.evaluate("form => { const b = form.querySelector('button'); b.click(); b.click(); }")
    expect(form).not_to_have_attribute("data-dirty", "")
    wait_for(page, lambda: page.evaluate("!document.querySelector('.htmx-request')"))
    expect(form.locator("[role=alert]")).to_be_empty()
    alpha.refresh_from_db()
    assert alpha.title == "Loom"


def test_a_title_that_is_changed_while_it_is_saved_is_no_conflict_either(
    page: Page, title: Locator, form: Locator, alpha: Video
) -> None:
    held = hold(page, TITLE)
    for words in ("Loom", "Loom and mill"):
        title.fill(words)
        title.press("Enter")
    wait_for(page, lambda: held)
    held[0].continue_()
    expect(form).not_to_have_attribute("data-dirty", "")
    expect(form.locator("[role=alert]")).to_be_empty()
    alpha.refresh_from_db()
    assert alpha.title == "Loom and mill"


def test_a_second_save_does_not_overwrite_what_came_between_unseen(
    page: Page, title: Locator, form: Locator, alpha: Video
) -> None:
    held = hold(page, TITLE, times=2)
    for words in ("Loom", "Loom and mill"):
        title.fill(words)
        title.press("Enter")
    wait_for(page, lambda: held)
    held[0].continue_()
    wait_for(page, lambda: len(held) == 2)
    alpha.rename("Theirs")
    held[1].continue_()
    expect(form.get_by_role("alert")).to_contain_text("changed it to “Theirs”")
    alpha.refresh_from_db()
    assert alpha.title == "Theirs"


def lose_the_answer(route: Route) -> None:
    route.fetch()
    route.abort()


def test_a_save_whose_answer_was_lost_is_no_conflict_with_the_next(
    page: Page, title: Locator, form: Locator
) -> None:
    page.route(TITLE, lose_the_answer, times=1)
    title.fill("Loom")
    title.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("cannot be reached")
    title.press("Enter")
    expect(form).not_to_have_attribute("data-dirty", "")
    expect(form.locator("[role=alert]")).to_be_empty()


def test_a_save_whose_answer_was_lost_leaves_no_draft(
    page: Page, title: Locator, form: Locator, alpha: Video, course: Course
) -> None:
    page.route(TITLE, lose_the_answer)
    title.fill("Loom")
    title.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("cannot be reached")
    catch_up(page, course)
    expect(form).not_to_have_attribute("data-dirty", "")
    alpha.rename("Theirs")
    page.reload()
    expect(title).to_have_value("Theirs")


def test_what_is_cancelled_while_it_is_saved_shows_what_became_of_it(
    page: Page, title: Locator, form: Locator, alpha: Video
) -> None:
    held = hold(page, TITLE)
    title.fill("Loom")
    title.press("Enter")
    wait_for(page, lambda: held)
    title.press("Escape")
    expect(title).to_have_value("alpha")
    held[0].continue_()
    expect(title).to_have_value("Loom")
    expect(form).not_to_have_attribute("data-dirty", "")


def test_a_draft_that_is_offered_back_is_cancelled_to_the_title_of_now(
    page: Page, title: Locator, alpha: Video
) -> None:
    title.fill("Loom")
    alpha.rename("Theirs")
    page.reload()
    expect(title).to_have_value("Loom")
    title.press("Escape")
    expect(title).to_have_value("Theirs")
    title.fill("Mine, knowingly")
    title.press("Enter")
    wait_for(page, lambda: Video.objects.filter(title="Mine, knowingly").exists())


def test_the_courses_title_is_cancelled_to_the_title_of_now(page: Page, course: Course) -> None:
    title = page.locator(f"[id='course-{course.pk}-title']")
    title.fill("Looms")
    course.rename("Theirs")
    catch_up(page, course)
    expect(title).to_have_value("Looms")
    title.press("Escape")
    expect(title).to_have_value("Theirs")
    expect(page).to_have_title("Theirs · Lectern")


def test_a_video_that_moved_into_a_chapter_unknown_here_leaves_its_old_one(
    page: Page, alpha: Video, course: Course
) -> None:
    page.evaluate("id => { window.row = document.getElementById(id) }", f"video-{alpha.pk}")
    three = Chapter.objects.add(course.pk, "Three")
    alpha.move(three, positions.to(1))
    catch_up(page, course)
    expect(page.locator(f"[id='video-{alpha.pk}']")).to_have_count(1)
    expect(page.locator(f"[id='chapter-{three.pk}-videos'] > li")).to_have_count(1)
    assert page.evaluate("id => window.row === document.getElementById(id)", f"video-{alpha.pk}")


def test_what_waits_behind_a_row_that_moves_to_another_chapter_is_sent(
    page: Page, alpha: Video, course: Course
) -> None:
    held = hold(page, TITLE)
    beta, gamma = page.get_by_label("Title of the video").all()[1:]
    beta.fill("Beta anew")
    beta.press("Enter")
    page.get_by_role("button", name="Remove “alpha”").click()
    gamma.fill("Gamma anew")
    gamma.press("Enter")
    wait_for(page, lambda: held)
    alpha.move(course.chapters.get(title="Two"), positions.to(1))
    catch_up(page, course)
    held[0].continue_()
    wait_for(page, lambda: Video.objects.filter(title__endswith=" anew").count() == 2)
    wait_for(page, lambda: Video.objects.filter(pk=alpha.pk, removed_at__isnull=False).exists())


def test_everything_that_was_refused_for_old_tokens_is_sent_once_more(
    page: Page, title: Locator, alpha: Video
) -> None:
    Weather(page.context).change_tokens()
    title.fill("Loom")
    title.press("Enter")
    # By its address: its name says "Loom" as soon as the title was sent once more.
    page.locator(f"[formaction='/videos/{alpha.pk}/remove/']").click()
    wait_for(page, lambda: Video.objects.filter(pk=alpha.pk, removed_at__isnull=False).exists())
    alpha.refresh_from_db()
    assert alpha.title == "Loom"


def test_what_is_refused_for_its_tokens_twice_is_told_of(page: Page, title: Locator) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=403, headers={"HX-New-Tokens": "1"}, body="<hx-partial></hx-partial>")

    page.route(TITLE, refuse, times=2)
    title.fill("Loom")
    title.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("could not do that (403)")
    expect(title).to_have_value("Loom")
    title.press("Enter")
    wait_for(page, lambda: Video.objects.filter(title="Loom").exists())


def test_the_toast_tries_failed_links_again_with_old_tokens(
    page: Page, alpha: Video, course: Course
) -> None:
    Video.objects.filter(pk=alpha.pk).update(status="linking", settled_at=None)
    page.reload()
    claimed = Video.objects.claim(alpha.pk)
    assert claimed is not None
    claimed.fail("damaged")
    catch_up(page, course)
    Weather(page.context).change_tokens()
    page.locator("#toasts").get_by_role("button", name="Retry failed").click()
    expect(page.locator(f"[id='video-{alpha.pk}']")).to_have_attribute("data-status", "linking")


def test_a_pick_that_failed_with_its_chapter_gone_is_told_of(
    page: Page, alpha: Video, course: Course
) -> None:
    held = hold(page, re.compile(r"/chapters/[^/]+/videos/$"))
    page.locator(f"[id='chapter-{alpha.chapter_id}-add']").click()
    page.locator(".picker-file", has_text="gamma").click()
    for _ in range(2):  # it is in the chapter already
        page.locator("[data-picker-submit]").click()
    wait_for(page, lambda: held)
    alpha.chapter.remove()
    catch_up(page, course)
    expect(page.locator(f"[id='chapter-{alpha.chapter_id}']")).to_have_count(0)
    held[0].abort()
    expect(page.locator("#toasts")).to_contain_text("The video was not added")


def test_a_chapter_moves_to_a_place_that_was_not_there_when_the_page_was_loaded(
    page: Page, alpha: Video, course: Course
) -> None:
    Chapter.objects.add(course.pk, "Three")
    catch_up(page, course)
    chapter = page.locator(f"[id='chapter-{alpha.chapter_id}']")
    chapter.locator("summary").click()
    chapter.get_by_label("Move to place").fill("3")
    chapter.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator(".chapter").last).to_have_id(f"chapter-{alpha.chapter_id}")
