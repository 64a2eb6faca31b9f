"""A file that another one takes the place of, and that comes back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from courses.models import Chapter, Course, Replacement, Video
from media_library import batches, trash
from media_library.models import MediaFile
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.fixture
def chapter(author: User) -> Chapter:
    return make_chapter(make_course(author))


@pytest.fixture
def media(author: User) -> MediaFile:
    return make_media(author, "old.mp4")


@pytest.fixture
def other(author: User) -> MediaFile:
    return make_media(author, "new.mp4")


def replace(client: Client, media: MediaFile, other: MediaFile) -> Any:
    return client.post(f"/library/{media.pk}/remove/", {"other": str(other.pk)}, follow=True)


def restore(client: Client, media: MediaFile) -> Any:
    return client.post(f"/library/{media.pk}/restore/")


def shown(*videos: Video) -> list[str]:
    for video in videos:
        video.refresh_from_db()
    return [video.media.name for video in videos]


@pytest.mark.parametrize(("places", "said"), [(1, "1 place"), (3, "3 places")])
def test_the_answer_says_in_how_many_places_it_was_replaced(
    ada: Client, chapter: Chapter, media: MediaFile, other: MediaFile, places: int, said: str
) -> None:
    for _ in range(places):
        make_video(chapter, media)
    page = replace(ada, media, other).text
    assert f"“old.mp4” is in the trash, and “new.mp4” stands in its place in {said}." in page
    assert "Restoring it puts it back there, too." in page


def restore_by_a_batch(ada: Client, media: MediaFile) -> None:
    batch = batches.start(media.owner, "restore", [media.pk])
    batches.perform(batch.pk)


@pytest.mark.parametrize("how", [restore, restore_by_a_batch])
def test_restored_it_stands_where_it_was_replaced(
    ada: Client,
    chapter: Chapter,
    media: MediaFile,
    other: MediaFile,
    how: Callable[[Client, MediaFile], object],
) -> None:
    videos = [make_video(chapter, media, title="Mine"), make_video(chapter, media)]
    before = make_video(chapter, other)
    replace(ada, media, other)
    assert shown(*videos, before) == ["new.mp4"] * 3
    how(ada, media)
    assert shown(*videos, before) == ["old.mp4", "old.mp4", "new.mp4"]
    assert [video.status for video in videos] == ["linked", "linked"]
    assert [video.title for video in videos] == ["Mine", "old"]
    assert not Replacement.objects.exists()


def test_open_pages_hear_of_it(
    ada: Client, chapter: Chapter, media: MediaFile, other: MediaFile
) -> None:
    video = make_video(chapter, media)
    replace(ada, media, other)
    seen = Course.objects.get().revision
    restore(ada, media)
    video.refresh_from_db()
    assert video.revision == Course.objects.get().revision > seen


def test_a_place_that_was_replaced_since_stays_as_it_is(
    ada: Client, author: User, chapter: Chapter, media: MediaFile, other: MediaFile
) -> None:
    video = make_video(chapter, media)
    replace(ada, media, other)
    replace(ada, other, make_media(author, "newest.mp4"))
    restore(ada, media)
    assert shown(video) == ["newest.mp4"]


def test_two_that_were_replaced_one_after_the_other_come_back_likewise(
    ada: Client, author: User, chapter: Chapter, media: MediaFile, other: MediaFile
) -> None:
    video = make_video(chapter, media)
    replace(ada, media, other)
    replace(ada, other, make_media(author, "newest.mp4"))
    restore(ada, other)
    assert shown(video) == ["new.mp4"]
    restore(ada, media)
    assert shown(video) == ["old.mp4"]


def test_a_place_that_was_removed_since_stays_as_it_is(
    ada: Client, chapter: Chapter, media: MediaFile, other: MediaFile
) -> None:
    removed, there = make_video(chapter, media), make_video(chapter, media)
    replace(ada, media, other)
    removed.remove()
    restore(ada, media)
    assert shown(removed, there) == ["new.mp4", "old.mp4"]


def test_a_course_of_which_one_is_no_author_any_more_stays_as_it_is(
    ada: Client, chapter: Chapter, stranger: User, media: MediaFile, other: MediaFile
) -> None:
    video = make_video(chapter, media)
    replace(ada, media, other)
    Course.objects.update(owner=stranger)
    restore(ada, media)
    assert shown(video) == ["new.mp4"]


def test_only_what_was_replaced_at_that_moment_comes_back(
    ada: Client, chapter: Chapter, media: MediaFile, other: MediaFile
) -> None:
    video = make_video(chapter, media)
    replace(ada, media, other)
    Replacement.objects.update(at=timezone.now() - timedelta(days=1))
    restore(ada, media)
    assert shown(video) == ["new.mp4"]


def test_what_is_not_ready_is_linked_anew(
    ada: Client, author: User, chapter: Chapter, other: MediaFile
) -> None:
    broken = make_media(author, "old.mp4", status="broken", reason="damaged")
    video = make_video(chapter, broken, status="failed", reason="damaged")
    replace(ada, broken, other)
    video.refresh_from_db()
    Video.objects.update(status="linked", settled_at=timezone.now())
    restore(ada, broken)
    assert shown(video) == ["old.mp4"]
    assert video.status == "linking"


def test_used_by_others_too_it_stays_everywhere(
    ada: Client, chapter: Chapter, stranger: User, media: MediaFile, other: MediaFile
) -> None:
    video = make_video(chapter, media)
    make_video(make_chapter(make_course(stranger)), media)
    replace(ada, media, other)
    media.refresh_from_db()
    assert media.trashed_at is None
    assert shown(video) == ["old.mp4"]


def test_a_duplicate_comes_back_where_the_first_one_took_its_place(
    ada: Client, author: User, chapter: Chapter
) -> None:
    first = make_media(author, "first.mp4", checksum="a" * 64)
    again = make_media(author, "again.mp4", checksum="a" * 64)
    videos = [make_video(chapter, again), make_video(chapter, again)]
    page = ada.post(f"/library/{again.pk}/use-other/", follow=True).text
    assert "“first.mp4” is used instead, in 2 places. Restoring “again.mp4” puts that back" in page
    assert shown(*videos) == [first.name] * 2
    restore(ada, again)
    assert shown(*videos) == [again.name] * 2


def test_what_is_deleted_for_good_leaves_nothing_to_bring_back(
    ada: Client, chapter: Chapter, media: MediaFile, other: MediaFile
) -> None:
    video = make_video(chapter, media)
    replace(ada, media, other)
    assert trash.delete(media, trash.IN_TRASH)
    assert shown(video) == ["new.mp4"]
    assert not Replacement.objects.exists()
