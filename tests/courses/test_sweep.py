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
from courses import sweeper as sweeper_module
from courses.models import Chapter, Video
from courses.sweeper import Sweeper
from media_library.models import MediaFile
from tests.courses.link_stories import at_once, claimed, let_lease_run_out, linking, row
from tests.factories import make_media

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
    queue_is(monkeypatch, empty=True)
    return send


@pytest.fixture
def sweeper(db: None) -> Iterator[Sweeper]:
    yield Sweeper()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


def queue_is(monkeypatch: pytest.MonkeyPatch, *, empty: bool) -> None:
    monkeypatch.setattr(sweeper_module, "queue_is_empty", lambda: empty)


def age(**columns: object) -> None:
    Video.objects.update(**({"due_at": LONG_AGO} | columns))


def test_videos_that_wait_for_long_are_called_in_one_message_oldest_first(
    sweeper: Sweeper, calls: Mock, chapter: Chapter
) -> None:
    videos = [linking(chapter) for _ in range(3)]
    age()
    Video.objects.filter(pk=videos[2].pk).update(due_at=LONG_AGO - timedelta(hours=1))
    Video.objects.filter(pk=videos[1].pk).update(due_at=LONG_AGO + timedelta(seconds=5))
    sweeper.sweep()
    order = [str(videos[place].pk) for place in (2, 0, 1)]
    calls.assert_called_once_with("courses.link_videos", (order,))


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


def test_a_call_is_not_repeated_while_the_queue_has_it(
    sweeper: Sweeper,
    calls: Mock,
    chapter: Chapter,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue_is(monkeypatch, empty=False)
    linking(chapter)
    age()
    for _ in range(100):
        sweeper.sweep()
        clock.now += 2
    assert calls.call_count == 1
    clock.now += 150
    sweeper.sweep()
    assert calls.call_count == 2


def test_a_call_that_is_in_no_queue_is_repeated_soon(
    sweeper: Sweeper, calls: Mock, chapter: Chapter, clock: Clock
) -> None:
    linking(chapter)
    age()
    for _ in range(3):
        sweeper.sweep()
        clock.now += 2
    assert calls.call_count == 2  # at 0 and at 4 seconds


def test_who_waits_anew_is_called_anew(
    sweeper: Sweeper,
    calls: Mock,
    chapter: Chapter,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue_is(monkeypatch, empty=False)
    video = linking(chapter)
    age()
    sweeper.sweep()
    let_lease_run_out(claimed(video))  # its worker died
    sweeper.sweep()
    claimed(video).defer()
    age(due_at=Now() - timedelta(seconds=20))
    sweeper.sweep()
    assert calls.call_count == 3


def test_a_broker_that_is_away_is_said_and_asked_again(
    sweeper: Sweeper, calls: Mock, chapter: Chapter, clock: Clock
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


def test_files_that_nobody_examined_are_called_for(
    sweeper: Sweeper, calls: Mock, author: User
) -> None:
    media = make_media(author, status="processing", duration=None, probed_at=None)
    make_media(author)
    sweeper.sweep()
    calls.assert_not_called()
    MediaFile.objects.update(created_at=LONG_AGO)
    sweeper.sweep()
    calls.assert_called_once_with("media_library.probe_media_file", (str(media.pk),))


@pytest.mark.django_db(transaction=True)
def test_of_many_sweepers_one_works_and_another_takes_over(calls: Mock, chapter: Chapter) -> None:
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
