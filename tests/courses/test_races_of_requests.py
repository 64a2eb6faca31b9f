"""A pick that meets another pick, a move, or the end of its chapter."""

from collections.abc import Callable
from functools import partial
from unittest.mock import Mock
from uuid import UUID

import pytest

from config.ids import uuid7
from courses import positions
from courses.linking import (
    ChapterGone,
    Pick,
    Refusal,
    Requested,
    cancel_links,
    request_links,
)
from courses.models import Chapter, Course, Video
from media_library import batches
from media_library.models import Captions, MediaFile
from media_library.trash import throw_away
from tests.courses.invariants import Page, Snapshot
from tests.courses.meetings import meet
from tests.courses.scenes import Scene, committed, scene_of_two  # noqa: F401
from tests.factories import make_media

pytestmark = committed


def picks(of: Scene, number: int = 3) -> list[Pick]:
    return [Pick(of.media.pk, uuid7()) for _ in range(number)]


def ids(of: list[Pick]) -> list[UUID]:
    return [pick.video_id for pick in of]


@pytest.fixture(autouse=True)
def no_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "wake", Mock())


def request(at: Scene, wanted: list[Pick]) -> Requested | None:
    try:
        return request_links(at.chapter, at.media.owner, wanted)
    except ChapterGone:
        return None


@pytest.fixture
def page(scene: Scene) -> Page:
    return Page.loaded(scene.chapter.course_id)


def order_after(page: Page, of: Scene) -> list[UUID]:
    """Of the chapter, without those that were there before."""
    now = Snapshot.taken()
    now.check()
    page.check()
    return [*now.live_order(of.chapter.pk)][3:]


def test_a_file_that_is_picked_just_then_is_not_thrown_away(scene: Scene) -> None:
    media = make_media(scene.media.owner)
    wanted = [Pick(media.pk, uuid7())]
    # What is asked for stands in its row already, and ends with the lock of its chapter.
    answers = meet(
        Chapter.objects.all(), partial(request, scene, wanted), partial(throw_away, media)
    )
    assert answers == [Requested(ids(wanted), []), False]


def test_a_file_that_is_deleted_everywhere_and_gets_captions_meets_no_deadlock(
    scene: Scene,
) -> None:
    batch = batches.start(scene.media.owner, "delete", [scene.media.pk], {"everywhere": True})
    add = partial(Captions.objects.put, scene.media, "en", "WEBVTT")
    meet(Course.objects.all(), partial(batches.perform, batch.pk), add)
    assert batch.items.get().status == "done"
    assert Captions.objects.exists()


def test_a_file_that_is_thrown_away_just_then_is_not_picked(scene: Scene) -> None:
    media = make_media(scene.media.owner)
    wanted = [Pick(media.pk, uuid7())]
    held = MediaFile.objects.filter(pk=media.pk)
    answers = meet(held, partial(throw_away, media), partial(request, scene, wanted))
    assert answers == [True, Requested([], [(wanted[0], Refusal.UNKNOWN)])]


def test_the_same_pick_twice_makes_one_set(scene: Scene, page: Page) -> None:
    wanted = picks(scene)
    answers = meet(Course.objects.all(), *[partial(request, scene, wanted)] * 2)
    assert answers == [Requested(ids(wanted), [])] * 2
    assert order_after(page, scene) == ids(wanted)


def test_picks_that_share_some_ids_make_each_once(scene: Scene, page: Page) -> None:
    one, shared, two = (picks(scene, 2) for _ in range(3))
    works = [partial(request, scene, wanted) for wanted in (one + shared, shared + two)]
    answers = meet(Course.objects.all(), *works)
    assert answers == [Requested(ids(one + shared), []), Requested(ids(shared + two), [])]
    assert order_after(page, scene) == ids(one + shared + two)


def test_picks_of_two_authors_stand_one_behind_the_other(scene: Scene, page: Page) -> None:
    first, second = picks(scene), picks(scene)
    works = [partial(request, scene, wanted) for wanted in (first, second)]
    assert all(meet(Course.objects.all(), *works))
    assert order_after(page, scene) == ids(first + second)


def test_a_pick_before_its_chapter_goes_goes_with_it(scene: Scene, page: Page) -> None:
    wanted = picks(scene)
    answers = meet(Course.objects.all(), partial(request, scene, wanted), scene.chapter.remove)
    assert all(answers)
    assert order_after(page, scene) == ids(wanted)
    assert scene.chapter.pk not in page.after_the_feed()


def test_a_pick_behind_the_end_of_its_chapter_changes_nothing(scene: Scene, page: Page) -> None:
    work = partial(request, scene, picks(scene))
    revision, answer = meet(Course.objects.all(), scene.chapter.remove, work)
    assert answer is None
    assert order_after(page, scene) == []
    assert Course.objects.get().revision == revision


@pytest.mark.parametrize("pick_comes_first", [True, False])
def test_a_pick_and_a_move_to_the_end_both_find_a_place(
    scene: Scene,
    page: Page,
    pick_comes_first: bool,
) -> None:
    wanted = picks(scene)
    there = Video.objects.get(chapter=scene.other)
    works: list[Callable[[], object]] = [
        partial(request, scene, wanted),
        partial(there.move, scene.chapter, positions.to(99)),
    ]
    assert all(meet(Course.objects.all(), *(works if pick_comes_first else works[::-1])))
    expected = [*ids(wanted), there.pk] if pick_comes_first else [there.pk, *ids(wanted)]
    assert order_after(page, scene) == expected


@pytest.mark.parametrize("pick_comes_first", [True, False])
def test_who_cancels_takes_away_what_was_picked_before(
    scene: Scene,
    page: Page,
    pick_comes_first: bool,
) -> None:
    wanted = picks(scene)
    scene.video.remove()
    works: list[Callable[[], object]] = [
        partial(request, scene, wanted),
        partial(cancel_links, scene.chapter),
    ]
    meet(Course.objects.all(), *(works if pick_comes_first else works[::-1]))
    expected = [] if pick_comes_first else ids(wanted)
    assert Snapshot.taken().live_order(scene.chapter.pk)[2:] == expected
    page.check()
    refused = request_links(scene.chapter, scene.media.owner, wanted).refused
    assert refused == ([(pick, Refusal.REMOVED) for pick in wanted] if pick_comes_first else [])


def test_asking_again_brings_nothing_back(scene: Scene, page: Page) -> None:
    """What it answers depends on how fast the other is: it looks once more without the lock."""
    again = [Pick(scene.media.pk, scene.video.pk)]
    answer, revision = meet(
        Course.objects.all(), partial(request, scene, again), scene.video.remove
    )
    assert answer in (
        Requested([scene.video.pk], []),
        Requested([], [(again[0], Refusal.REMOVED)]),
    )
    assert Snapshot.taken().videos[scene.video.pk]["removed_at"] is not None
    assert Course.objects.get().revision == revision
    page.check()
