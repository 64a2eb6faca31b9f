"""Whether a file is used and whether it has captions: always as it is now, however it came to be so."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import User
from courses.models import Chapter, Course, Video
from media_library import marks
from media_library.finding import Finding, find
from media_library.models import Captions, Doubt, MediaFile
from tests.factories import make_chapter, make_course, make_media, make_video

settled = pytest.mark.parametrize("look", [lambda: None, marks.settle], ids=["in doubt", "settled"])
Look = Callable[[], object]


@pytest.fixture
def media(author: User) -> MediaFile:
    return make_media(author)


@pytest.fixture
def chapter(author: User) -> Chapter:
    return make_chapter(make_course(author))


def is_unused(media: MediaFile) -> bool:
    return media in find(media.owner, Finding(filter="unused")).files


def is_uncaptioned(media: MediaFile) -> bool:
    return media in find(media.owner, Finding(filter="uncaptioned")).files


@settled
@pytest.mark.parametrize("way", ["removed", "of another file", "in a removed chapter", "deleted"])
def test_it_is_used_as_long_as_a_video_of_it_stands(
    media: MediaFile, chapter: Chapter, author: User, way: str, look: Look
) -> None:
    assert is_unused(media)
    video = make_video(chapter, media)
    look()
    assert not is_unused(media)
    if way == "removed":
        video.remove()
    elif way == "of another file":
        Video.objects.update(media=make_media(author))
    elif way == "in a removed chapter":
        chapter.remove()
    else:
        Course.objects.all().delete()
    look()
    assert is_unused(media)


@settled
@pytest.mark.parametrize("what", ["video", "chapter"])
def test_what_comes_back_uses_it_again(
    media: MediaFile, chapter: Chapter, what: str, look: Look
) -> None:
    video = make_video(chapter, media)
    gone: Video | Chapter = video if what == "video" else chapter
    gone.remove()
    look()
    assert is_unused(media)
    gone.refresh_from_db()
    gone.restore()
    look()
    assert not is_unused(media)


@settled
def test_one_of_two_uses_is_a_use(media: MediaFile, chapter: Chapter, look: Look) -> None:
    make_video(chapter, media).remove()
    make_video(chapter, media)
    look()
    assert not is_unused(media)


@settled
def test_captions_come_and_go(media: MediaFile, look: Look) -> None:
    assert is_uncaptioned(media)
    for language in ("en", "de"):
        Captions.objects.put(media, language, "WEBVTT")
    look()
    assert not is_uncaptioned(media)
    Captions.objects.take_away(media, "en")
    look()
    assert not is_uncaptioned(media)
    former = Captions.objects.take_away(media, "de")
    look()
    assert is_uncaptioned(media)
    assert former
    former = Captions.objects.take_back(media, former.pk)
    look()
    assert not is_uncaptioned(media)
    Captions.objects.take_back(media, former.pk)
    look()
    assert is_uncaptioned(media)


def test_with_more_doubts_than_can_be_looked_at_no_mark_is_trusted(
    author: User, chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "_MOST_DOUBTS", 1)
    files = [make_media(author) for _ in range(3)]
    for media in files[:2]:
        make_video(chapter, media)
    assert [is_unused(media) for media in files] == [False, False, True]


def test_what_is_settled_is_doubted_no_more(media: MediaFile, chapter: Chapter) -> None:
    make_video(chapter, media)
    Doubt.objects.create(media=chapter.pk)  # of a file that is gone
    assert marks.settle() == 2
    assert not Doubt.objects.exists()
    assert marks.settle() == 0


def test_a_worker_that_settles_a_link_gives_rise_to_no_doubt(
    media: MediaFile, chapter: Chapter
) -> None:
    video = make_video(chapter, media, status="linking")
    marks.settle()
    claimed = Video.objects.claim(video.pk)
    assert claimed
    claimed.complete()
    assert not Doubt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_not_committed_when_others_settle_is_settled_later(
    media: MediaFile, chapter: Chapter
) -> None:
    """Two remove the last two uses at once: neither sees the other's."""
    videos = [make_video(chapter, media), make_video(make_chapter(make_course(media.owner)), media)]
    marks.settle()
    are_removed, may_commit = Event(), Event()

    def remove() -> None:
        try:
            with transaction.atomic():
                videos[0].remove()
                are_removed.set()
                assert may_commit.wait(10)
        finally:
            connection.close()

    other = Thread(target=remove)
    other.start()
    assert are_removed.wait(10)
    videos[1].remove()
    assert marks.settle() == 1
    assert not is_unused(media)
    may_commit.set()
    other.join()
    assert is_unused(media)
    marks.settle()
    assert is_unused(media)
    assert MediaFile.objects.get(pk=media.pk).is_used is False


@pytest.mark.django_db(transaction=True)
def test_a_locked_file_keeps_nobody_waiting(media: MediaFile, chapter: Chapter) -> None:
    make_video(chapter, media)
    is_locked, may_end = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                MediaFile.objects.select_for_update().get(pk=media.pk)
                is_locked.set()
                assert may_end.wait(10)
        finally:
            connection.close()

    other = Thread(target=hold)
    other.start()
    assert is_locked.wait(10)
    assert marks.settle() == 0
    assert not is_unused(media)
    may_end.set()
    other.join()
    assert marks.settle() == 1
    assert not is_unused(media)


@pytest.mark.django_db(transaction=True)
def test_what_is_dumped_while_in_doubt_can_be_loaded(
    media: MediaFile, chapter: Chapter, tmp_path: Path
) -> None:
    make_video(chapter, media)
    dump = str(tmp_path / "dump.json")
    call_command("dumpdata", "accounts", "media_library", "courses", output=dump, verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    call_command("loaddata", dump, verbosity=0)
    assert not is_unused(media)
