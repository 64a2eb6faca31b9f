"""People take turns: one who links 500 videos keeps nobody waiting."""

import threading
from typing import Any

import pytest
from django.db.models.functions import Now

from accounts.models import User
from config.ids import uuid7
from courses import linking
from courses.linking import Pick, perform_next, request_links
from courses.models import Chapter, Video
from tests.clips import Clips
from tests.conftest import CeleryWorker
from tests.courses.link_stories import (
    at_once,
    claimed,
    in_thread,
    let_lease_run_out,
    ready,
    wait_until,
)
from tests.courses.link_stories import linking as linking_video
from tests.factories import make_chapter, make_course


@pytest.fixture
def hers(chapter: Chapter) -> list[Video]:
    return [linking_video(chapter) for _ in range(5)]


@pytest.fixture
def others(co_author: User) -> Chapter:
    return make_chapter(make_course(co_author))


def turn(**sparing: Any) -> Video:
    video = Video.objects.claim_next(**sparing)
    assert video is not None
    return video


def test_one_persons_videos_are_taken_in_the_order_of_picking(hers: list[Video]) -> None:
    assert [turn() for _ in hers] == hers
    assert Video.objects.claim_next() is None


def test_a_turn_is_a_claim(hers: list[Video]) -> None:
    video = turn()
    assert (video.attempts, video.chapter, video.media) == (1, hers[0].chapter, hers[0].media)
    assert Video.objects.claim(video.pk) is None
    assert video.complete() is not None


def test_who_came_late_and_has_less_under_way_is_next(hers: list[Video], others: Chapter) -> None:
    assert [turn(), turn()] == hers[:2]
    his = [linking_video(others) for _ in range(3)]
    assert [turn() for _ in range(4)] == [his[0], his[1], hers[2], his[2]]


def test_a_lease_of_a_dead_worker_is_no_share(hers: list[Video], others: Chapter) -> None:
    his = linking_video(others)
    for _ in range(2):
        claimed(his)
        let_lease_run_out(his)
    claimed(hers[0])
    assert turn() == his


def test_people_who_have_enough_are_passed_over(hers: list[Video], others: Chapter) -> None:
    owner = hers[0].chapter.course.owner_id
    assert Video.objects.claim_next(sparing=[owner]) is None
    his = linking_video(others)
    assert turn(sparing=[owner]) == his


def test_what_somebody_asked_for_who_was_deleted_has_its_turn(hers: list[Video]) -> None:
    Video.objects.update(requested_by=None)
    assert turn() == hers[0]
    assert Video.objects.claim_next(sparing=[None]) is None


@pytest.mark.django_db(transaction=True)
def test_those_who_come_at_once_all_find_something_else(hers: list[Video]) -> None:
    claims = at_once(lambda: turn().pk, 5)
    assert sorted(claims) == sorted(video.pk for video in hers)


@pytest.mark.django_db(transaction=True)
def test_nobody_gets_all_threads_of_a_worker(
    hers: list[Video], others: Chapter, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the storage takes: two of hers hang, his is linked, and only then hers go on."""
    settings.LINK_CONCURRENCY = 2
    his = linking_video(others)
    let_go = threading.Event()

    def link(video: Video) -> None:
        assert video == his or let_go.wait(30)

    monkeypatch.setattr(linking, "_link", link)
    threads = [in_thread(perform_next) for _ in range(3)]
    wait_until(lambda: Video.objects.filter(lease_until__gt=Now()).count() == 2)
    wait_until(lambda: Video.objects.get(pk=his.pk).status == "linked")
    assert perform_next() is False
    let_go.set()
    for thread in threads:
        thread.join(30)
    assert perform_next() is True


def test_a_link_that_breaks_gives_its_share_back(
    hers: list[Video], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LINK_CONCURRENCY = 1

    def breaks(_: Video) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(linking, "_link", breaks)
        with pytest.raises(ZeroDivisionError):
            perform_next()
    monkeypatch.setattr(linking, "_link", lambda _: None)
    assert perform_next() is True


@pytest.mark.django_db(transaction=True)
def test_five_are_linked_while_another_persons_five_hundred_wait(
    celery_worker: CeleryWorker, chapter: Chapter, others: Chapter, clips: Clips
) -> None:
    """With a storage that takes a second, and four at once: hers would hold it for two minutes."""
    mine, theirs = chapter.course.owner, others.course.owner
    celery_worker.stop()
    celery_worker.environment["MEDIA_STORAGE"] = "tests.courses.slow_storage.SlowStorage"
    celery_worker.start()
    video, other = ready(mine, clips.mp4), ready(theirs, clips.vp9)
    request_links(chapter, mine, [Pick(video.pk, uuid7()) for _ in range(500)])
    wait_until(lambda: Video.objects.filter(lease_until__gt=Now()).count() == 4)
    request_links(others, theirs, [Pick(other.pk, uuid7()) for _ in range(5)])
    wait_until(lambda: others.videos.filter(status="linked").count() == 5)
    assert chapter.videos.filter(status="linking").count() > 400
    celery_worker.kill()
