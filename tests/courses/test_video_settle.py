"""Completing and failing: by who holds the lease, and by nobody else."""

from collections.abc import Callable

import pytest
from django.db.models.functions import Now

from courses.models import Chapter, Course, Video
from tests.courses.link_stories import at_once, claimed, let_lease_run_out, linking, row

Settle = Callable[[Video], int | None]


def complete(video: Video) -> int | None:
    return video.complete()


def fail(video: Video) -> int | None:
    return video.fail("damaged")


def defer(video: Video) -> int | None:
    return video.defer()


every_settlement = pytest.mark.parametrize("settle", [complete, fail, defer])


def test_a_completed_video_is_linked(chapter: Chapter) -> None:
    video = claimed(linking(chapter))
    revision = video.complete()
    after = row(video)
    assert (after["status"], after["reason"]) == ("linked", "")
    assert (after["lease_token"], after["lease_until"]) == (None, None)
    assert after["settled_at"] is not None
    assert after["revision"] == revision == Course.objects.get().revision


def test_a_failed_video_says_why(chapter: Chapter) -> None:
    video = claimed(linking(chapter))
    revision = video.fail("damaged")
    video.refresh_from_db()
    assert video.status == Video.Status.FAILED
    assert video.sentence == "The file is damaged and cannot be played."
    assert video.lease_token is None
    assert video.revision == revision == Course.objects.get().revision


@every_settlement
def test_a_settlement_changes_no_other_row_and_no_title(chapter: Chapter, settle: Settle) -> None:
    other = row(linking(chapter))
    video = claimed(linking(chapter))
    Video.objects.filter(pk=video.pk).update(title="What the author typed meanwhile")
    settle(video)
    assert row(video)["title"] == "What the author typed meanwhile"
    assert Video.objects.filter(pk=other["id"]).values().get() == other


@every_settlement
def test_a_writer_whose_lease_ran_out_changes_nothing(chapter: Chapter, settle: Settle) -> None:
    video = claimed(linking(chapter))
    let_lease_run_out(video)
    before, revision = row(video), Course.objects.get().revision
    assert settle(video) is None
    assert (row(video), Course.objects.get().revision) == (before, revision)


@every_settlement
def test_a_writer_whose_lease_was_taken_over_changes_nothing(
    chapter: Chapter, settle: Settle
) -> None:
    late = claimed(linking(chapter))
    let_lease_run_out(late)
    claimed(late)
    before, revision = row(late), Course.objects.get().revision
    assert settle(late) is None
    assert (row(late), Course.objects.get().revision) == (before, revision)


@every_settlement
def test_a_removed_video_stays_as_it_is(chapter: Chapter, settle: Settle) -> None:
    video = claimed(linking(chapter))
    Video.objects.update(removed_at=Now())
    before, revision = row(video), Course.objects.get().revision
    assert settle(video) is None
    assert (row(video), Course.objects.get().revision) == (before, revision)


@every_settlement
def test_a_course_that_was_deleted_is_no_error(chapter: Chapter, settle: Settle) -> None:
    video = claimed(linking(chapter))
    Course.objects.get().delete()
    assert settle(video) is None


@pytest.mark.django_db(transaction=True)
def test_settled_twice_at_once_it_is_settled_once(chapter: Chapter) -> None:
    video = claimed(linking(chapter))
    revisions = at_once(video.complete, 5)
    assert sum(revision is not None for revision in revisions) == 1
    assert Course.objects.get().revision == row(video)["revision"]


def test_a_renewed_lease_lasts_and_one_that_ran_out_is_not_renewed(chapter: Chapter) -> None:
    video = claimed(linking(chapter))
    before = row(video)["lease_until"]
    assert video.renew_lease()
    assert row(video)["lease_until"] > before
    let_lease_run_out(video)
    assert not video.renew_lease()
    assert video.complete() is None
