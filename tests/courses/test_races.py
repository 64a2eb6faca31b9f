"""Every two verbs that can meet at a video: who wins, and what is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import compress
from typing import Any

import pytest
from django.db.models import QuerySet

from courses import positions
from courses.models import Course, Video
from tests.courses.invariants import Page, Snapshot
from tests.courses.link_stories import linking, row
from tests.courses.meetings import meet
from tests.courses.scenes import (
    Scene,
    State,
    Verb,
    cancel,
    cancelled,
    claim,
    committed,
    complete,
    complete_late,
    defer,
    describe,
    describe_too,
    fail,
    failed,
    give_up,
    leased,
    linked,
    move,
    move_up,
    overdue,
    remove,
    remove_chapter,
    remove_the_other_chapter,
    removed,
    rename,
    rename_too,
    renew,
    request_again,
    restore,
    restore_chapter,
    retry,
    retry_failed,
    scene_of_two,  # noqa: F401
    spent,
    taken_over,
    undo_cancel,
    waiting,
)

pytestmark = committed

BOTH, FIRST, SECOND, NEITHER = (True, True), (True, False), (False, True), (False, False)


@dataclass
class Race:
    """Who comes first, who comes second while the first is at it, and who wins."""

    state: State
    first: Verb
    second: Verb
    winners: tuple[bool, bool]
    status: str
    gone: bool = False
    attempts: int | None = None

    def __str__(self) -> str:
        return "-".join(part.__name__ for part in (self.state, self.first, self.second))

    @property
    def held(self) -> QuerySet[Any]:
        """A claim and a renewal ask for the video alone; all others ask for the course first."""
        if {claim, renew} & {self.first, self.second} and self.first is not complete_late:
            return Video.objects.all()
        return Course.objects.all()

    @property
    def done(self) -> list[Verb]:
        return list(compress((self.first, self.second), self.winners))

    @property
    def title(self) -> str:
        return "As typed" if rename in self.done else "As picked"

    @property
    def has_moved(self) -> bool:
        """Into the other chapter, and not back."""
        return [verb for verb in self.done if verb in (move, move_up)][-1:] == [move]


RACES = [
    Race(waiting, claim, claim, FIRST, "linking", attempts=1),
    Race(waiting, remove, claim, FIRST, "linking", gone=True, attempts=0),
    Race(waiting, cancel, claim, FIRST, "linking", gone=True, attempts=0),
    Race(waiting, claim, move, BOTH, "linking", attempts=1),
    Race(waiting, move, claim, BOTH, "linking", attempts=1),
    Race(waiting, claim, rename, BOTH, "linking", attempts=1),
    Race(waiting, rename, claim, BOTH, "linking", attempts=1),
    Race(waiting, cancel, request_again, FIRST, "linking", gone=True),
    Race(leased, complete, complete, FIRST, "linked", attempts=1),
    Race(leased, complete, fail, FIRST, "linked"),
    Race(leased, fail, complete, FIRST, "failed"),
    Race(leased, complete, claim, FIRST, "linked", attempts=1),
    Race(leased, complete, renew, FIRST, "linked"),
    Race(leased, renew, complete, BOTH, "linked"),
    Race(leased, complete, remove, BOTH, "linked", gone=True),
    Race(leased, remove, complete, FIRST, "linking", gone=True),
    Race(leased, complete, cancel, FIRST, "linked"),
    Race(leased, cancel, complete, FIRST, "linking", gone=True),
    Race(leased, complete, rename, BOTH, "linked"),
    Race(leased, rename, complete, BOTH, "linked"),
    Race(leased, complete, move, BOTH, "linked"),
    Race(leased, move, complete, BOTH, "linked"),
    Race(leased, complete, remove_chapter, BOTH, "linked"),
    Race(leased, remove_chapter, complete, BOTH, "linked"),
    Race(leased, complete, request_again, BOTH, "linked"),
    Race(leased, request_again, complete, BOTH, "linked"),
    Race(leased, complete, retry, FIRST, "linked"),
    Race(leased, fail, retry, BOTH, "linking", attempts=0),
    Race(leased, retry, fail, SECOND, "failed", attempts=1),
    Race(leased, fail, retry_failed, BOTH, "linking", attempts=0),
    Race(leased, retry_failed, fail, SECOND, "failed", attempts=1),
    Race(leased, defer, cancel, BOTH, "linking", gone=True, attempts=0),
    Race(leased, cancel, defer, FIRST, "linking", gone=True, attempts=1),
    Race(leased, defer, claim, FIRST, "linking", attempts=0),
    Race(leased, remove, renew, FIRST, "linking", gone=True),
    Race(overdue, complete_late, claim, SECOND, "linking", attempts=2),
    Race(overdue, claim, complete_late, FIRST, "linking", attempts=2),
    Race(overdue, claim, renew, FIRST, "linking", attempts=2),
    Race(overdue, complete_late, give_up, NEITHER, "linking", attempts=1),
    Race(taken_over, complete, complete_late, FIRST, "linked", attempts=2),
    Race(taken_over, complete_late, complete, SECOND, "linked", attempts=2),
    Race(taken_over, fail, complete_late, FIRST, "failed", attempts=2),
    Race(taken_over, complete_late, remove, SECOND, "linking", gone=True),
    Race(spent, give_up, give_up, FIRST, "failed", attempts=3),
    Race(spent, give_up, claim, FIRST, "failed", attempts=3),
    Race(spent, give_up, complete_late, FIRST, "failed"),
    Race(spent, complete_late, give_up, SECOND, "failed"),
    Race(spent, give_up, retry, BOTH, "linking", attempts=0),
    Race(spent, retry, give_up, SECOND, "failed", attempts=3),
    Race(spent, give_up, remove, BOTH, "failed", gone=True),
    Race(spent, remove, give_up, FIRST, "linking", gone=True),
    Race(spent, give_up, move, BOTH, "failed"),
    Race(spent, move, give_up, BOTH, "failed"),
    Race(failed, retry, retry, FIRST, "linking", attempts=0),
    Race(failed, retry_failed, retry_failed, FIRST, "linking", attempts=0),
    Race(failed, retry, retry_failed, FIRST, "linking", attempts=0),
    Race(failed, retry_failed, retry, FIRST, "linking", attempts=0),
    Race(failed, retry, remove, BOTH, "linking", gone=True),
    Race(failed, remove, retry, FIRST, "failed", gone=True),
    Race(failed, retry, cancel, BOTH, "linking", gone=True),
    Race(failed, cancel, retry, SECOND, "linking"),
    Race(failed, retry_failed, cancel, BOTH, "linking", gone=True),
    Race(failed, cancel, retry_failed, SECOND, "linking"),
    Race(linked, remove, remove, FIRST, "linked", gone=True),
    Race(linked, remove, restore, BOTH, "linked"),
    Race(linked, restore, remove, SECOND, "linked", gone=True),
    Race(linked, remove, request_again, FIRST, "linked", gone=True),
    Race(linked, rename, rename_too, FIRST, "linked"),
    Race(linked, describe, describe_too, FIRST, "linked"),
    Race(linked, rename, describe, BOTH, "linked"),
    Race(linked, describe, rename, BOTH, "linked"),
    Race(linked, rename, remove, BOTH, "linked", gone=True),
    Race(linked, remove, rename, FIRST, "linked", gone=True),
    Race(linked, rename, move, BOTH, "linked"),
    Race(linked, move, rename, BOTH, "linked"),
    Race(linked, move, move_up, BOTH, "linked"),
    Race(linked, move_up, move, BOTH, "linked"),
    Race(linked, move, remove, BOTH, "linked", gone=True),
    Race(linked, remove, move, FIRST, "linked", gone=True),
    Race(linked, remove_the_other_chapter, move, FIRST, "linked"),
    Race(linked, remove_chapter, move, FIRST, "linked"),
    Race(linked, remove_chapter, remove_chapter, FIRST, "linked"),
    Race(linked, remove_chapter, restore_chapter, BOTH, "linked"),
    Race(linked, remove_chapter, request_again, FIRST, "linked"),
    Race(removed, restore, restore, FIRST, "linking", attempts=0),
    Race(removed, restore, remove, BOTH, "linking", gone=True),
    Race(removed, restore, complete, FIRST, "linking", attempts=0),
    Race(removed, complete, restore, SECOND, "linking", attempts=0),
    Race(removed, restore, request_again, BOTH, "linking"),
    Race(cancelled, undo_cancel, undo_cancel, FIRST, "linking", attempts=0),
    Race(cancelled, undo_cancel, restore, FIRST, "linking", attempts=0),
    Race(cancelled, restore, undo_cancel, FIRST, "linking", attempts=0),
    Race(cancelled, undo_cancel, complete, FIRST, "linking", attempts=0),
    Race(cancelled, undo_cancel, cancel, BOTH, "linking", gone=True),
    Race(removed, restore, claim, FIRST, "linking", attempts=0),
]


@pytest.mark.parametrize("race", RACES, ids=str)
def test_who_wins(race: Race, scene: Scene) -> None:
    race.state(scene)
    page, before = Page.loaded(scene.chapter.course_id), Snapshot.taken()
    outcomes = meet(race.held, partial(race.first, scene), partial(race.second, scene))
    after = row(scene.video)
    assert tuple(map(bool, outcomes)) == race.winners
    assert (after["status"], after["removed_at"] is not None) == (race.status, race.gone)
    assert race.attempts in (None, after["attempts"])
    assert after["title"] == race.title
    assert after["chapter_id"] == (scene.other if race.has_moved else scene.chapter).pk
    assert_consistent(scene, page, before)


@pytest.mark.parametrize("take_away", [remove, cancel])
def test_who_claims_what_is_being_removed_settles_nothing(scene: Scene, take_away: Verb) -> None:
    """Whether it is still told that it has the video depends on how fast the other is."""
    page, before = Page.loaded(scene.chapter.course_id), Snapshot.taken()
    claimed, gone = meet(Video.objects.all(), partial(claim, scene), partial(take_away, scene))
    assert gone
    assert claimed is None or claimed.complete() is None
    after = row(scene.video)
    assert (after["status"], after["attempts"], after["lease_token"]) == ("linking", 1, None)
    assert_consistent(scene, page, before)


@pytest.mark.parametrize("sweeper_comes_first", [True, False])
def test_a_list_that_is_spaced_anew_stops_nobody_and_nobody_stops_it(
    scene: Scene, sweeper_comes_first: bool
) -> None:
    """It wants every row of the chapter, while a worker and the sweeper want some of them."""
    spent(scene)
    first, _, last = Video.objects.filter(chapter=scene.chapter).in_order()
    waits = linking(scene.chapter, scene.media)
    for place, video in enumerate((first, scene.video, last, waits)):
        Video.objects.filter(pk=video.pk).update(position=positions.STEP * 9 + place)
    page, before = Page.loaded(scene.chapter.course_id), Snapshot.taken()
    works: list[Callable[[], object]] = [
        partial(give_up, scene),
        partial(last.move, scene.chapter, positions.to(2)),
    ]
    outcomes = meet(
        Video.objects.filter(pk__in=[scene.video.pk, waits.pk]),
        partial(Video.objects.claim, waits.pk),
        *(works if sweeper_comes_first else works[::-1]),
    )
    assert all(outcomes)
    assert row(scene.video)["status"] == "failed"
    now = Snapshot.taken()
    assert now.live_order(scene.chapter.pk) == [first.pk, last.pk, scene.video.pk, waits.pk]
    assert now.differing(before) == {first.pk, last.pk, scene.video.pk, waits.pk}
    now.check()
    page.check()


def assert_consistent(scene: Scene, page: Page, before: Snapshot) -> None:
    """The others are as they were, and a page that was open before shows what a new one shows."""
    now = Snapshot.taken()
    now.check()
    page.check()
    for video_id in before.videos.keys() - {scene.video.pk}:
        revision = {"revision": now.videos[video_id]["revision"]}  # new if its chapter came back
        assert now.videos[video_id] == {**before.videos[video_id], **revision}
