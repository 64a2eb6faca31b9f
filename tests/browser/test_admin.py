"""The admin's own scripts under our content security policy: what the browser forbids fails the test."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from courses.models import Course
from media_library.models import MediaFile
from tests.admin.world import fill
from tests.browser.conftest import OpenAs
from tests.media_library.import_stories import put

pytestmark = pytest.mark.django_db(transaction=True)


def _choose(page: Page, place: str, text: str) -> None:
    """By typing into the field that searches."""
    page.locator(f"{place} .select2-selection").click()
    page.locator(".select2-search__field").fill(text)
    page.locator(".select2-results__option", has_text=text).click()


def test_every_list_and_form_is_drawn(open_as: OpenAs, staff: User) -> None:
    course = fill(2)
    page = open_as(staff, "/admin/")
    expect(page.get_by_role("link", name="Back to the studio")).to_be_visible()
    for path in (
        "accounts/attempts/",
        "accounts/user/",
        "accounts/user/add/",
        f"accounts/user/{course.owner_id}/change/",
        "courses/course/",
        f"courses/course/{course.pk}/change/",
        f"courses/course/{course.pk}/delete/",
        "courses/chapter/",
        "courses/chapter/add/",
        "courses/video/",
    ):
        page.goto(f"/admin/{path}")
        page.wait_for_load_state("networkidle")


def test_a_course_is_made_with_people_found_by_typing(
    open_as: OpenAs,
    staff: User,
    author: User,
    co_author: User,
) -> None:
    page = open_as(staff, "/admin/courses/course/add/")
    _choose(page, ".field-owner", "Ada")
    page.fill("[name=title]", "Analytical engines")
    page.get_by_text("Add another Co-author").click()
    _choose(page, "#co_authorships-0", "Grace")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    course = Course.objects.get()
    assert (course.owner, list(course.co_authors.all())) == (author, [co_author])


def test_files_are_taken_in(
    open_as: OpenAs,
    staff: User,
    author: User,
    tmp_path: Path,
) -> None:
    files = [tmp_path / "1.mp4", tmp_path / "2.mp4"]
    for file in files:
        file.write_bytes(b"bytes")
    page = open_as(staff, "/admin/media_library/mediafile/add/")
    _choose(page, ".field-owner", "Ada")
    page.set_input_files("[name=videos]", files)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("2 files are stored for Ada")).to_be_visible()
    assert MediaFile.objects.filter(owner=author).count() == 2


def test_files_are_imported_from_the_folder_that_is_given(
    open_as: OpenAs, staff: User, author: User, tmp_path: Path, settings: Any
) -> None:
    settings.IMPORT_FOLDER = str(tmp_path / "given")
    put(tmp_path / "given", first=b"1", second=b"22")
    page = open_as(staff, "/admin/media_library/mediafile/")
    page.get_by_role("link", name="Import files").click()
    _choose(page, ".field-owner", "Ada")
    page.get_by_role("button", name="Show what would be imported").click()
    expect(page.get_by_text("2 files to import, 3 bytes.")).to_be_visible()
    page.get_by_label("Import “first.mp4”").uncheck()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("1 file is being imported for Ada.")).to_be_visible()
    assert MediaFile.objects.get().name == "second.mp4"
