from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import CoAuthor
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


def test_without_courses_it_says_what_to_do(ada: Client) -> None:
    page = ada.get("/").content.decode()
    assert "Your first course" in page
    assert 'href="/courses/new/"' in page


def test_it_shows_own_and_shared_courses_and_no_others(
    ada: Client, author: User, co_author: User, stranger: User
) -> None:
    make_course(author, "Mine")
    CoAuthor.objects.create(course=make_course(co_author, "Shared"), author=author)
    make_course(stranger, "Theirs")
    page = ada.get("/").content.decode()
    assert "Mine" in page
    assert "Shared by Grace" in page
    assert "Theirs" not in page


def test_it_counts_what_is_there_and_not_what_was_removed(ada: Client, author: User) -> None:
    course = make_course(author)
    media = make_media(author, duration=timedelta(minutes=10))
    first, second = make_chapter(course), make_chapter(course)
    for chapter in (first, first, second):
        make_video(chapter, media)
    make_video(first, media, removed_at="2026-01-01T00:00Z")
    gone = make_chapter(course)
    make_video(gone, media)
    gone.remove()
    page = ada.get("/").content.decode()
    assert "2 chapters, 3 videos" in page
    assert "30:00" in page


def test_the_number_of_queries_does_not_grow(
    ada: Client, author: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    media = make_media(author)

    def fill(courses: int) -> None:
        for _ in range(courses):
            chapter = make_chapter(make_course(author))
            make_video(chapter, media)

    fill(2)
    with django_assert_num_queries(3):  # session, person, courses
        ada.get("/")
    fill(20)
    with django_assert_num_queries(3):
        ada.get("/")


@pytest.mark.django_db(transaction=True)  # now() stands still inside of a transaction
def test_what_changed_last_stands_first(ada: Client, author: User) -> None:
    first = make_course(author, "Older")
    make_course(author, "Newer")
    page = ada.get("/").content.decode()
    assert page.index("Newer") < page.index("Older")
    first.publish()
    page = ada.get("/").content.decode()
    assert page.index("Older") < page.index("Newer")


def test_more_than_a_page_are_reached_by_a_link(ada: Client, author: User) -> None:
    for number in range(51):
        make_course(author, f"Course <{number}>")
    first = ada.get("/").content.decode()
    assert "Course &lt;50&gt;" in first
    assert "Course &lt;0&gt;" not in first
    assert 'href="?page=2"' in first
    second = ada.get("/?page=2").content.decode()
    assert "Course &lt;0&gt;" in second
    assert "?page=3" not in second


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 40, "²", ""])
def test_a_page_number_that_makes_no_sense_shows_the_first(
    ada: Client, author: User, page: str
) -> None:
    make_course(author, "Here")
    assert ada.get("/", {"page": page}).status_code == 200


def test_searching_finds_by_title_in_any_case(ada: Client, author: User) -> None:
    make_course(author, "Weaving with numbers")
    make_course(author, "Engines")
    page = ada.get("/", {"q": "weAVing"}).content.decode()
    assert "Weaving with numbers" in page
    assert "Engines" not in page
    assert "No course is called “zebra”" in ada.get("/?q=zebra").content.decode()


def test_htmx_gets_the_list_alone(ada: Client, author: User) -> None:
    make_course(author, "Engines")
    page = ada.get("/", headers={"HX-Request": "true"}).content.decode()
    assert page.lstrip().startswith('<div id="courses">')


def test_titles_with_markup_are_text(ada: Client, author: User) -> None:
    make_course(author, "<script>alert(1)</script>{{ 7 }}")
    page = ada.get("/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 }}" in page
