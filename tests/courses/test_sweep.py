"""One sweep: who is called, who is not, and what is given up."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.db import connection
from django.db.models.functions import Now

from accounts.models import User
from config import celery, wake_ups
from config.ids import uuid7
from courses import sweeper as sweeper_module
from courses.changes import with_figures
from courses.models import Chapter, Video
from courses.sweeper import Sweeper
from media_library import batches
from media_library.models import Doubt, MediaFile
from tests.courses.link_stories import (
    at_once,
    claimed,
    let_lease_run_out,
    linking,
    nobody_sweeps,
    row,
)
from tests.factories import make_chapter, make_media, make_upload, make_video

LONG_AGO = Now() - timedelta(minutes=1)


class Clock:
    """Of the sweeper; the rows have the database's."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(sweeper_module, "time", clock)
    return clock


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Mock:
    send = Mock()
    monkeypatch.setattr(celery.app, "send_task", send)
    queue_has(monkeypatch, 0)
    return send


@pytest.fixture
def sweeper(db: None) -> Iterator[Sweeper]:
    yield Sweeper()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


def queue_has(monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
    monkeypatch.setattr(sweeper_module, "calls_waiting", lambda queue: calls)


def age(**columns: object) -> None:
    Video.objects.update(**({"due_at": LONG_AGO} | columns))


def called_for(calls: Mock) -> int:
    """One message calls for one link, and for as many helpers as it says."""
    for call in calls.call_args_list:
        assert call.args[0] == "courses.link_next"
    return sum(call.args[1][0] + 1 for call in calls.call_args_list)


def test_videos_that_wait_for_long_are_called_for_in_one_message(
    sweeper: Sweeper, calls: Mock, chapter: Chapter
) -> None:
    for _ in range(3):
        linking(chapter)
    age()
    sweeper.sweep()
    assert (calls.call_count, called_for(calls)) == (1, 3)


def test_calls_that_wait_in_the_queue_and_links_under_way_count(
    sweeper: Sweeper, calls: Mock, chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who links a video calls for the next one."""
    videos = [linking(chapter) for _ in range(6)]
    age()
    queue_has(monkeypatch, 3)
    claimed(videos[0])
    sweeper.sweep()
    assert called_for(calls) == 1
    queue_has(monkeypatch, 4)
    sweeper.sweep()
    assert called_for(calls) == 1


def test_what_another_person_has_under_way_does_not_count(
    sweeper: Sweeper,
    calls: Mock,
    chapter: Chapter,
    co_author: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Hers hang in a storage; his were deferred, and nobody else would call for them."""
    monkeypatch.setattr(sweeper_module, "_A_PERSON", 2)
    for _ in range(2):
        claimed(linking(chapter))
    linking(chapter)
    age()
    sweeper.sweep()
    assert not calls.called
    linking(chapter, requested_by=co_author)
    age()
    sweeper.sweep()
    assert called_for(calls) == 1


def test_no_more_are_called_than_work_at_once(
    sweeper: Sweeper, calls: Mock, chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper_module, "_A_PERSON", 4)
    for _ in range(9):
        linking(chapter)
    age()
    sweeper.sweep()
    assert called_for(calls) == 4


def test_what_was_just_made_is_left_to_its_own_call(
    sweeper: Sweeper, calls: Mock, chapter: Chapter
) -> None:
    linking(chapter, make_media(chapter.course.owner))
    sweeper.sweep()
    calls.assert_not_called()


def test_nothing_is_called_that_waits_for_nobody(
    sweeper: Sweeper, calls: Mock, chapter: Chapter
) -> None:
    linking(chapter, removed_at=Now())
    claimed(linking(chapter))
    linking(chapter, status="linked")
    linking(chapter, status="failed", reason="missing")
    age()
    later = linking(chapter)
    Video.objects.filter(pk=later.pk).update(due_at=Now() + timedelta(seconds=9))
    sweeper.sweep()
    calls.assert_not_called()


@pytest.fixture
def media(author: User) -> MediaFile:
    media = make_media(author, status="processing", duration=None, probed_at=None)
    MediaFile.objects.update(created_at=LONG_AGO)
    return media


def test_the_call_for_a_file_is_not_repeated_while_the_queue_has_it(
    sweeper: Sweeper,
    calls: Mock,
    media: MediaFile,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue_has(monkeypatch, 1)
    for _ in range(100):
        sweeper.sweep()
        clock.now += 2
    assert calls.call_count == 1
    clock.now += 150
    sweeper.sweep()
    assert calls.call_count == 2


def test_the_call_for_a_file_that_is_in_no_queue_is_repeated_soon(
    sweeper: Sweeper, calls: Mock, media: MediaFile, clock: Clock
) -> None:
    for _ in range(3):
        sweeper.sweep()
        clock.now += 2
    assert calls.call_count == 2  # at 0 and at 4 seconds


def test_a_broker_that_is_away_is_said_and_asked_again(
    sweeper: Sweeper, calls: Mock, chapter: Chapter
) -> None:
    linking(chapter)
    age()
    calls.side_effect = ConnectionRefusedError
    with pytest.raises(wake_ups.BrokerSilent):
        sweeper.sweep()
    calls.side_effect = None
    sweeper.sweep()
    assert calls.call_count == 2


def test_videos_whose_workers_all_died_fail(
    sweeper: Sweeper, calls: Mock, chapter: Chapter
) -> None:
    video, other = linking(chapter), linking(chapter)
    for _ in range(3):
        let_lease_run_out(claimed(video))
    sweeper.sweep()
    assert (row(video)["status"], row(video)["reason"]) == ("failed", "attempts")
    assert row(other)["status"] == "linking"
    calls.assert_not_called()


def test_they_fail_also_while_the_broker_is_away(
    sweeper: Sweeper, calls: Mock, chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls.side_effect = ConnectionRefusedError
    video = linking(chapter)
    linking(chapter)
    age()
    for _ in range(3):
        let_lease_run_out(claimed(video))
    with pytest.raises(wake_ups.BrokerSilent):
        sweeper.sweep()
    assert row(video)["status"] == "failed"


def test_a_chapter_that_waits_for_a_worker_says_so_until_one_comes(
    sweeper: Sweeper, calls: Mock, chapter: Chapter
) -> None:
    videos = [linking(chapter) for _ in range(2)]
    other = make_chapter(chapter.course)
    linking(other)
    age()
    claimed(linking(other))

    def says() -> tuple[bool, int]:
        """Whether it waits; and when that was last told to the pages."""
        chapter.refresh_from_db()
        return with_figures([chapter])[0].figures.is_waiting, chapter.revision

    waits, before = says()
    assert waits
    sweeper.sweep()
    told = says()[1]
    assert told > before
    linking(chapter, removed_at=Now())  # neither this nor what is linked is waited for
    linking(chapter, status="linked")
    sweeper.sweep()
    assert says() == (True, told)
    claimed(videos[0])
    sweeper.sweep()
    waits, told_again = says()
    assert not waits
    assert told_again > told
    assert not with_figures([other])[0].figures.is_waiting
    assert Chapter.objects.get(pk=other.pk).revision == other.revision


def test_a_chapter_that_goes_while_it_is_told_stops_no_sweep(
    sweeper: Sweeper, calls: Mock, chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    linking(chapter)
    age()
    monkeypatch.setattr(Chapter, "course_id", uuid7())
    sweeper.sweep()
    assert calls.called


def test_files_that_nobody_examined_are_called_for(
    sweeper: Sweeper, calls: Mock, author: User
) -> None:
    media = make_media(author, status="processing", duration=None, probed_at=None)
    make_media(author)
    sweeper.sweep()
    calls.assert_not_called()
    MediaFile.objects.update(created_at=LONG_AGO)
    sweeper.sweep()
    assert calls.call_args.args == ("media_library.probe_media_file", (str(media.pk),))
    assert calls.call_count == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_sweepers_one_works_and_another_takes_over(calls: Mock, chapter: Chapter) -> None:
    nobody_sweeps()
    linking(chapter)
    age()
    all_have_swept = threading.Barrier(4)

    def sweep_and_stay() -> None:
        Sweeper().sweep()
        all_have_swept.wait(20)  # with the connection open, and so with the lock

    at_once(sweep_and_stay, 4)
    assert calls.call_count == 1
    next_one, deadline = Sweeper(), time.monotonic() + 20
    while (
        calls.call_count == 1
    ):  # the server needs a moment to see that their connections are closed
        assert time.monotonic() < deadline
        next_one.sweep()


@pytest.mark.usefixtures("calls")
def test_a_batch_that_stands_still_is_called_for(
    sweeper: Sweeper, clock: Clock, calls: Mock, author: User
) -> None:
    """Not at once, for its own call may be on the way; and not while it moves."""
    batch = batches.start(author, "delete", [make_media(author).pk, make_media(author).pk])
    calls.reset_mock()
    sweeper.sweep()
    clock.now += 2
    sweeper.sweep()
    assert not calls.called
    batch.items.filter(place=1).update(status="done")
    clock.now += 2
    sweeper.sweep()
    assert not calls.called
    clock.now += 4
    sweeper.sweep()
    assert [call.args[:2] for call in calls.call_args_list] == [
        ("media_library.perform_batch", (str(batch.pk),))
    ]
    batch.items.update(status="done")
    clock.now += 400
    calls.reset_mock()
    sweeper.sweep()
    assert not calls.called


def test_fetchers_are_called_where_a_call_was_lost(
    sweeper: Sweeper, calls: Mock, clock: Clock, author: User
) -> None:
    make_upload(author, fetched_from="/given/a.mp4", fetch_at=LONG_AGO)
    make_upload(author, fetched_from="/given/b.mp4")  # a command's own
    sweeper.sweep()
    assert [call.args[0] for call in calls.call_args_list] == ["media_library.fetch"] * 2
    sweeper.sweep()
    assert calls.call_count == 2
    clock.now += 4
    sweeper.sweep()
    assert calls.call_count == 4


def test_fetchers_are_not_called_for_what_somebody_fetches_or_while_calls_wait(
    sweeper: Sweeper, calls: Mock, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = make_upload(author, fetched_from="/given/a.mp4", fetch_at=Now() + timedelta(minutes=2))
    sweeper.sweep()
    MediaFile.objects.filter(pk=media.pk).update(fetch_at=LONG_AGO)
    queue_has(monkeypatch, 1)
    sweeper.sweep()
    calls.assert_not_called()


@pytest.mark.usefixtures("calls")
def test_what_is_in_doubt_about_files_is_settled(sweeper: Sweeper, chapter: Chapter) -> None:
    media = make_media(chapter.course.owner)
    make_video(chapter, media)
    sweeper.sweep()
    assert not Doubt.objects.exists()
    assert MediaFile.objects.get(pk=media.pk).is_used
