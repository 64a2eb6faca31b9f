"""A verb that changes nothing revises nothing: else every open page would be told of it."""

from collections.abc import Callable

import pytest

from accounts.models import User
from courses import positions
from courses.linking import cancel_links, retry_failed_links
from courses.models import Chapter, Course
from tests.factories import make_chapter, make_media, make_video

Verb = Callable[[Chapter], object]


def moves_itself_nowhere(chapter: Chapter) -> object:
    return chapter.move(positions.to(1))


def moves_its_video_nowhere(chapter: Chapter) -> object:
    video = make_video(chapter, make_media(chapter.course.owner))
    return video.move(chapter, positions.to(1))


VERBS: dict[str, tuple[Verb, Callable[[int], object]]] = {
    "a chapter moves to where it is": (moves_itself_nowhere, lambda revision: revision),
    "a video moves to where it is": (moves_its_video_nowhere, lambda revision: revision),
    "a live chapter is restored": (Chapter.restore, lambda _: None),
    "no failed link is retried": (retry_failed_links, lambda _: []),
    "no link is cancelled": (cancel_links, lambda revision: (revision, 0)),
    "the owner as co-author": (
        lambda chapter: chapter.course.add_co_author(chapter.course.owner),
        lambda _: False,
    ),
    "a stranger is no co-author any more": (
        lambda chapter: chapter.course.remove_co_author(chapter.pk),
        lambda _: False,
    ),
}


@pytest.mark.parametrize("name", VERBS)
def test_nothing_is_revised(chapter: Chapter, name: str) -> None:
    verb, expected = VERBS[name]
    before = Course.objects.values("revision", "changed_at").get()
    assert verb(chapter) == expected(before["revision"])
    assert Course.objects.values("revision", "changed_at").get() == before


def test_nor_by_what_was_done_already(chapter: Chapter, co_author: User) -> None:
    chapter.course.add_co_author(co_author)
    chapter.remove()
    before = Course.objects.values("revision", "changed_at").get()
    assert not chapter.course.add_co_author(co_author)
    assert chapter.remove() is None
    assert chapter.rename("Too late") is None
    assert chapter.move(positions.to(1)) is None
    assert Course.objects.values("revision", "changed_at").get() == before


def test_a_move_that_moves_is_still_revised(chapter: Chapter) -> None:
    make_chapter(chapter.course, "Another")
    before = Course.objects.get().revision
    assert chapter.move(positions.to(2)) == before + 1
