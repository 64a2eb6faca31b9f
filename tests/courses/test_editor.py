import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import CoAuthor, Course
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf


@pytest.fixture
def course(author: User) -> Course:
    return make_course(author)


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


def editor(client: Client, course: Course) -> str:
    return client.get(f"/courses/{course.pk}/").content.decode()


def test_it_has_the_structure_that_scripts_rely_on(
    ada: Client, author: User, course: Course
) -> None:
    chapter = make_chapter(course)
    video = make_video(chapter, make_media(author))
    page = editor(ada, course)
    assert f'<section class="chapter panel" id="chapter-{chapter.pk}"' in page
    assert f'<ol class="videos" id="chapter-{chapter.pk}-videos"' in page
    assert f'id="video-{video.pk}" data-status="linked"' in page
    assert 'id="toasts"' in page


def test_a_course_without_chapters_opens(ada: Client, author: User) -> None:
    assert ada.get(f"/courses/{make_course(author).pk}/").status_code == 200


def test_a_row_shows_title_duration_and_status(ada: Client, author: User, course: Course) -> None:
    chapter = make_chapter(course)
    make_video(chapter, make_media(author, "Loom.mp4"))
    make_video(chapter, make_media(author), status="failed", reason="damaged")
    make_video(chapter, make_media(author), status="linking")
    page = editor(ada, course)
    assert "Loom" in page
    assert "1:30" in page
    assert "The file is damaged and cannot be played." in page
    assert "Linking…" in page
    assert page.count("Linked") == 1


def test_removed_chapters_and_videos_are_not_shown(
    ada: Client, author: User, course: Course
) -> None:
    chapter = make_chapter(course, "Stays")
    make_video(chapter, make_media(author, "Gone.mp4"), removed_at="2026-01-01T00:00Z")
    make_chapter(course, "Goes").remove()
    page = editor(ada, course)
    assert "Stays" in page
    assert "Goes" not in page
    assert "Gone" not in page


def test_a_co_author_sees_it(
    course: Course, co_author: User, client_of: ClientOf, author: User
) -> None:
    CoAuthor.objects.create(course=course, author=co_author)
    assert client_of(co_author).get(f"/courses/{course.pk}/").status_code == 200


def test_the_number_of_queries_does_not_grow(
    ada: Client, author: User, course: Course, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    media = make_media(author)

    def fill(chapters: int, videos: int) -> None:
        for _ in range(chapters):
            chapter = make_chapter(course)
            for _ in range(videos):
                make_video(chapter, media)

    fill(1, 1)
    with django_assert_num_queries(7):  # session, person, course, chapters, videos, figures, trash
        ada.get(f"/courses/{course.pk}/")
    fill(5, 5)
    with django_assert_num_queries(7):
        ada.get(f"/courses/{course.pk}/")
