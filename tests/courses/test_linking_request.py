"""Asking for links: all that is good is done, all that is not is named, and twice is once."""

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from config import celery, wake_ups
from config.ids import uuid7
from courses import linking
from courses.linking import ChapterGone, Pick, Refusal, request_links
from courses.models import Chapter, Course, Video
from courses.revisions import CourseGone
from media_library.models import MediaFile
from tests.courses.link_stories import at_once
from tests.factories import make_chapter, make_course, make_media, make_video

OnCommit = Callable[..., Any]


def pick(media: MediaFile) -> Pick:
    return Pick(media.pk, uuid7())


@pytest.fixture
def media(author: User) -> MediaFile:
    return make_media(author, "lecture-03 final (2).mov")


def test_a_video_stands_under_the_id_that_was_minted_for_it(
    chapter: Chapter, author: User, media: MediaFile
) -> None:
    wanted = pick(media)
    requested = request_links(chapter, author, [wanted])
    assert (requested.standing, requested.refused) == ([wanted.video_id], [])
    video = Video.objects.get()
    assert (video.pk, video.media, video.chapter) == (wanted.video_id, media, chapter)
    assert (video.status, video.attempts, video.requested_by) == ("linking", 0, author)
    assert video.revision == Course.objects.get().revision
    assert Video.objects.due().exists()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Vorlesung.übung", "Vorlesung.übung"),
        ("lecture-03 final (2).mov", "lecture-03 final (2)"),
        ("a.b.c.webm", "a.b.c"),
        ("no extension", "no extension"),
        (".mp4", ".mp4"),
        ("Dr. Who explains", "Dr. Who explains"),
        ("100 % {{ sure }} <b>.mp4", "100 % {{ sure }} <b>"),
        ("Ünïcode 🎓.mp4", "Ünïcode 🎓"),
    ],
)
def test_the_title_is_the_files_name_without_its_extension(
    chapter: Chapter, author: User, name: str, title: str
) -> None:
    request_links(chapter, author, [pick(make_media(author, name))])
    assert Video.objects.get().title == title


def test_videos_stand_in_the_order_of_picking_behind_what_is_there(
    chapter: Chapter, author: User
) -> None:
    first = make_video(chapter, make_media(author, "first.mp4"))
    removed = make_video(chapter, make_media(author, "removed.mp4"), removed_at=Now())
    picks = [pick(make_media(author, f"{n}.mp4")) for n in (3, 1, 2)]
    request_links(chapter, author, picks)
    order = list(Video.objects.live().in_order().values_list("pk", flat=True))
    assert order == [first.pk, *(wanted.video_id for wanted in picks)]
    assert Video.objects.get(title="3").position > removed.position


def test_a_repeated_request_changes_nothing_and_answers_the_same(
    chapter: Chapter, author: User
) -> None:
    picks = [pick(make_media(author)) for _ in range(3)]
    first = request_links(chapter, author, picks)
    before, revision = list(Video.objects.values()), Course.objects.get().revision
    assert request_links(chapter, author, picks) == first
    assert (list(Video.objects.values()), Course.objects.get().revision) == (before, revision)


def test_a_repeated_request_does_what_the_first_did_not(
    chapter: Chapter, author: User, media: MediaFile
) -> None:
    picks = [pick(media), pick(media)]
    request_links(chapter, author, picks[:1])
    assert request_links(chapter, author, picks).standing == [p.video_id for p in picks]


def test_what_was_removed_stays_removed(chapter: Chapter, author: User, media: MediaFile) -> None:
    picks = [pick(media)]
    request_links(chapter, author, picks)
    Video.objects.update(removed_at=Now())
    assert request_links(chapter, author, picks).refused == [(picks[0], Refusal.REMOVED)]
    assert not Video.objects.live().exists()


def test_each_bad_pick_is_named_and_the_good_ones_are_done(
    chapter: Chapter, author: User, stranger: User, media: MediaFile
) -> None:
    elsewhere = make_video(make_chapter(make_course(stranger)), make_media(stranger))
    good = pick(media)
    unprobed = pick(make_media(author, status="processing", duration=None, probed_at=None))
    bad = {
        pick(make_media(stranger)): Refusal.UNKNOWN,
        Pick(uuid7(), uuid7()): Refusal.UNKNOWN,
        pick(make_media(author, status="broken", reason="damaged")): Refusal.BROKEN,
        pick(make_media(author, trashed_at=timezone.now())): Refusal.UNKNOWN,
        pick(make_media(author, version_of=media)): Refusal.UNKNOWN,
        Pick(media.pk, elsewhere.pk): Refusal.TAKEN,
        Pick(make_media(author).pk, good.video_id): Refusal.TAKEN,
    }
    requested = request_links(chapter, author, [good, *bad, unprobed])
    assert requested.standing == [good.video_id, unprobed.video_id]
    assert requested.refused == list(bad.items())
    assert chapter.videos.count() == 2
    elsewhere.refresh_from_db()
    assert elsewhere.media.owner == stranger


def test_the_number_of_statements_does_not_depend_on_the_number_of_picks(
    chapter: Chapter, author: User, media: MediaFile
) -> None:
    counts = []
    for picks in ([pick(media)], [pick(media) for _ in range(500)]):
        with CaptureQueriesContext(connection) as queries:
            request_links(chapter, author, picks)
        inserts = [q for q in queries if "INSERT" in q["sql"]]
        counts.append((len(queries), len(inserts)))
    assert counts[0] == counts[1]
    assert counts[0][1] == 1
    assert Video.objects.count() == 501


def test_a_chapter_or_course_that_is_gone_takes_nothing(
    chapter: Chapter, author: User, media: MediaFile
) -> None:
    revision = Course.objects.get().revision
    Chapter.objects.update(removed_at=Now())
    with pytest.raises(ChapterGone):
        request_links(chapter, author, [pick(media)])
    assert Course.objects.get().revision == revision
    Course.objects.get().delete()
    with pytest.raises(CourseGone):
        request_links(chapter, author, [pick(media)])
    assert not Video.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_authors_who_pick_at_once_get_places_of_their_own(
    chapter: Chapter, author: User, media: MediaFile
) -> None:
    def work() -> list[Any]:
        picks = [pick(media) for _ in range(20)]
        return request_links(chapter, author, picks).standing

    batches = at_once(work, 4)
    order = list(Video.objects.in_order().values_list("pk", flat=True))
    assert len(order) == 80
    for batch in batches:  # unbroken, and in pick order
        start = order.index(batch[0])
        assert order[start : start + 20] == batch


@pytest.mark.django_db(transaction=True)
def test_the_same_request_five_times_at_once_makes_one_set(
    chapter: Chapter, author: User, media: MediaFile
) -> None:
    picks = [pick(media) for _ in range(10)]
    answers = at_once(lambda: request_links(chapter, author, picks), 5)
    assert all(answer == answers[0] for answer in answers)
    assert Video.objects.count() == 10


def test_workers_are_called_after_the_commit_and_in_one_message(
    chapter: Chapter,
    author: User,
    media: MediaFile,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    send = Mock()
    monkeypatch.setattr(celery.app, "send_task", send)
    picks = [pick(media) for _ in range(3)]
    with django_capture_on_commit_callbacks() as callbacks:
        request_links(chapter, author, picks)
    send.assert_not_called()
    for callback in callbacks:
        callback()
    assert send.call_count == 1
    assert send.call_args.args == ("courses.link_next", (2,))  # and two helpers


def test_a_broker_that_refuses_costs_a_line_in_the_log(
    chapter: Chapter,
    author: User,
    media: MediaFile,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    monkeypatch.setattr(
        linking, "wake", Mock(side_effect=wake_ups.BrokerSilent("connection refused"))
    )
    with django_capture_on_commit_callbacks(execute=True):
        request_links(chapter, author, [pick(media) for _ in range(3)])
    assert Video.objects.due().count() == 3
    assert [record.levelname for record in caplog.records] == ["WARNING"]
