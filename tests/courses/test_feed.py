"""GET /courses/<id>/changes/?since=N."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db.models.functions import Now
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses import positions
from courses.models import Chapter, Course, Video
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf


@pytest.fixture
def course(author: User) -> Course:
    return make_course(author)


@pytest.fixture
def chapter(course: Course) -> Chapter:
    return make_chapter(course)


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


def revision(course: Course) -> int:
    course.refresh_from_db()
    return course.revision


def ask(client: Client, course: Course, since: str | int = "", **headers: str) -> Any:
    return client.get(
        f"/courses/{course.pk}/changes/",
        {"since": since},
        headers={"HX-Request": "true", **headers},
    )


def rows(page: str) -> list[str]:
    return re.findall(r'<li class="video-row" id="video-([^"]+)"', page)


def test_nothing_new_is_204_after_two_queries(
    ada: Client, course: Course, chapter: Chapter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        response = ask(ada, course, 1)
    assert response.status_code == 204
    assert response["HX-PTag"] == "1"
    assert response["HX-Poll"] == "10"
    assert response.content == b""


def test_the_header_may_carry_the_revision(ada: Client, course: Course, chapter: Chapter) -> None:
    assert ask(ada, course, **{"HX-PTag": "1"}).status_code == 204
    assert ask(ada, course, **{"HX-PTag": "0"}).status_code == 200


def test_it_brings_the_changed_rows_and_no_others(
    ada: Client, author: User, course: Course, chapter: Chapter
) -> None:
    media = make_media(author)
    quiet, changed = make_video(chapter, media), make_video(chapter, media)
    since = revision(course)
    changed.rename("Another title")
    response = ask(ada, course, since)
    page = response.content.decode()
    assert rows(page) == [str(changed.pk)]
    assert "Another title" in page
    assert str(quiet.pk) not in page
    assert "<section" not in page
    assert response["HX-PTag"] == str(since + 1)


def test_it_brings_tombstones_of_what_is_gone(
    ada: Client, author: User, course: Course, chapter: Chapter
) -> None:
    video = make_video(chapter, make_media(author))
    other = make_chapter(course, "Goes")
    since = revision(course)
    video.remove()
    other.remove()
    page = ask(ada, course, since).content.decode()
    assert f'hx-target="#video-{video.pk}" hx-swap="remove"' in page
    assert f'hx-target="#chapter-{other.pk}" hx-swap="remove"' in page
    assert rows(page) == []


def test_a_chapter_that_came_back_brings_all_its_rows(
    ada: Client, author: User, course: Course, chapter: Chapter
) -> None:
    video = make_video(chapter, make_media(author))
    chapter.remove()
    since = revision(course)
    chapter.restore()
    assert rows(ask(ada, course, since).content.decode()) == [str(video.pk)]


def test_a_move_to_another_chapter_tells_both(
    ada: Client, author: User, course: Course, chapter: Chapter
) -> None:
    video = make_video(chapter, make_media(author))
    other = make_chapter(course, "Other")
    since = revision(course)
    video.move(other, positions.to(1))
    page = ask(ada, course, since).content.decode()
    assert f'hx-target="#chapter-{other.pk}-videos" hx-swap="keyed"' in page
    assert f'id="chapter-{chapter.pk}-figures"' in page


def test_figures_tell_how_far_a_batch_is(
    ada: Client, author: User, course: Course, chapter: Chapter
) -> None:
    media = make_media(author)
    make_video(chapter, media, requested_at="2020-01-01T00:00Z")  # of a batch long before
    batch = {"requested_at": "2026-01-01T00:00Z"}
    done = make_video(chapter, media, **batch)
    make_video(chapter, media, status="failed", reason="damaged", **batch)
    make_video(chapter, media, status="linking", **batch)
    since = revision(course)
    done.rename("Touch")
    response = ask(ada, course, since)
    progress = re.search(r"chapter-progress.>([^<]+)", response.content.decode())
    assert progress is not None
    assert progress[1] == "1 of 3 linked, 1 failed"


def test_the_pace_is_that_of_what_happens(ada: Client, chapter: Chapter, author: User) -> None:
    course = Course.objects.filter(pk=chapter.course_id)
    make_video(chapter, make_media(author), status="linking")
    course.update(changed_at=Now())
    assert ask(ada, course.get(), 1)["HX-Poll"] == "0.3"
    course.update(changed_at=Now() - timedelta(minutes=1))
    assert ask(ada, course.get(), 1)["HX-Poll"] == "1"
    Video.objects.update(status="linked", settled_at=Now())
    assert ask(ada, course.get(), 1)["HX-Poll"] == "10"


@pytest.mark.parametrize("since", ["", "0", "99", "9" * 18])
def test_a_page_that_knows_nothing_or_too_much_gets_everything(
    ada: Client, author: User, course: Course, chapter: Chapter, since: str
) -> None:
    video = make_video(chapter, make_media(author))
    response = ask(ada, course, since)
    assert response.status_code == 200
    assert rows(response.content.decode()) == [str(video.pk)]


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "²", "9" * 40, "1 ", "0x10"])
def test_what_is_no_revision_is_400(ada: Client, course: Course, since: str) -> None:
    assert ask(ada, course, since).status_code == 400


def test_a_stranger_gets_404_and_a_visitor_401(
    course: Course, stranger: User, client_of: ClientOf
) -> None:
    assert ask(client_of(stranger), course).status_code == 404
    assert ask(Client(), course).status_code == 401
    assert Client().get(f"/courses/{course.pk}/changes/").status_code == 302


def test_access_taken_away_ends_it(course: Course, co_author: User, client_of: ClientOf) -> None:
    course.add_co_author(co_author)
    grace = client_of(co_author)
    assert ask(grace, course).status_code == 200
    course.remove_co_author(co_author.pk)
    assert ask(grace, course).status_code == 404


def test_a_new_password_or_a_closed_account_ends_the_session_here_too(
    course: Course, author: User, client_of: ClientOf
) -> None:
    ada = client_of(author)
    author.password = make_password("another one")
    author.save()
    assert ask(ada, course).status_code == 401
    ada = client_of(author)
    User.objects.filter(pk=author.pk).update(is_active=False)
    assert ask(ada, course).status_code == 401


def test_the_head_of_the_course_comes_when_it_changed(
    ada: Client, author: User, course: Course, chapter: Chapter
) -> None:
    video = make_video(chapter, make_media(author))
    head = 'hx-target="#course-head"'

    def brought() -> str:
        answer: str = ask(ada, course, since).content.decode()
        return answer

    since = revision(course)
    video.rename("Of a row")
    assert head not in brought()
    changes: list[Callable[[], object]] = [
        lambda: course.rename("Of the course"),
        lambda: course.describe("What it is of"),
        course.publish,
        course.unpublish,
    ]
    for change in changes:
        since = revision(course)
        change()
        video.rename(f"After revision {since}")
        assert head in brought()
    since = 0
    assert head in brought()


def test_how_much_is_in_the_trash_comes_with_all_news(
    ada: Client, author: User, course: Course, chapter: Chapter
) -> None:
    video = make_video(chapter, make_media(author))
    other = make_chapter(course, "Other")

    def said() -> str:
        page = ask(ada, course, since).content.decode()
        (words,) = re.findall(r'<hx-partial hx-target="#in-trash"[^>]*>([^<]*)', page)
        return str(words)

    since = revision(course)
    video.remove()
    assert said() == " (1)"
    other.remove()
    assert said() == " (2)"
    since = revision(course)
    video.restore()
    other.restore()
    assert said() == ""
