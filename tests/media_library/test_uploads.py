"""Uploads: announced, received in pieces, ended. What is there is counted; what is refused, is so whole."""

import errno
import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from accounts.models import User
from config.ids import uuid7
from courses.linking import Pick, Requested, perform_link, request_links
from courses.models import Video
from media_library import space, uploads
from media_library.file_errors import StorageFull, StorageSilent
from media_library.intake import examine
from media_library.models import MediaFile, Part
from media_library.streams import Checksum
from tests.clips import Clips
from tests.courses.link_stories import at_once
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video
from tests.media_library.test_take_in import stored_files

CONTENT = bytes(range(250)) * 4


@pytest.fixture(autouse=True)
def before(db: None) -> set[Path]:
    """Other tests leave files behind."""
    return stored_files()


def bring(media: MediaFile, content: bytes, **how: Any) -> int:
    return uploads.receive(media, media.received, io.BytesIO(content), **how)


def read(media: MediaFile) -> bytes:
    with media.file.open() as file:
        content: bytes = file.read()
    return content


def test_what_comes_in_one_piece_is_there_at_once(author: User) -> None:
    media = uploads.begin(author, "a.mp4", 1000)
    assert (media.status, media.received, media.percent) == ("uploading", 0, 0)
    assert bring(media, CONTENT) == 1000
    media.refresh_from_db()
    assert (media.status, media.upload_until) == ("processing", None)
    assert media.checksum == hashlib.sha256(CONTENT).hexdigest()
    assert read(media) == CONTENT
    assert not Part.objects.exists()


def test_pieces_are_joined_before_the_file_is_read(
    author: User, clips: Clips, before: set[Path]
) -> None:
    content = clips.mp4
    media = uploads.begin(author, "clip.mp4", len(content))
    cuts = [0, 1, 100, len(content) // 2, len(content)]
    for start, end in pairwise(cuts):
        assert bring(media, content[start:end]) == end
    assert media.status == "processing"
    examine(media.pk)
    media.refresh_from_db()
    assert media.status == "ready"
    assert media.checksum == hashlib.sha256(content).hexdigest()
    assert read(media) == content
    assert not Part.objects.exists()
    assert {path.name for path in stored_files() - before} == {
        Path(media.file.name or "").name,
        Path(media.poster.name or "").name,
    }


def test_a_piece_that_breaks_off_counts_as_far_as_it_came(author: User) -> None:
    media = uploads.begin(author, "a.mp4", 1000)
    assert bring(media, CONTENT[:300]) == 300
    assert bring(media, b"") == 300
    assert MediaFile.objects.get().received == 300
    assert bring(media, CONTENT[300:]) == 1000


def test_more_than_was_announced_is_not_read(author: User) -> None:
    media = uploads.begin(author, "a.mp4", 10)
    assert bring(media, CONTENT) == 10
    assert read(media) == CONTENT[:10]


def test_a_stale_piece_changes_nothing(author: User, before: set[Path]) -> None:
    media = uploads.begin(author, "a.mp4", 1000)
    late = MediaFile.objects.get()
    bring(media, CONTENT[:500])
    with pytest.raises(uploads.OffsetDiffers):
        bring(late, CONTENT[:700])
    assert MediaFile.objects.get().received == 500
    assert len(stored_files() - before) == 1


@pytest.mark.parametrize("algorithm", Checksum.ALGORITHMS)
def test_damaged_bytes_are_not_kept(author: User, algorithm: str, before: set[Path]) -> None:
    media = uploads.begin(author, "a.mp4", 1000)
    right = Checksum(algorithm, hashlib.new(algorithm, CONTENT[:500]).digest())
    with pytest.raises(uploads.ChecksumDiffers):
        bring(media, CONTENT[1:501], checksum=right)
    assert (MediaFile.objects.get().received, stored_files() - before) == (0, set())
    assert bring(media, CONTENT[:500], checksum=right) == 500


def test_an_empty_file_is_announced_and_there(author: User) -> None:
    media = uploads.begin(author, "a.mp4", 0)
    assert media.status == "processing"
    examine(media.pk)
    media.refresh_from_db()
    assert (media.status, media.reason) == ("broken", "empty")


def test_the_same_announcement_twice_is_one_upload(author: User, stranger: User) -> None:
    media_id = uuid7()
    first = uploads.begin(author, "a.mp4", 1000, media_id=media_id)
    bring(first, CONTENT[:10])
    assert uploads.begin(author, "a.mp4", 1000, media_id=media_id).received == 10
    for owner, size in ((author, 999), (stranger, 1000)):
        with pytest.raises(uploads.IdTaken):
            uploads.begin(owner, "a.mp4", size, media_id=media_id)
    assert MediaFile.objects.count() == 1


def test_a_file_that_is_too_large_is_refused_before_anything_is_sent(
    author: User, settings: Any
) -> None:
    settings.MEDIA_FILE_LIMIT = 1000
    uploads.begin(author, "a.mp4", 1000)
    with pytest.raises(uploads.FileTooLarge):
        uploads.begin(author, "b.mp4", 1001)


def test_space_is_reserved_and_comes_back(author: User, stranger: User, settings: Any) -> None:
    settings.MEDIA_SPACE_PER_PERSON = 1000
    first = uploads.begin(author, "a.mp4", 600)
    with pytest.raises(uploads.NoSpaceLeft):
        uploads.begin(author, "b.mp4", 401)
    uploads.begin(stranger, "c.mp4", 1000)
    uploads.end(first)
    assert space.taken(author) == 0
    uploads.begin(author, "b.mp4", 1000)


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_never_pass_the_quota_together(author: User, settings: Any) -> None:
    settings.MEDIA_SPACE_PER_PERSON = 3500

    def announce() -> bool:
        try:
            uploads.begin(author, "a.mp4", 1000)
        except uploads.NoSpaceLeft:
            return False
        return True

    assert sorted(at_once(announce, 10)) == [False] * 7 + [True] * 3
    assert space.taken(author) == 3000


def test_so_many_may_be_unfinished(author: User, settings: Any) -> None:
    settings.UPLOADS_PER_PERSON = 2
    first = uploads.begin(author, "a.mp4", 1000)
    uploads.begin(author, "b.mp4", 1000)
    with pytest.raises(uploads.TooManyUploads):
        uploads.begin(author, "c.mp4", 1000)
    bring(first, CONTENT)
    uploads.begin(author, "c.mp4", 1000)


@pytest.mark.parametrize(
    ("raised", "means"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), StorageFull),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), StorageFull),
        (OSError(errno.EIO, "Input/output error"), StorageSilent),
        (RuntimeError("a bucket that is not there"), StorageSilent),
    ],
)
def test_a_storage_that_fails_leaves_the_upload_as_it_was(
    author: User,
    monkeypatch: pytest.MonkeyPatch,
    raised: Exception,
    means: type[Exception],
    before: set[Path],
) -> None:
    media = uploads.begin(author, "a.mp4", 1000)
    storage = storages["media"]
    save = storage._save  # type: ignore[attr-defined]

    def fail(name: str, content: Any) -> str:
        save(name, ContentFile(b"half of it"))  # what a disk that is full keeps
        raise raised

    monkeypatch.setattr(storage, "_save", fail)
    with pytest.raises(means) as error:
        bring(media, CONTENT)
    assert type(error.value) is means
    monkeypatch.undo()
    assert (MediaFile.objects.get().received, stored_files() - before) == (0, set())
    assert bring(media, CONTENT) == 1000


def test_what_was_cancelled_is_gone_with_its_bytes(
    author: User,
    django_capture_on_commit_callbacks: Any,
    before: set[Path],
) -> None:
    media = uploads.begin(author, "a.mp4", 1000)
    bring(media, CONTENT[:10])
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.end(media)
    assert (MediaFile.objects.count(), stored_files() - before) == (0, set())
    assert not uploads.end(media)


def test_what_something_waits_for_stays_and_says_that_it_will_not_come(author: User) -> None:
    media = make_upload(author)
    video = make_video(make_chapter(make_course(author)), media, status="linking", due_at=None)
    assert uploads.end(media)
    media.refresh_from_db()
    assert (media.status, media.reason, media.size) == ("broken", "upload_ended", 0)
    video.refresh_from_db()
    assert video.due_at is not None
    perform_link(video.pk)
    video.refresh_from_db()
    assert (video.status, video.reason) == ("failed", "upload_ended")
    with pytest.raises(uploads.UploadOver):
        uploads.begin(author, "a.mp4", 1000, media_id=media.pk)


def test_parts_that_cannot_be_joined_leave_nothing_behind(
    author: User, monkeypatch: pytest.MonkeyPatch, before: set[Path]
) -> None:
    media = uploads.begin(author, "a.mp4", 1000)
    bring(media, CONTENT[:400])
    bring(media, CONTENT[400:])
    storage = storages["media"]
    save = storage._save  # type: ignore[attr-defined]

    def fill(name: str, content: Any) -> str:
        save(name, ContentFile(content.read(10)))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "_save", fill)
    with pytest.raises(StorageFull):
        examine(media.pk)
    assert len(stored_files() - before) == 2
    monkeypatch.undo()
    for part in media.parts.all():
        part.file.delete(save=False)
        break
    examine(media.pk)
    media.refresh_from_db()
    assert (media.status, media.reason) == ("broken", "missing")


def test_rows_are_revised_when_they_show_another_percent(author: User) -> None:
    media = make_upload(author, size=100_000)
    video = make_video(make_chapter(make_course(author)), media, status="linking", due_at=None)
    revisions = []
    for piece in (b"x" * 10, b"x" * 10, b"x" * 2000):
        bring(media, piece)
        video.refresh_from_db()
        revisions.append(video.revision)
    assert revisions[0] == revisions[1] < revisions[2]


def test_an_upload_that_does_not_go_on_is_ended_after_a_day(author: User) -> None:
    long_ago = timezone.now() - timedelta(seconds=1)
    make_upload(author, upload_until=long_ago)
    going_on = make_upload(author)
    assert uploads.end_expired() == 1
    assert MediaFile.objects.get() == going_on


def test_every_piece_gives_it_another_day(author: User) -> None:
    media = make_upload(author, upload_until=timezone.now() + timedelta(minutes=1))
    bring(media, CONTENT[:10])
    media.refresh_from_db()
    assert media.upload_until is not None
    assert media.upload_until > timezone.now() + timedelta(hours=23)


def test_what_is_there_cannot_be_ended_as_an_upload(author: User) -> None:
    assert not uploads.end(make_media(author))
    assert MediaFile.objects.count() == 1


def both(*verbs: Callable[[], Any]) -> list[Any]:
    left = list(verbs)
    return at_once(lambda: left.pop()(), len(left))  # noqa: PLW0108 - each thread takes one


@pytest.mark.django_db(transaction=True)
def test_a_pick_and_a_cancel_at_once_lose_nothing(author: User) -> None:
    chapter = make_chapter(make_course(author))
    for _ in range(10):
        media = make_upload(author)
        wanted = Pick(media.pk, uuid7())
        results = both(
            partial(request_links, chapter, author, [wanted]), partial(uploads.end, media)
        )
        (requested,) = (result for result in results if isinstance(result, Requested))
        stands = Video.objects.filter(pk=wanted.video_id).exists()
        assert stands == bool(requested.standing)
        assert stands == MediaFile.objects.filter(pk=media.pk).exists()
