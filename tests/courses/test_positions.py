"""The order of chapters, as it is seen and as it is stored."""

import threading

import pytest
from django.db import connection

from accounts.models import User
from courses import positions
from courses.models import Chapter, Course
from tests.factories import make_chapter, make_course


def titles(course: Course) -> str:
    return "".join(course.chapters.live().in_order().values_list("title", flat=True))


@pytest.fixture
def course(author: User) -> Course:
    course = make_course(author)
    for title in "ABCDE":
        make_chapter(course, title)
    return course


def chapter(course: Course, title: str) -> Chapter:
    return course.chapters.get(title=title)


def test_chapters_stand_in_the_order_of_their_making(course: Course) -> None:
    assert titles(course) == "ABCDE"


@pytest.mark.parametrize(
    ("title", "steps", "order"),
    [
        ("C", -1, "ACBDE"),
        ("C", 1, "ABDCE"),
        ("C", -2, "CABDE"),
        ("C", 99, "ABDEC"),
        ("A", -1, "ABCDE"),
        ("E", 1, "ABCDE"),
        ("A", 4, "BCDEA"),
        ("E", -4, "EABCD"),
    ],
)
def test_a_chapter_moves_by_steps(course: Course, title: str, steps: int, order: str) -> None:
    chapter(course, title).move(positions.by(steps))
    assert titles(course) == order


@pytest.mark.parametrize(
    ("title", "place", "order"), [("E", 1, "EABCD"), ("A", 3, "BCADE"), ("B", 99, "ACDEB")]
)
def test_a_chapter_moves_to_a_place(course: Course, title: str, place: int, order: str) -> None:
    chapter(course, title).move(positions.to(place))
    assert titles(course) == order


def test_a_move_writes_one_row(course: Course) -> None:
    revision = chapter(course, "E").move(positions.to(1))
    assert revision is not None
    assert [row.title for row in course.chapters.filter(revision=revision)] == ["E"]


def test_moves_into_the_same_gap_never_run_out_of_room(course: Course) -> None:
    """Each puts the last chapter second: the gap halves every time until the list is spaced anew."""
    expected = list("ABCDE")
    for _ in range(60):
        last = expected.pop()
        chapter(course, last).move(positions.to(2))
        expected.insert(1, last)
        assert titles(course) == "".join(expected)


def test_a_list_spaced_anew_carries_the_revision_of_the_move(course: Course) -> None:
    course.chapters.filter(title="B").update(position=positions.STEP + 1)
    revision = chapter(course, "E").move(positions.to(2))
    assert revision is not None
    assert course.chapters.filter(revision=revision).count() == 5
    assert titles(course) == "AEBCD"


def test_a_removed_chapter_comes_back_to_its_place(course: Course) -> None:
    chapter(course, "C").remove()
    chapter(course, "E").move(positions.to(3))
    assert titles(course) == "ABED"
    chapter(course, "C").restore()
    assert titles(course) in ("ABCED", "ABECD")


def test_a_removed_chapter_does_not_move(course: Course) -> None:
    gone = chapter(course, "C")
    gone.remove()
    assert gone.move(positions.to(1)) is None
    assert gone.rename("X") is None
    assert titles(course) == "ABDE"


@pytest.mark.django_db(transaction=True)
def test_authors_who_move_and_add_at_once_end_with_one_order(course: Course) -> None:
    ids = list(course.chapters.values_list("pk", flat=True))
    start = threading.Barrier(6)
    failures: list[Exception] = []
    revisions: list[int | None] = []

    def author_at_work(number: int) -> None:
        try:
            start.wait()
            for step in range(10):
                if number % 2:
                    revisions.append(make_chapter(course, f"{number}").revision)
                else:
                    chapter = Chapter.objects.get(pk=ids[step % 5])
                    revisions.append(chapter.move(positions.to((number + step) % 5 + 1)))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=author_at_work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failures
    assert course.chapters.count() == 35
    course.refresh_from_db()
    # A move that moves nothing answers with the revision that there is.
    assert {5, *revisions} == set(range(5, course.revision + 1))
    assert 35 <= course.revision <= 65
