"""Deferring: what is neither the file's nor the worker's fault."""

from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now

from courses.models import Chapter, Course, Video
from tests.courses.link_stories import claimed, linking, row


def pause(video: Video) -> timedelta:
    after = Video.objects.annotate(now=Now()).get(pk=video.pk)
    left: timedelta = after.due_at - after.now  # type: ignore[attr-defined]
    return left


def test_a_deferred_video_waits_and_its_attempt_does_not_count(chapter: Chapter) -> None:
    video = claimed(linking(chapter))
    revision = video.defer()
    after = row(video)
    assert (after["status"], after["attempts"], after["deferrals"]) == ("linking", 0, 1)
    assert (after["lease_token"], after["lease_until"]) == (None, None)
    assert after["revision"] == revision == Course.objects.get().revision
    assert Video.objects.claim(video.pk) is None  # not yet


def test_the_pauses_grow_to_a_minute_and_no_further(chapter: Chapter) -> None:
    video = linking(chapter)
    pauses = []
    for _ in range(9):
        Video.objects.update(due_at=Now())
        claimed(video).defer()
        pauses.append(pause(video).total_seconds())
    assert [round(seconds) for seconds in pauses] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_hundred_deferrals_use_up_no_attempt(chapter: Chapter) -> None:
    video = linking(chapter)
    Video.objects.update(deferrals=F("deferrals") + 100)
    claimed(video).defer()
    Video.objects.update(due_at=Now())
    assert claimed(video).attempts == 1
