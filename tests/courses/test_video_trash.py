"""The daily chore: what was removed is discarded after thirty days, and forgotten thirty days later."""

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from courses.models import Chapter, Course, Video
from courses.tasks import empty_trash
from media_library import trash as library_trash
from media_library.models import MediaFile
from tests.courses.invariants import Page
from tests.factories import make_chapter, make_media, make_video


def ago(days: int) -> Any:
    return Now() - timedelta(days=days)


def test_old_removals_are_discarded_and_younger_ones_kept(chapter: Chapter) -> None:
    media = make_media(chapter.course.owner)
    live, young, old = (make_video(chapter, media) for _ in range(3))
    Video.objects.filter(pk=young.pk).update(removed_at=ago(29))
    Video.objects.filter(pk=old.pk).update(removed_at=ago(31))
    changed_at = Course.objects.get().changed_at
    empty_trash()
    assert set(Video.objects.in_trash()) == {young}
    assert set(Video.objects.live()) == {live}
    assert old.restore() is None
    assert Course.objects.get().changed_at == changed_at  # by nobody


def test_an_old_chapter_is_discarded_with_its_videos(chapter: Chapter) -> None:
    gone = make_chapter(chapter.course)
    media = make_media(chapter.course.owner)
    make_video(gone, media)
    make_video(gone, media, status="linking")
    Chapter.objects.filter(pk=gone.pk).update(removed_at=ago(31))
    empty_trash()
    assert list(Chapter.objects.exclude(discarded_at=None)) == [gone]
    assert Video.objects.filter(removed_at__isnull=False, discarded_at__isnull=False).count() == 2
    assert gone.restore() is None
    assert not Video.objects.due().exists()


def test_tombstones_go_thirty_days_later_and_pages_from_before_are_told_what_stands(
    chapter: Chapter,
) -> None:
    other = make_chapter(chapter.course, "Other")
    media = make_media(chapter.course.owner)
    kept, moved, old = (make_video(chapter, media) for _ in range(3))
    make_video(other, media)
    page = Page.loaded(chapter.course_id)
    old.remove()
    other.remove()
    moved.rename("Changed since")
    for model in (Chapter, Video):
        model._default_manager.filter(removed_at__isnull=False).update(removed_at=ago(61))
    empty_trash()
    page.check()
    later = Page.loaded(chapter.course_id)
    for model in (Chapter, Video):
        discarded = model._default_manager.filter(discarded_at__isnull=False)
        discarded.update(discarded_at=ago(31))
    empty_trash()
    assert set(Video.objects.all()) == {kept, moved}
    assert list(Chapter.objects.all()) == [chapter]
    assert MediaFile.objects.count() == 1  # the file is the library's
    assert page.after_the_feed() == Page.loaded(chapter.course_id).chapters
    page.check()
    later.check()


def test_a_file_that_is_deleted_takes_its_tombstones_and_pages_that_slept_are_told(
    chapter: Chapter,
) -> None:
    media = make_media(chapter.course.owner)
    video = make_video(chapter, media)
    make_video(chapter, make_media(chapter.course.owner, "other.mp4"))
    page = Page.loaded(chapter.course_id)
    video.remove()
    library_trash.throw_away(media)
    assert library_trash.delete(media, library_trash.IN_TRASH)
    assert not Video.objects.filter(pk=video.pk).exists()
    assert video.pk in page.chapters[chapter.pk].rows
    page.check()


def test_only_pages_from_before_are_told_what_stands(chapter: Chapter) -> None:
    video = make_video(chapter, make_media(chapter.course.owner))
    video.remove()
    Video.objects.update(discarded_at=ago(31))
    empty_trash()
    course = Course.objects.get()
    assert course.forgotten == course.revision
