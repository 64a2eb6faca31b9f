"""Claiming a video: one worker at a time, and only what is due."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from config.ids import uuid7
from courses.models import Chapter, Course, Video
from courses.models.video import LEASE
from tests.courses.link_stories import at_once, claimed, let_lease_run_out, linking, row


def test_a_claim_is_a_lease_and_counts_as_an_attempt(chapter: Chapter) -> None:
    video = claimed(linking(chapter))
    assert video.status == Video.Status.LINKING
    assert video.attempts == 1
    assert video.lease_token is not None
    still = Video.objects.filter(pk=video.pk, lease_until__gt=Now() + LEASE * 0.9)
    assert still.filter(lease_until__lte=Now() + LEASE).exists()


def test_a_claim_shows_nothing_on_the_page(chapter: Chapter) -> None:
    video = linking(chapter)
    before = Course.objects.get().revision, video.revision
    claimed(video)
    assert (Course.objects.get().revision, row(video)["revision"]) == before


def test_what_is_claimed_is_nobody_elses(chapter: Chapter) -> None:
    video = linking(chapter)
    first = claimed(video)
    assert Video.objects.claim(video.pk) is None
    assert row(video)["lease_token"] == first.lease_token
    assert row(video)["attempts"] == 1


@pytest.mark.django_db(transaction=True)
def test_a_call_that_arrives_five_times_is_claimed_once(chapter: Chapter) -> None:
    video = linking(chapter)
    claims = at_once(lambda: Video.objects.claim(video.pk), 5)
    assert sum(claim is not None for claim in claims) == 1
    assert row(video)["attempts"] == 1


def test_a_lease_that_ran_out_is_taken_over(chapter: Chapter) -> None:
    first = claimed(linking(chapter))
    let_lease_run_out(first)
    second = claimed(first)
    assert second.lease_token != first.lease_token
    assert second.attempts == 2


def test_what_is_not_due_waits(chapter: Chapter) -> None:
    video = linking(chapter)
    Video.objects.update(due_at=Now() + timedelta(seconds=5))
    assert Video.objects.claim(video.pk) is None
    Video.objects.update(due_at=Now() - timedelta(seconds=5))
    assert Video.objects.claim(video.pk) is not None


def test_nothing_is_claimed_that_is_settled_removed_or_gone(chapter: Chapter) -> None:
    video = linking(chapter)
    for columns in (
        {"status": "linked", "settled_at": Now()},
        {"status": "failed", "reason": "missing"},
        {"status": "linking", "reason": "", "settled_at": None, "removed_at": Now()},
    ):
        Video.objects.update(**columns)
        before = row(video)
        assert Video.objects.claim(video.pk) is None
        assert row(video) == before
    assert Video.objects.claim(uuid7()) is None


def test_a_fourth_attempt_is_not_made(chapter: Chapter) -> None:
    video = linking(chapter)
    for _ in range(3):
        let_lease_run_out(claimed(video))
    assert Video.objects.claim(video.pk) is None
