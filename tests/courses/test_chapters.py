"""The forms of chapters: plain, each redirects with a message; to htmx each answers with fragments."""

import pytest
from django.test import Client

from accounts.models import User
from courses.models import Chapter, Course
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf

HTMX = {"HX-Request": "true"}


@pytest.fixture
def course(author: User) -> Course:
    return make_course(author)


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


def titles(course: Course) -> list[str]:
    return list(course.chapters.live().in_order().values_list("title", flat=True))


def test_create_puts_it_at_the_end(ada: Client, course: Course) -> None:
    make_chapter(course, "First")
    response = ada.post(f"/courses/{course.pk}/chapters/", {"title": "Second"}, follow=True)
    assert titles(course) == ["First", "Second"]
    assert "Chapter added." in response.content.decode()


def test_create_bumps_the_revision_and_the_row_keeps_it(ada: Client, course: Course) -> None:
    ada.post(f"/courses/{course.pk}/chapters/", {"title": "First"})
    ada.post(f"/courses/{course.pk}/chapters/", {"title": "Second"})
    course.refresh_from_db()
    assert course.revision == 2
    assert list(course.chapters.in_order().values_list("revision", flat=True)) == [1, 2]


def test_create_answers_htmx_with_the_chapter_alone(ada: Client, course: Course) -> None:
    make_chapter(course, "First")
    response = ada.post(f"/courses/{course.pk}/chapters/", {"title": "Second"}, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("<section") == 1
    assert 'hx-swap="keyed"' in page
    assert "<html" not in page


@pytest.mark.parametrize("title", ["", "  ", "x" * 201])
def test_a_refused_title_is_told_beside_the_field_and_kept(
    ada: Client, course: Course, title: str
) -> None:
    chapter = make_chapter(course, "Stays")
    for url in (f"/courses/{course.pk}/chapters/", f"/chapters/{chapter.pk}/title/"):
        page = ada.post(url, {"title": title})
        assert page.status_code == 422
        assert 'aria-invalid="true"' in page.content.decode()
        fragment = ada.post(url, {"title": title}, headers=HTMX)
        assert fragment.status_code == 422
        assert "-error" in fragment.content.decode()
    assert titles(course) == ["Stays"]


def test_rename(ada: Client, course: Course) -> None:
    chapter = make_chapter(course, "Old")
    response = ada.post(f"/chapters/{chapter.pk}/title/", {"title": "New"})
    assert response["Location"] == f"/courses/{course.pk}/#chapter-{chapter.pk}"
    assert titles(course) == ["New"]


def test_move(ada: Client, course: Course) -> None:
    first, second = make_chapter(course, "1"), make_chapter(course, "2")
    ada.post(f"/chapters/{second.pk}/move/", {"steps": "-1"})
    assert titles(course) == ["2", "1"]
    ada.post(f"/chapters/{first.pk}/move/", {"place": "1"})
    assert titles(course) == ["1", "2"]


@pytest.mark.parametrize(
    "place", [{}, {"place": "0"}, {"place": "x"}, {"steps": "1", "place": "1"}]
)
def test_a_senseless_place_is_refused(ada: Client, course: Course, place: dict[str, str]) -> None:
    chapter = make_chapter(course)
    make_chapter(course)
    assert ada.post(f"/chapters/{chapter.pk}/move/", place, headers=HTMX).status_code == 422
    page = ada.post(f"/chapters/{chapter.pk}/move/", place, follow=True).content.decode()
    assert "Say a place" in page


def test_remove_offers_undo_and_undo_brings_all_of_it_back(
    ada: Client, author: User, course: Course
) -> None:
    make_chapter(course, "A")
    chapter = make_chapter(course, "B")
    make_chapter(course, "C")
    make_video(chapter, make_media(author, "Loom.mp4"))
    page = ada.post(f"/chapters/{chapter.pk}/remove/", follow=True).content.decode()
    undo = f"/chapters/{chapter.pk}/restore/"
    assert titles(course) == ["A", "C"]
    assert f'action="{undo}"' in page
    page = ada.post(undo, follow=True).content.decode()
    assert titles(course) == ["A", "B", "C"]
    assert "Loom" in page


def test_remove_answers_htmx_with_a_tombstone_and_undo(ada: Client, course: Course) -> None:
    chapter = make_chapter(course)
    page = ada.post(f"/chapters/{chapter.pk}/remove/", headers=HTMX).content.decode()
    assert f'hx-target="#chapter-{chapter.pk}" hx-swap="remove"' in page
    assert f'hx-post="/chapters/{chapter.pk}/restore/"' in page


def test_what_somebody_removed_meanwhile_is_told(ada: Client, course: Course) -> None:
    chapter = make_chapter(course)
    chapter.remove()
    gone = "Somebody removed this chapter meanwhile."
    kept = "“Beginnings” was removed by somebody meanwhile, so “New” is not saved."
    for verb, data, said in (
        ("title", {"title": "New"}, kept),
        ("move", {"place": "1"}, gone),
    ):
        url = f"/chapters/{chapter.pk}/{verb}/"
        assert ada.post(url, data, headers=HTMX).status_code == 409
        page = ada.post(url, data, follow=True).content.decode()
        assert said in page
    assert Chapter.objects.get(pk=chapter.pk).title == "Beginnings"


def test_removing_twice_and_restoring_twice_is_harmless(ada: Client, course: Course) -> None:
    chapter = make_chapter(course)
    for verb in ("remove", "remove", "restore"):
        assert ada.post(f"/chapters/{chapter.pk}/{verb}/", headers=HTMX).status_code == 200
    assert ada.post(f"/chapters/{chapter.pk}/restore/", headers=HTMX).status_code == 200
    assert titles(course) == ["Beginnings"]
