"""One link: the file is opened, and the row says what came of it."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now

from accounts.models import User
from config.ids import uuid7
from courses import linking
from courses.linking import perform_link
from courses.models import Chapter, CoAuthor, Video
from media_library import intake
from media_library.file_errors import StorageSilent
from media_library.models import MediaFile
from tests.clips import Clips
from tests.courses.link_stories import at_once, ready, row, stored
from tests.courses.link_stories import linking as linking_video
from tests.factories import make_chapter, make_course


@pytest.fixture
def video(chapter: Chapter, clips: Clips) -> Video:
    return linking_video(chapter, ready(chapter.course.owner, clips.mp4))


def overwrite(media: MediaFile, content: bytes) -> None:
    storage, name = media.file.storage, media.file.name
    assert name is not None
    storage.delete(name)
    assert storage.save(name, ContentFile(content)) == name


def test_a_good_file_is_linked(video: Video) -> None:
    perform_link(video.pk)
    assert (row(video)["status"], row(video)["attempts"]) == ("linked", 1)


def test_a_file_that_nobody_examined_yet_is_examined_by_its_link(
    chapter: Chapter, clips: Clips
) -> None:
    media = stored(chapter.course.owner, clips.mp4)
    video = linking_video(chapter, media)
    perform_link(video.pk)
    media.refresh_from_db()
    assert row(video)["status"] == "linked"
    assert media.status == MediaFile.Status.READY
    assert media.poster.name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("truncated", "cut_off"),
        ("html", "not_a_video"),
        ("empty", "empty"),
        ("hevc", "codec"),
        ("gif", "not_a_video"),
        ("too_large", "too_large"),
    ],
)
def test_a_bad_file_fails_its_own_row_with_its_reason(
    chapter: Chapter, video: Video, clips: Clips, name: str, reason: str
) -> None:
    bad = linking_video(chapter, stored(chapter.course.owner, getattr(clips, name)))
    perform_link(bad.pk)
    perform_link(video.pk)
    assert (row(bad)["status"], row(bad)["reason"]) == ("failed", reason)
    assert row(video)["status"] == "linked"


def test_what_was_good_once_is_looked_at_again(video: Video, clips: Clips) -> None:
    media = video.media
    for content, reason in (
        (b"", "empty"),
        (clips.mp4[:-1], "size"),
        (bytes(media.size), "not_a_video"),
    ):
        overwrite(media, content)
        Video.objects.update(status="linking", reason="", settled_at=None, attempts=0)
        perform_link(video.pk)
        assert (row(video)["status"], row(video)["reason"]) == ("failed", reason)
    assert media.file.name is not None
    media.file.storage.delete(media.file.name)
    Video.objects.update(status="linking", reason="", settled_at=None, attempts=0)
    perform_link(video.pk)
    assert row(video)["reason"] == "missing"


def test_a_broken_file_that_was_mended_is_linked(chapter: Chapter, clips: Clips) -> None:
    media = ready(chapter.course.owner, bytes(len(clips.mp4)))
    assert media.status == MediaFile.Status.BROKEN
    overwrite(media, clips.mp4)
    video = linking_video(chapter, media)
    perform_link(video.pk)
    media.refresh_from_db()
    assert (row(video)["status"], media.status, media.reason) == ("linked", "ready", "")


def test_a_file_that_was_mended_shows_in_the_other_rows_that_failed_for_it(
    chapter: Chapter, clips: Clips
) -> None:
    """Poster and length stand in them, too, in every course; no row of another file is told."""
    media = ready(chapter.course.owner, bytes(len(clips.mp4)))
    elsewhere = make_chapter(make_course(chapter.course.owner))
    failed = {"status": "failed", "reason": "damaged", "settled_at": Now()}
    others = [linking_video(place, media, **failed) for place in (chapter, elsewhere)]
    stranger = linking_video(chapter, ready(chapter.course.owner, bytes(10)), **failed)
    before = {video.pk: row(video)["revision"] for video in (*others, stranger)}
    overwrite(media, clips.mp4)
    perform_link(linking_video(chapter, media).pk)
    told = {pk for pk, revision in before.items() if row(Video(pk=pk))["revision"] > revision}
    assert told == {video.pk for video in others}
    assert row(others[0])["status"] == "failed"


def test_a_storage_that_does_not_answer_defers(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise StorageSilent("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(intake, "inspect", away)
        perform_link(video.pk)
    after = row(video)
    assert (after["status"], after["attempts"], after["deferrals"]) == ("linking", 0, 1)
    Video.objects.update(due_at=Now())
    perform_link(video.pk)
    assert row(video)["status"] == "linked"


def test_after_a_day_of_silence_it_fails(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise StorageSilent

    monkeypatch.setattr(intake, "inspect", away)
    Video.objects.update(deferrals=24 * 60)
    perform_link(video.pk)
    assert (row(video)["status"], row(video)["reason"]) == ("failed", "storage")


def test_a_lack_of_memory_fails_the_row_and_not_the_worker(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_much(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(intake, "inspect", too_much)
    perform_link(video.pk)
    assert (row(video)["status"], row(video)["reason"]) == ("failed", "memory")


def test_a_file_of_somebody_who_left_the_course_is_not_linked(
    chapter: Chapter, co_author: User, clips: Clips
) -> None:
    membership = CoAuthor.objects.create(course=chapter.course, author=co_author)
    media = ready(co_author, clips.mp4)
    first, second = linking_video(chapter, media), linking_video(chapter, media)
    perform_link(first.pk)
    membership.delete()
    perform_link(second.pk)
    assert row(first)["status"] == "linked"
    assert (row(second)["status"], row(second)["reason"]) == ("failed", "no_access")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_connection_that_dies_while_the_file_is_read_defers(
    video: Video, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def dies(*_: Any, **__: Any) -> None:
        raise error("the connection is lost")

    with monkeypatch.context() as patch:
        patch.setattr(intake, "inspect", dies)
        perform_link(video.pk)
    after = row(video)
    assert (after["status"], after["attempts"], after["deferrals"]) == ("linking", 0, 1)
    assert after["lease_token"] is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("outcome", ["linked", "failed"])
def test_a_file_that_nobody_examined_yet_is_probed_once_for_all_its_links(
    chapter: Chapter, clips: Clips, monkeypatch: pytest.MonkeyPatch, outcome: str
) -> None:
    content = clips.mp4 if outcome == "linked" else bytes(len(clips.mp4))
    media = stored(chapter.course.owner, content)
    videos = [linking_video(chapter, media) for _ in range(5)]
    probes: list[None] = []
    inspect = intake.inspect

    def slow(*args: Any, **kwargs: Any) -> Any:
        probes.append(None)
        time.sleep(0.5)  # so that all five have come
        return inspect(*args, **kwargs)

    monkeypatch.setattr(intake, "inspect", slow)
    waiting = iter(videos)
    at_once(lambda: perform_link(next(waiting).pk), 5)
    assert {row(video)["status"] for video in videos} == {outcome}
    assert len(probes) == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_anothers_look_in_vain_is_deferred(
    chapter: Chapter, clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_PATIENCE_WITH_ANOTHERS_LOOK", 0.2)
    media = stored(chapter.course.owner, clips.mp4)
    first, second = linking_video(chapter, media), linking_video(chapter, media)
    inspect = intake.inspect

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        at_once(lambda: perform_link(second.pk), 1)
        return inspect(*args, **kwargs)

    monkeypatch.setattr(intake, "inspect", meanwhile)
    perform_link(first.pk)
    assert row(first)["status"] == "linked"
    assert (row(second)["attempts"], row(second)["deferrals"]) == (0, 1)
    Video.objects.update(due_at=Now())
    monkeypatch.setattr(intake, "inspect", inspect)
    perform_link(second.pk)
    assert row(second)["status"] == "linked"


def test_a_vanished_or_settled_video_is_no_error(video: Video) -> None:
    perform_link(uuid7())
    perform_link(video.pk)
    before = row(video)
    perform_link(video.pk)
    assert row(video) == before


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_file_is_read(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ones = []
    inspect = intake.inspect

    def looking_on(*args: Any, **kwargs: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%'"
                " AND datname = current_database()"
            )
            open_ones.append((cursor.fetchone(), connection.in_atomic_block))
        return inspect(*args, **kwargs)

    monkeypatch.setattr(intake, "inspect", looking_on)
    perform_link(video.pk)
    assert open_ones == [((0,), False)]


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_renewed_for_as_long_as_the_work_takes(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "_RENEWAL", 0.1)
    inspect = intake.inspect

    def slow(*args: Any, **kwargs: Any) -> Any:
        seen = {row(video)["lease_until"]}
        deadline = time.monotonic() + 30
        while len(seen) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.05)
            seen.add(row(video)["lease_until"])
        return inspect(*args, **kwargs)

    monkeypatch.setattr(intake, "inspect", slow)
    perform_link(video.pk)
    assert (row(video)["status"], row(video)["attempts"]) == ("linked", 1)
    assert not any(thread.name.startswith("lease") for thread in threading.enumerate())


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_wakes_after_its_lease_writes_nothing(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frozen in the middle, and the video linked by another one meanwhile."""
    inspect = intake.inspect
    frozen: list[Any] = []

    def freeze_the_first(*args: Any, **kwargs: Any) -> Any:
        if not frozen:
            Video.objects.update(lease_until=Now() - timedelta(seconds=1))
            frozen.append(None)
            perform_link(video.pk)
            frozen.append(row(video))
        return inspect(*args, **kwargs)

    monkeypatch.setattr(intake, "inspect", freeze_the_first)
    perform_link(video.pk)
    assert frozen[1]["status"] == "linked"
    assert row(video) == frozen[1]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_restarts_before_the_outcome_is_written_costs_nothing(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = Video.complete
    tries = []

    def away_twice(self: Video) -> int | None:
        tries.append(self.pk)
        if len(tries) < 3:
            raise OperationalError("the connection is lost")
        return complete(self)

    monkeypatch.setattr(Video, "complete", away_twice)
    perform_link(video.pk)
    assert (row(video)["status"], row(video)["attempts"], len(tries)) == ("linked", 1, 3)
