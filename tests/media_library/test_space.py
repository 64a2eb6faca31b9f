"""What the files of a person take is always what they take, however that came to be so."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from accounts.models import User
from courses.sweeper import Sweeper
from media_library import space, trash, uploads, versions
from media_library.models import MediaFile
from tests.courses.link_stories import nobody_sweeps
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video
from tests.media_library.import_stories import begun, put

folded = pytest.mark.parametrize("look", [lambda: None, space.fold], ids=["as it is", "folded"])
Look = Callable[[], object]


def entries() -> list[tuple[object, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT owner, bytes FROM media_library_space ORDER BY id")
        return list(cursor.fetchall())


def in_ledger() -> dict[object, int]:
    taken: dict[object, int] = {}
    for owner, size in entries():
        taken[owner] = taken.get(owner, 0) + size
    return {owner: size for owner, size in taken.items() if size}


def in_files() -> dict[object, int]:
    return dict(
        MediaFile.objects.values_list("owner").annotate(Sum("size")).filter(size__sum__gt=0)
    )


def is_exact(*, of: User, bytes_taken: int) -> bool:
    return in_ledger() == in_files() and space.taken(of) == bytes_taken


@folded
def test_an_upload_takes_its_space_when_it_is_announced_and_once(author: User, look: Look) -> None:
    media = uploads.begin(author, "a.mp4", 1000)
    look()
    assert is_exact(of=author, bytes_taken=1000)
    for piece in (b"x" * 400, b"x" * 600):
        uploads.receive(media, media.received, io.BytesIO(piece))
    look()
    assert is_exact(of=author, bytes_taken=1000)
    uploads.begin(author, "nothing.mp4", 0)
    assert is_exact(of=author, bytes_taken=1000)


@folded
@pytest.mark.parametrize("is_used", [False, True])
def test_one_that_is_cut_off_gives_it_back(author: User, is_used: bool, look: Look) -> None:
    media = uploads.begin(author, "a.mp4", 1000)
    uploads.receive(media, 0, io.BytesIO(b"x" * 400))
    if is_used:
        make_video(make_chapter(make_course(author)), media, status="linking")
    look()
    MediaFile.objects.update(upload_until=timezone.now() - timedelta(seconds=1))
    assert uploads.end_expired() == 1
    look()
    assert MediaFile.objects.exists() == is_used
    assert is_exact(of=author, bytes_taken=0)


@folded
def test_a_version_takes_its_own_whichever_of_the_two_is_shown(author: User, look: Look) -> None:
    media = make_media(author, size=1000)
    version = make_media(author, size=30, version_of=media)
    look()
    assert is_exact(of=author, bytes_taken=1030)
    for shown, other in ((30, 1000), (1000, 30)):
        assert versions.take_place(version)
        for row in (media, version):
            row.refresh_from_db()
        assert (media.size, version.size) == (shown, other)
        look()
        assert is_exact(of=author, bytes_taken=1030)
    trash.delete(version, Q())
    look()
    assert is_exact(of=author, bytes_taken=1000)


@folded
def test_the_trash_takes_it_until_it_is_deleted_for_good(author: User, look: Look) -> None:
    files = [make_media(author, size=size) for size in (1, 20, 300)]
    make_media(author, size=4000, version_of=files[2])
    for media in files:
        trash.throw_away(media)
    trash.restore(files[0])
    look()
    assert is_exact(of=author, bytes_taken=4321)
    assert trash.empty(author) == 2
    assert is_exact(of=author, bytes_taken=4321)
    assert trash.forget_what_is_old() == 2
    look()
    assert is_exact(of=author, bytes_taken=1)


@folded
def test_many_at_once_are_one_entry_of_each_owner(
    author: User, stranger: User, tmp_path: Path, look: Look
) -> None:
    put(tmp_path, a=b"a" * 10, b=b"b" * 20, c=b"c" * 30)
    begun(author, tmp_path)
    assert entries() == [(author.pk, 60)]
    MediaFile.objects.bulk_create(
        MediaFile(owner=owner, name="a.mp4", size=100)
        for owner in (author, stranger)
        for _ in "123"
    )
    assert sorted(size for _, size in entries()) == [60, 300, 300]
    look()
    assert is_exact(of=author, bytes_taken=360)
    MediaFile.objects.filter(size=100).update(size=F("size") + 1)
    MediaFile.objects.filter(size=10).update(owner=stranger)
    look()
    assert is_exact(of=author, bytes_taken=353)
    MediaFile.objects.all().delete()
    look()
    assert is_exact(of=author, bytes_taken=0)


def test_what_changes_no_size_is_not_entered(author: User) -> None:
    media = make_media(author)
    before = entries()
    media.name = "Other.mp4"
    media.save()
    MediaFile.objects.update(received=5)
    MediaFile.objects.filter(size=0).update(size=1)
    MediaFile.objects.filter(size=0).delete()
    assert entries() == before


def test_whatever_comes_after_whatever(author: User, stranger: User) -> None:
    chance = Random(7)

    def any_of_them() -> Q:
        return Q(pk__in=[pk for pk in MediaFile.objects.values_list("pk", flat=True) if toss()])

    def toss() -> bool:
        return chance.random() < 0.4

    def come() -> None:
        sizes = [chance.choice([0, 1, 7, 5 * 2**30]) for _ in range(chance.randrange(5))]
        people = [chance.choice([author, stranger]) for _ in sizes]
        MediaFile.objects.bulk_create(
            MediaFile(owner=owner, name="a.mp4", size=size)
            for owner, size in zip(people, sizes, strict=True)
        )

    def go_back() -> None:
        with transaction.atomic():
            come()
            MediaFile.objects.filter(any_of_them()).delete()
            transaction.set_rollback(True)

    changes: list[Callable[[], object]] = [
        come,
        go_back,
        space.fold,
        lambda: MediaFile.objects.filter(any_of_them()).delete(),
        lambda: MediaFile.objects.filter(any_of_them()).update(size=chance.choice([0, 3, 2**40])),
        lambda: MediaFile.objects.filter(any_of_them()).update(size=F("size") + 1, owner=stranger),
        lambda: MediaFile.objects.filter(any_of_them()).update(owner=author),
    ]
    for _ in range(200):
        chance.choice(changes)()
        assert is_exact(of=author, bytes_taken=in_files().get(author.pk, 0))


def test_of_each_person_one_entry_is_left_and_none_of_who_has_nothing(
    author: User, co_author: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "_AT_ONCE", 2)
    with (
        connection.cursor() as cursor
    ):  # as they lie in the table, where those of one are never together
        for way in ("mergejoin", "nestloop", "indexscan", "indexonlyscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    for _ in range(4):
        for owner in (author, co_author, stranger):
            make_upload(owner)
    MediaFile.objects.filter(owner=stranger).delete()
    while len(entries()) > 2:
        before = len(entries())
        space.fold()
        assert before - 2 <= len(entries()) < before
        assert in_ledger() == in_files()
    left = entries()
    assert sorted(left) == sorted([(author.pk, 4000), (co_author.pk, 4000)])
    space.fold()
    assert entries() == left


def test_the_sweeper_folds(author: User) -> None:
    nobody_sweeps()
    for _ in range(3):
        make_upload(author)
    Sweeper().sweep()
    assert entries() == [(author.pk, 3000)]


def test_a_person_without_files_can_go(author: User) -> None:
    make_upload(author).delete()
    author.delete()
    space.fold()
    assert not entries()


@contextmanager
def a_transaction_elsewhere(work: Callable[[], object]) -> Iterator[None]:
    """It has done its work, and is committed afterwards."""
    is_done, may_commit = Event(), Event()

    def run() -> None:
        try:
            with transaction.atomic():
                work()
                is_done.set()
                assert may_commit.wait(10)
        finally:
            connection.close()

    other = Thread(target=run)
    other.start()
    try:
        assert is_done.wait(10)
        yield
    finally:
        may_commit.set()
        other.join()


@pytest.mark.django_db(transaction=True)
def test_while_somebody_folds_all_is_seen_and_nobody_waits(author: User) -> None:
    for _ in range(3):
        make_upload(author)
    with a_transaction_elsewhere(space.fold):
        assert is_exact(of=author, bytes_taken=3000)
        space.fold()  # what it finds is somebody else's
        media = uploads.begin(author, "a.mp4", 500)
        uploads.begin(author, "b.mp4", 70)
        uploads.end(media)
        space.fold()
        assert is_exact(of=author, bytes_taken=3070)
    assert is_exact(of=author, bytes_taken=3070)
    space.fold()
    assert entries() == [(author.pk, 3070)]


@pytest.mark.django_db(transaction=True)
def test_what_is_not_committed_is_neither_seen_nor_folded(author: User) -> None:
    make_upload(author)
    make_upload(author)
    with a_transaction_elsewhere(lambda: make_upload(author, size=500)):
        space.fold()
        assert entries() == [(author.pk, 2000)]
    assert is_exact(of=author, bytes_taken=2500)


@pytest.mark.django_db(transaction=True)
def test_folded_by_two_while_two_write_it_is_exact_at_each_moment(
    author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "_AT_ONCE", 7)
    are_written = Event()

    def write() -> None:
        for size in range(1, 100):
            media = make_upload(author, size=size)
            MediaFile.objects.filter(pk=media.pk).update(size=2 * size)
            if size % 3:
                MediaFile.objects.filter(pk=media.pk).delete()

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce((SELECT sum(bytes) FROM media_library_space), 0)"
                " - coalesce((SELECT sum(size) FROM media_library_mediafile), 0)"
            )
            assert cursor.fetchone() == (0,)

    def until_all_is_written(work: Callable[[], object]) -> None:
        while not are_written.is_set():
            work()

    def closing(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads:
        others = [
            threads.submit(closing, partial(until_all_is_written, work))
            for work in (space.fold, space.fold, look)
        ]
        writers = [threads.submit(closing, write) for _ in range(2)]
        try:
            for writer in writers:
                writer.result()
        finally:
            are_written.set()
        for other in others:
            other.result()
    assert is_exact(of=author, bytes_taken=2 * 2 * sum(range(3, 100, 3)))
    for _ in entries():
        space.fold()
    assert len(entries()) == 1


@pytest.mark.django_db(transaction=True)
def test_when_the_files_are_emptied_away_nothing_is_taken(author: User) -> None:
    make_upload(author)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE media_library_mediafile CASCADE")
    assert is_exact(of=author, bytes_taken=0)


@pytest.mark.django_db(transaction=True)
def test_what_is_dumped_takes_the_same_when_it_is_loaded_once_or_twice(
    author: User, tmp_path: Path
) -> None:
    make_upload(author)
    make_upload(author)
    dump = str(tmp_path / "dump.json")
    call_command("dumpdata", "accounts", "media_library", output=dump, verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    assert not entries()
    for _ in range(2):
        call_command("loaddata", dump, verbosity=0)
        assert is_exact(of=author, bytes_taken=2000)


@pytest.mark.django_db(transaction=True)
def test_files_that_are_there_before_the_ledger_are_counted(author: User, stranger: User) -> None:
    make_upload(author)
    make_upload(author)
    make_media(stranger, size=0)
    try:
        call_command("migrate", "media_library", "0011", verbosity=0)
        assert "media_library_space" not in connection.introspection.table_names()
    finally:
        call_command("migrate", verbosity=0)  # of other apps went what stands on these
    assert entries() == [(author.pk, 2000)]
    make_upload(author)
    assert is_exact(of=author, bytes_taken=3000)
