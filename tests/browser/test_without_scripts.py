"""Everything works with JavaScript off: each action is a form and a redirect."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from courses.models import Course, Video
from media_library.models import MediaFile
from tests.browser.conftest import OpenAs
from tests.factories import make_chapter, make_course, make_media, make_video

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(open_as: OpenAs, author: User) -> Page:
    return open_as(author, java_script_enabled=False, expect="422")


def test_a_course_from_its_making_to_its_end(page: Page, author: User, co_author: User) -> None:
    make_media(author)
    page.get_by_role("link", name="New course").first.click()
    page.fill("[name=title]", "Made by hand")
    page.get_by_role("button", name="Create course").click()

    for title in ("First", "Second"):
        page.fill("#new-chapter-title", title)
        page.get_by_role("button", name="Add chapter").click()
        expect(page.locator("#toasts")).to_contain_text("Chapter added.")
    course = Course.objects.get()

    page.locator(".chapter").nth(1).locator(".chapter-up button").click()
    expect(page.locator(".chapter-head input[name=title]").first).to_have_value("Second")

    field = page.locator(".chapter-head input[name=title]").first
    field.fill("Second, now first")
    field.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Chapter renamed.")

    field = page.locator(".chapter-head input[name=title]").first
    field.fill("")
    field.press("Enter")
    expect(page.locator(".chapter-head [role=alert]").first).to_contain_text("A title is needed.")

    page.goto(f"/courses/{course.pk}/")
    page.locator(".chapter summary").first.click()
    page.get_by_role("button", name="Remove chapter").first.click()
    expect(page.locator(".chapter")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".chapter")).to_have_count(2)

    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#course-head")).to_contain_text("Published")

    page.get_by_role("link", name="Settings").click()
    page.fill("[name=description]", "About it")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("Saved.")
    page.fill("[name=person]", "nobody")
    page.get_by_role("button", name="Add co-author").click()
    expect(page.locator(".field-error")).to_contain_text("Nobody here")
    page.fill("[name=person]", "grace")
    page.get_by_role("button", name="Add co-author").click()
    expect(page.locator("#toasts")).to_contain_text("Grace is a co-author now.")
    page.get_by_role("button", name="Remove Grace").click()
    expect(page.locator(".person")).to_have_count(1)

    page.get_by_role("link", name="Delete…").click()
    expect(page.locator("main")).to_contain_text("2 chapters and 0 videos")
    page.get_by_role("button", name="Delete the course").click()
    expect(page.locator("main")).to_contain_text("Your first course")
    assert not Course.objects.exists()


def test_searching_and_signing_out(page: Page, author: User) -> None:
    page.fill("[name=q]", "nothing like it")
    page.press("[name=q]", "Enter")
    expect(page.locator("main")).to_contain_text("No course is called")
    page.locator("summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")


def test_a_half_typed_title_stays_while_links_settle_and_the_page_tells_of_them(
    page: Page, author: User
) -> None:
    chapter = make_chapter(make_course(author, "Engines"), "One")
    videos = [
        make_video(chapter, make_media(author, f"{name}.mp4"), status="linking")
        for name in ("alpha", "beta")
    ]
    page.goto(f"/courses/{chapter.course_id}/")
    page.get_by_role("link", name="Hold it still while I type").click()
    field = page.locator(".video-row [name=title]").first
    field.fill("Half-ty")
    news = page.frame_locator("[title='What is on its way']")
    expect(news.locator("body")).to_contain_text("2 videos on the way")
    for video in videos:
        claimed = Video.objects.claim(video.pk)
        assert claimed is not None
        claimed.complete() if video == videos[0] else claimed.fail("damaged")
    expect(news.locator("body")).to_contain_text("Nothing is on the way any more")
    expect(news.locator("li").nth(0)).to_contain_text("Linked")
    expect(news.locator("li").nth(1)).to_contain_text("Failed")
    expect(field).to_be_focused()
    field.press("End")
    field.press_sequentially("ped")
    field.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Video renamed.")
    assert chapter.videos.in_order()[0].title == "Half-typed"
    expect(page.locator(".video-row")).to_contain_text(["Linked", "Failed"])
    expect(page.locator("iframe")).to_have_count(0)


def test_a_half_typed_name_stays_while_its_file_is_read(page: Page, author: User) -> None:
    media = make_media(author, "alpha.mp4")
    MediaFile.objects.update(status="processing")
    page.goto(f"/library/{media.pk}/")
    news = page.frame_locator("[title='What is on its way']").locator("body")
    expect(news).to_contain_text("“alpha.mp4” is being read…")
    field = page.get_by_label("Name of the file")
    field.fill("Half-typed")
    MediaFile.objects.update(status="ready")
    expect(news).to_contain_text("“alpha.mp4” is ready.")
    field.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("File renamed.")
    expect(field).to_have_value("Half-typed")


def test_where_files_are_chosen_it_fits_a_phone(open_as: OpenAs, author: User) -> None:
    media = make_media(author)
    chapter = make_chapter(make_course(author))
    page = open_as(author, java_script_enabled=False, viewport={"width": 390, "height": 844})
    for path in ("/library/", f"/library/{media.pk}/", f"/library/picker/?chapter={chapter.pk}"):
        page.goto(path)
        expect(page.locator("[name=videos]")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
