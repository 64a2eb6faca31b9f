"""Emptying the trash: what was removed thirty days ago goes for good."""

from datetime import timedelta

from django.db.models.functions import Now

from courses.models import Chapter, Course, Video
from courses.tasks import empty_trash
from media_library.models import MediaFile
from tests.factories import make_chapter, make_media, make_video


def removed(days: int) -> Now:
    return Now() - timedelta(days=days)  # type: ignore[return-value]


def test_old_removals_are_deleted_and_younger_ones_kept(chapter: Chapter) -> None:
    media = make_media(chapter.course.owner)
    live, young, old = (make_video(chapter, media) for _ in range(3))
    Video.objects.filter(pk=young.pk).update(removed_at=removed(29))
    Video.objects.filter(pk=old.pk).update(removed_at=removed(31))
    empty_trash()
    assert set(Video.objects.all()) == {live, young}
    assert MediaFile.objects.count() == 1  # the file is the library's


def test_an_old_chapter_goes_with_its_videos(chapter: Chapter) -> None:
    gone = make_chapter(chapter.course)
    make_video(gone, make_media(chapter.course.owner))
    Chapter.objects.filter(pk=gone.pk).update(removed_at=removed(31))
    empty_trash()
    assert list(Chapter.objects.all()) == [chapter]
    assert not Video.objects.exists()
    assert Course.objects.exists()
