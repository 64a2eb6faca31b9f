"""Bytes of imported files: fetched in pieces, whoever dies meanwhile, whatever becomes of the source."""

import errno
import hashlib
import io
import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.db.models.functions import Now

from accounts.models import User
from config import celery
from courses.linking import perform_link
from courses.models import Video
from courses.sweeper import Sweeper
from media_library import fetching, importing, parts, sources, space, stored_files, tasks, uploads
from media_library.importing import KEPT
from media_library.intake import examine
from media_library.models import MediaFile, Part
from tests.clips import Clips
from tests.conftest import CeleryWorker
from tests.courses.link_stories import at_once, nobody_sweeps, wait_until
from tests.factories import make_chapter, make_course, make_video
from tests.media_library import import_places
from tests.media_library.import_stories import begun, fetch_all, let_pause_end, put, seen, states

CONTENT = bytes(range(250)) * 4
READY = ("processing", "")


@pytest.fixture
def place(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Given to staff; files of 1,000 bytes come in four pieces."""
    monkeypatch.setattr(fetching, "PIECE", 300)
    settings.IMPORT_FOLDER = str(tmp_path / "given")
    put(tmp_path / "given", a=CONTENT)
    return tmp_path / "given"


@pytest.fixture
def bucket(
    place: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> type[import_places.Bucket]:
    settings.IMPORT_FOLDER = ""
    settings.IMPORT_STORAGE = import_places.BUCKET
    monkeypatch.setattr(import_places.Bucket, "place", place)
    return import_places.Bucket


@pytest.fixture
def from_bucket(author: User, bucket: type[import_places.Bucket]) -> MediaFile:
    source = sources.storage(import_places.BUCKET)
    importing.begin(author, source, seen(source))
    return MediaFile.objects.get()


def one() -> MediaFile:
    return MediaFile.objects.get()


def test_a_file_comes_in_pieces_and_is_examined_as_any_other(
    author: User, place: Path, clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PIECE", 1 + len(clips.mp4) // 3)
    put(place, a=clips.mp4)
    begun(author, place)
    assert fetch_all() == 3
    examine(one().pk)
    media = one()
    assert (media.status, media.upload_until, media.fetch_at) == ("ready", None, None)
    assert media.checksum == hashlib.sha256(clips.mp4).hexdigest()
    with media.file.open() as file:
        assert file.read() == clips.mp4
    assert not Part.objects.exists()


def test_a_call_brings_one_piece(author: User, place: Path) -> None:
    begun(author, place)
    for there in (300, 600, 900):
        assert fetching.fetch_next()
        assert one().received == there
    assert fetching.fetch_next()
    assert states() == {"a.mp4": READY}
    assert not fetching.fetch_next()


def test_who_brought_a_piece_calls_for_the_next(
    author: User, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Mock()
    monkeypatch.setattr(celery.app, "send_task", send)
    begun(author, place)
    tasks.fetch()
    send.assert_called_once()
    fetch_all()
    send.reset_mock()
    tasks.fetch()
    send.assert_not_called()


def test_what_was_begun_is_ended_first(author: User, place: Path) -> None:
    put(place, b=CONTENT, c=CONTENT)
    begun(author, place)
    for _ in range(4):
        fetching.fetch_next()
    assert states()["a.mp4"] == READY
    assert MediaFile.objects.filter(received=0).count() == 2


def test_another_goes_on_where_a_worker_was_killed(author: User, place: Path) -> None:
    begun(author, place)
    fetching.fetch_next()
    assert fetching._claimed() is not None  # and its worker is killed
    assert not fetching.fetch_next()
    MediaFile.objects.update(fetch_at=Now() - timedelta(seconds=1))
    assert fetch_all() == 3
    assert states() == {"a.mp4": READY}


def test_a_killed_worker_leaves_nothing_that_counts(
    author: User, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As far as it came, nothing of the piece is in the row."""

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    begun(author, place)
    fetching.fetch_next()
    monkeypatch.setattr(uploads, "_count", die)
    with pytest.raises(Killed):
        fetching.fetch_next()
    monkeypatch.undo()
    monkeypatch.setattr(fetching, "PIECE", 300)
    assert one().received == 300
    let_pause_end()
    fetch_all()
    assert states() == {"a.mp4": READY}
    examine(one().pk)
    assert one().checksum == hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.django_db(transaction=True)
def test_doubled_calls_bring_every_byte_once(
    author: User, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LEASE", timedelta(0))  # as if each were slower than its lease
    monkeypatch.setattr(fetching, "_free", threading.BoundedSemaphore(8))
    begun(author, place)
    at_once(fetch_all, 6)
    assert states() == {"a.mp4": READY}
    examine(one().pk)
    assert one().checksum == hashlib.sha256(CONTENT).hexdigest()


def test_no_more_threads_than_two_of_a_worker(author: User, place: Path) -> None:
    begun(author, place)
    with fetching._free, fetching._free:
        assert not fetching.fetch_next()
    assert fetching.fetch_next()


def test_memory_does_not_grow_with_the_file(
    author: User, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PIECE", 5 << 20)
    put(place, a=bytes(5 << 20))
    asked: list[int] = []

    class Watched(io.FileIO):
        def read(self, size: int | None = -1) -> bytes:
            asked.append(size or 0)
            return super().read(size)

    monkeypatch.setattr(os, "fdopen", Watched)
    begun(author, place)
    fetch_all()
    assert max(asked) == 1 << 20
    assert states() == {"a.mp4": READY}


def test_a_file_that_is_gone_says_so(author: User, place: Path) -> None:
    put(place, b=CONTENT)
    begun(author, place)
    fetching.fetch_next()
    (place / "a.mp4").unlink()
    fetch_all()
    assert states() == {"a.mp4": ("broken", "source_gone"), "b.mp4": READY}
    assert not Part.objects.filter(media__name="a.mp4").exists()
    assert space.taken(author) == 1000


@pytest.mark.parametrize("size", [999, 1001, 0])
def test_a_file_that_changed_its_size_says_so(author: User, place: Path, size: int) -> None:
    begun(author, place)
    fetching.fetch_next()
    put(place, a=b"x" * size)
    fetch_all()
    assert states() == {"a.mp4": ("broken", "source_changed")}


def test_a_source_that_says_more_than_it_has_is_no_loop(
    author: User, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(author, place)
    monkeypatch.setattr(os, "fdopen", lambda *_: io.BytesIO(CONTENT[:300]))
    assert fetch_all() == 2
    assert states() == {"a.mp4": ("broken", "source_changed")}


def test_what_ended_so_can_be_imported_again(author: User, place: Path) -> None:
    begun(author, place)
    (place / "a.mp4").unlink()
    fetch_all()
    MediaFile.objects.filter(reason="").delete()
    put(place, a=CONTENT)
    begun(author, place)
    fetch_all()
    assert MediaFile.objects.filter(status="processing").count() == 1


def test_a_link_to_it_fails_with_its_reason(author: User, place: Path) -> None:
    put(place, b=CONTENT)
    begun(author, place)
    media = MediaFile.objects.get(name="a.mp4")
    video = make_video(make_chapter(make_course(author)), media, status="linking", due_at=None)
    (place / "a.mp4").unlink()
    fetch_all()
    perform_link(video.pk)
    video.refresh_from_db()
    assert (video.status, video.reason) == (Video.Status.FAILED, "source_gone")


@pytest.mark.parametrize(
    "trouble", [OSError(errno.EIO, "broken"), RuntimeError("credentials"), TimeoutError()]
)
def test_a_bucket_that_fails_is_asked_again_later(
    from_bucket: MediaFile, bucket: Any, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    monkeypatch.setattr(bucket, "trouble", trouble)
    assert fetching.fetch_next()
    media = one()
    assert (media.status, media.received) == ("uploading", 0)
    assert not fetching.fetch_next()  # not now
    monkeypatch.setattr(bucket, "trouble", None)
    let_pause_end()
    fetch_all()
    assert states() == {"a.mp4": READY}


def test_a_silent_source_keeps_no_other_waiting(
    author: User, from_bucket: MediaFile, bucket: Any, place: Path, settings: Any
) -> None:
    settings.IMPORT_FOLDER = str(place)
    bucket.trouble = RuntimeError("away")
    try:
        begun(author, place)
        fetch_all()
    finally:
        bucket.trouble = None
    assert sorted(MediaFile.objects.values_list("status", flat=True)) == ["processing", "uploading"]


def test_what_came_before_a_source_fell_silent_is_kept(
    from_bucket: MediaFile, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class BreaksOff(io.BytesIO):
        size = len(CONTENT)

        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= 200:
                raise OSError("the line broke")
            return super().read(min(size or 0, 100))

    with monkeypatch.context() as broken:
        broken.setattr(bucket, "_open", lambda *_: BreaksOff(CONTENT))
        fetch_all()
    assert one().received == 200
    let_pause_end()
    fetch_all()
    assert states() == {"a.mp4": READY}
    examine(one().pk)
    assert one().checksum == hashlib.sha256(CONTENT).hexdigest()


def test_a_source_that_hangs_is_left_alone(
    from_bucket: MediaFile, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_files, "PATIENCE", 0.1)
    let_go = threading.Event()
    monkeypatch.setattr(bucket, "_open", lambda *_: let_go.wait(20))
    assert fetching.fetch_next()
    assert one().status == "uploading"
    let_go.set()


def test_a_storage_of_ours_that_is_full_is_tried_later(
    author: User, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    begun(author, place)
    with monkeypatch.context() as broken:
        broken.setattr(storages["media"], "_save", full)
        assert fetching.fetch_next()
    assert one().received == 0
    assert not fetching.fetch_next()
    let_pause_end()
    fetch_all()
    assert states() == {"a.mp4": READY}


def test_a_source_that_is_given_no_more_is_waited_for(
    author: User, place: Path, settings: Any
) -> None:
    begun(author, place)
    settings.IMPORT_FOLDER = ""
    fetching.fetch_next()
    assert one().status == "uploading"
    settings.IMPORT_FOLDER = str(place)
    let_pause_end()
    fetch_all()
    assert states() == {"a.mp4": READY}


def test_a_link_put_in_its_place_is_not_followed(author: User, place: Path) -> None:
    begun(author, place)
    secret = place.parent / "secret.mp4"
    secret.write_bytes(CONTENT)
    (place / "a.mp4").unlink()
    (place / "a.mp4").symlink_to(secret)
    put(place, other=b"x")
    fetch_all()
    assert states() == {"a.mp4": ("broken", "source_gone")}


def test_what_never_comes_is_ended_and_told(author: User, place: Path) -> None:
    begun(author, place)
    assert uploads.end_expired() == 0
    MediaFile.objects.update(upload_until=Now() - timedelta(seconds=1))
    assert uploads.end_expired() == 1
    assert states() == {"a.mp4": ("broken", "import_ended")}


def test_it_may_wait_for_a_week(author: User, place: Path) -> None:
    begun(author, place)
    until = MediaFile.objects.filter(upload_until__gt=Now() + KEPT - timedelta(hours=1))
    assert until.exists()


def test_who_cancels_it_meanwhile_is_heard(
    author: User, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(author, place)
    media = one()
    store = parts.store

    def store_and_cancel(*args: Any) -> None:
        store(*args)
        uploads.end(media)

    monkeypatch.setattr(parts, "store", store_and_cancel)
    assert fetching.fetch_next()
    assert not MediaFile.objects.exists()
    assert not fetching.fetch_next()


def test_the_piece_is_a_well_behaved_file(place: Path) -> None:
    with (place / "a.mp4").open("rb") as file:
        piece = fetching._Piece(file, 250)
        assert [piece.read(100), piece.read(100), piece.read(100), piece.read(100)] == [
            CONTENT[:100],
            CONTENT[100:200],
            CONTENT[200:250],
            b"",
        ]
        assert fetching._Piece(file, 250).read() == CONTENT[250:500]


@pytest.fixture
def worker_of_a_folder(celery_worker: CeleryWorker, tmp_path: Path) -> CeleryWorker:
    celery_worker.stop()
    celery_worker.environment["IMPORT_FOLDER"] = str(tmp_path / "given")
    celery_worker.start()
    return celery_worker


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_is_killed_and_another_ends_its_work(
    author: User,
    worker_of_a_folder: CeleryWorker,
    tmp_path: Path,
    settings: Any,
    clips: Clips,
) -> None:
    """Its calls are lost with it; when its lease has run out, the sweeper calls."""
    settings.IMPORT_FOLDER = str(tmp_path / "given")
    put(tmp_path / "given", large=bytes(200 << 20), clip=clips.mp4)
    begun(author, tmp_path / "given")
    large = MediaFile.objects.filter(name="large.mp4")
    wait_until(lambda: large.get().received > 0)
    worker_of_a_folder.kill()
    assert large.get().status == "uploading"
    let_pause_end()
    worker_of_a_folder.start()
    nobody_sweeps()
    sweeper = Sweeper()
    end = {"clip.mp4": ("ready", ""), "large.mp4": ("broken", "not_a_video")}

    def is_swept_up() -> bool:
        sweeper.sweep()
        return states() == end

    wait_until(is_swept_up)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")
    checksum = hashlib.sha256(bytes(200 << 20)).hexdigest()
    assert large.get().checksum == checksum
