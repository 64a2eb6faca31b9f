"""Links in a real worker process, which may die; its calls may be lost, and the sweeper looks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import redis
from django.db.models.functions import Now

from config.ids import uuid7
from courses.linking import Pick, request_links
from courses.models import Chapter, Video
from courses.sweeper import Sweeper
from media_library.models import MediaFile
from tests.clips import Clips
from tests.conftest import CeleryWorker
from tests.courses.link_stories import (
    PATIENCE,
    linking,
    nobody_sweeps,
    ready,
    row,
    stored,
    wait_until,
)

LONG_AGO = Now() - timedelta(minutes=1)


def linked() -> int:
    return Video.objects.filter(status="linked").count()


def sweep_until(so: Callable[[], bool]) -> None:
    """Again and again, as it does: what is put off, too, waits for a later time."""
    nobody_sweeps()
    sweeper = Sweeper()

    def swept() -> bool:
        sweeper.sweep()
        return so()

    wait_until(swept)


@pytest.mark.django_db(transaction=True)
def test_picked_videos_are_linked_and_a_bad_one_fails_alone(
    celery_worker: CeleryWorker, chapter: Chapter, clips: Clips
) -> None:
    owner = chapter.course.owner
    files = [stored(owner, clips.mp4), stored(owner, clips.html), stored(owner, clips.vp9)]
    request_links(chapter, owner, [Pick(media.pk, uuid7()) for media in files])
    wait_until(lambda: not Video.objects.filter(status="linking").exists())
    states = list(Video.objects.in_order().values_list("status", "reason"))
    assert states == [("linked", ""), ("failed", "not_a_video"), ("linked", "")]


@pytest.mark.django_db(transaction=True)
def test_one_after_the_other_they_come_to_the_same(
    celery_worker: CeleryWorker, chapter: Chapter, clips: Clips
) -> None:
    """LINKING_MODE=sequential: in the order of picking, each begun when the one before has ended."""
    celery_worker.stop()
    celery_worker.environment["LINKING_MODE"] = "sequential"
    celery_worker.start()
    owner = chapter.course.owner
    contents = [clips.mp4, clips.html, clips.vp9, clips.mp4]
    files = [stored(owner, content) for content in contents]
    request_links(chapter, owner, [Pick(media.pk, uuid7()) for media in files])
    most_at_once = 0

    def all_have_ended() -> bool:
        nonlocal most_at_once
        leased = Video.objects.filter(lease_until__gt=Now()).count()
        most_at_once = max(most_at_once, leased)
        return not Video.objects.filter(status="linking").exists()

    wait_until(all_have_ended)
    videos = list(Video.objects.in_order())
    assert [video.reason for video in videos] == ["", "not_a_video", "", ""]
    settled = [str(video.settled_at) for video in videos]
    assert settled == sorted(settled)
    assert most_at_once == 1


@pytest.mark.django_db(transaction=True)
def test_a_file_that_was_taken_in_is_examined(
    celery_worker: CeleryWorker, chapter: Chapter, clips: Clips
) -> None:
    media = stored(chapter.course.owner, clips.mp4)
    wait_until(lambda: MediaFile.objects.get().status == "ready")
    assert MediaFile.objects.get(pk=media.pk).poster.size > 0


@pytest.mark.django_db(transaction=True)
def test_a_hundred_links_are_all_made_once(
    celery_worker: CeleryWorker, chapter: Chapter, clips: Clips
) -> None:
    media = ready(chapter.course.owner, clips.mp4)
    picks = [Pick(media.pk, uuid7()) for _ in range(100)]
    request_links(chapter, chapter.course.owner, picks)
    wait_until(lambda: linked() == 100)
    assert set(Video.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_what_was_lost_with_a_killed_worker_is_linked_by_the_next(
    celery_worker: CeleryWorker, chapter: Chapter, clips: Clips, redis_server: redis.Redis
) -> None:
    """Killed in the middle of four links; the calls for the others are lost with the queue."""
    media = ready(chapter.course.owner, clips.mp4)
    celery_worker.stop()
    celery_worker.environment["MEDIA_STORAGE"] = "tests.courses.slow_storage.SlowStorage"
    celery_worker.start()
    request_links(chapter, chapter.course.owner, [Pick(media.pk, uuid7()) for _ in range(12)])
    wait_until(lambda: Video.objects.filter(lease_until__gt=Now()).count() == 4)
    celery_worker.kill()
    redis_server.flushdb()
    in_the_middle = list(Video.objects.filter(status="linking", attempts=1))
    assert in_the_middle
    # Time passes: leases run out, and what is due has been due for a while.
    Video.objects.filter(lease_until__gt=Now()).update(lease_until=LONG_AGO)
    Video.objects.filter(status="linking").update(due_at=LONG_AGO)
    celery_worker.start()
    sweep_until(lambda: linked() == 12)
    assert {row(video)["attempts"] for video in in_the_middle} == {2}


@pytest.mark.django_db(transaction=True)
def test_a_video_whose_file_nobody_could_examine_yet_comes_true_through_the_sweeper(
    celery_worker: CeleryWorker, chapter: Chapter, clips: Clips, redis_server: redis.Redis
) -> None:
    celery_worker.stop()
    media = stored(chapter.course.owner, clips.mp4)
    video = linking(chapter, media)
    redis_server.flushdb()
    Video.objects.update(due_at=LONG_AGO)
    MediaFile.objects.update(created_at=LONG_AGO)
    celery_worker.start()
    sweep_until(lambda: linked() == 1)
    wait_until(lambda: MediaFile.objects.get().status == "ready")
    assert row(video)["attempts"] == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_told_to_stop_leaves_nothing_half_done(
    celery_worker: CeleryWorker, chapter: Chapter, clips: Clips
) -> None:
    media = ready(chapter.course.owner, clips.mp4)
    wait_until(lambda: b"ready." in celery_worker.log.read_bytes())
    request_links(chapter, chapter.course.owner, [Pick(media.pk, uuid7()) for _ in range(30)])
    wait_until(lambda: linked() > 0)
    assert celery_worker.process is not None
    celery_worker.process.terminate()
    celery_worker.process.wait(PATIENCE)
    assert not Video.objects.filter(lease_until__gt=Now()).exists()
    assert set(Video.objects.values_list("status", "reason")) <= {("linking", ""), ("linked", "")}
