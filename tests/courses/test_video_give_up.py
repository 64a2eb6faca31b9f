"""Giving up: a video whose every worker died."""

from courses.models import Chapter, Course, Video
from tests.courses.link_stories import claimed, let_lease_run_out, linking, row


def test_a_video_whose_attempts_are_used_up_fails(chapter: Chapter) -> None:
    video = linking(chapter)
    for _ in range(3):
        let_lease_run_out(claimed(video))
    assert list(Video.objects.given_up()) == [video]
    revision = Video.objects.get().give_up()
    after = row(video)
    assert (after["status"], after["reason"]) == ("failed", "attempts")
    assert after["revision"] == revision == Course.objects.get().revision


def test_the_third_attempt_is_left_to_end(chapter: Chapter) -> None:
    video = linking(chapter)
    for _ in range(2):
        let_lease_run_out(claimed(video))
    last = claimed(video)
    assert not Video.objects.given_up().exists()
    assert Video.objects.get().give_up() is None
    assert last.complete() is not None


def test_what_has_attempts_left_is_not_given_up(chapter: Chapter) -> None:
    video = claimed(linking(chapter))
    let_lease_run_out(video)
    before, revision = row(video), Course.objects.get().revision
    assert video.give_up() is None
    assert (row(video), Course.objects.get().revision) == (before, revision)
