"""A course says which of its videos have no captions, and hears of it when they get some."""

import pytest

from accounts.models import User
from courses.changes import changes_since, with_figures
from courses.models import Chapter, Course
from media_library.models import Captions, MediaFile
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf

TEXT = "WEBVTT"


@pytest.fixture
def media(author: User) -> MediaFile:
    return make_media(author)


@pytest.fixture
def chapter(author: User, media: MediaFile) -> Chapter:
    chapter = make_chapter(make_course(author))
    make_video(chapter, media)
    return chapter


def revision() -> int:
    return Course.objects.get().revision


def uncaptioned(chapter: Chapter) -> int:
    return with_figures([chapter])[0].figures.uncaptioned


def test_the_editor_says_it_of_the_row_and_of_the_chapter(
    author: User, chapter: Chapter, client_of: ClientOf
) -> None:
    make_video(chapter, make_media(author), status="linking")
    page = client_of(author).get(f"/courses/{chapter.course_id}/").text
    assert page.count(">no captions</a>") == 1
    assert uncaptioned(chapter) == 1  # of what is not linked yet, nothing is said


def test_captions_that_come_are_told_to_open_pages(chapter: Chapter, media: MediaFile) -> None:
    before = revision()
    Captions.objects.put(media, "en", TEXT)
    changes = changes_since(Course.objects.get(), before)
    [row] = changes.touched[0].rows
    assert row.is_captioned
    assert changes.touched[0].figures.uncaptioned == 0


def test_only_the_first_and_the_last_make_a_difference(chapter: Chapter, media: MediaFile) -> None:
    Captions.objects.put(media, "en", TEXT)
    before = revision()
    Captions.objects.put(media, "en", TEXT)
    Captions.objects.put(media, "de", TEXT)
    Captions.objects.take_away(media, "en")
    assert revision() == before
    Captions.objects.take_away(media, "de")
    assert revision() > before
    assert uncaptioned(chapter) == 1
    before = revision()
    Captions.objects.take_away(media, "de")
    assert revision() == before
