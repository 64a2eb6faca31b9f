"""POST /chapters/<id>/videos/: what an author's pick comes to. The linking itself is another matter."""

import threading
import uuid
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from config.ids import uuid7
from courses.models import Chapter, Course, Video
from media_library.models import MediaFile
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video
from tests.people import ClientOf

HTMX = {"HX-Request": "true"}


@pytest.fixture
def course(author: User) -> Course:
    return make_course(author)


@pytest.fixture
def chapter(course: Course) -> Chapter:
    return make_chapter(course)


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.fixture
def files(author: User) -> list[MediaFile]:
    return [make_media(author, f"{name}.mp4") for name in ("one", "two", "three")]


def link(
    client: Client,
    chapter: Chapter,
    media: Iterable[object],
    videos: Iterable[object],
    **headers: str,
) -> Any:
    data = {"media": [str(one) for one in media], "video": [str(one) for one in videos]}
    return client.post(f"/chapters/{chapter.pk}/videos/", data, headers=headers or None)


def titles(chapter: Chapter) -> list[str]:
    return list(chapter.videos.live().in_order().values_list("title", flat=True))


def test_rows_stand_in_the_order_of_picking_under_the_ids_of_the_page(
    ada: Client, chapter: Chapter, files: list[MediaFile]
) -> None:
    make_video(chapter, files[0], title="was there")
    ids = [uuid7() for _ in files]
    picked = [files[2], files[0], files[1]]
    response = link(ada, chapter, [one.pk for one in picked], ids, **{"HX-Request": "true"})
    assert response.status_code == 200
    assert titles(chapter) == ["was there", "three", "one", "two"]
    rows = list(chapter.videos.in_order())[1:]
    assert [row.pk for row in rows] == ids
    assert {row.status for row in rows} == {Video.Status.LINKING}
    page = response.content.decode()
    places = [page.index(f'id="video-{one}"') for one in ids]
    assert places == sorted(places)


def test_without_ids_the_server_mints_them(
    ada: Client, chapter: Chapter, files: list[MediaFile]
) -> None:
    response = link(ada, chapter, [one.pk for one in files], [])
    assert response["Location"] == f"/courses/{chapter.course_id}/#chapter-{chapter.pk}"
    assert titles(chapter) == ["one", "two", "three"]
    assert {row.pk.version for row in chapter.videos.all()} == {7}


def test_the_same_request_twice_makes_one_set_of_rows(
    ada: Client, chapter: Chapter, files: list[MediaFile]
) -> None:
    ids = [uuid7() for _ in files]
    first = link(ada, chapter, [one.pk for one in files], ids, **HTMX)
    second = link(ada, chapter, [one.pk for one in files], ids, **HTMX)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.content.decode().count("<li") == 3
    assert chapter.videos.count() == 3


def test_the_number_of_queries_does_not_depend_on_the_number_of_videos(
    ada: Client, chapter: Chapter, author: User
) -> None:
    media = make_media(author)

    def queries(videos: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            ids = [uuid7() for _ in range(videos)]
            assert link(ada, chapter, [media.pk] * videos, ids, **HTMX).status_code == 200
        return len(seen)

    assert queries(1) == queries(10) == queries(500)


@pytest.mark.parametrize("many", [501, 1500])
def test_more_than_500_are_refused_clearly(
    ada: Client, chapter: Chapter, author: User, many: int
) -> None:
    media = make_media(author)
    response = link(ada, chapter, [media.pk] * many, [uuid7() for _ in range(many)], **HTMX)
    assert response.status_code == 422
    assert "500 at a time" in response.content.decode()
    assert not chapter.videos.exists()


@pytest.mark.parametrize(
    ("media", "videos", "answer"),
    [(0, 0, "Pick at least one"), (1, 2, "one id for its row"), (2, 1, "one id for its row")],
)
def test_what_does_not_fit_together_is_refused_whole(
    ada: Client,
    chapter: Chapter,
    files: list[MediaFile],
    media: int,
    videos: int,
    answer: str,
) -> None:
    some = [one.pk for one in files][:media]
    ids = [uuid7() for _ in range(videos)]
    response = link(ada, chapter, some, ids, **HTMX)
    assert response.status_code == 422
    assert answer in response.content.decode()
    plain = link(ada, chapter, some, ids)
    assert plain.status_code == 302
    assert answer in ada.get(plain["Location"]).content.decode()
    assert not chapter.videos.exists()


def test_what_is_good_is_done_and_what_is_not_is_named(
    ada: Client, chapter: Chapter, author: User, stranger: User
) -> None:
    good = make_media(author, "good.mp4")
    broken = make_media(author, "broken.mp4", status="broken", reason="damaged")
    coming = make_upload(author, "late.mp4")
    theirs = make_media(stranger, "secret.mp4")
    picked = [broken.pk, good.pk, theirs.pk, coming.pk, uuid.uuid4(), "nonsense"]
    response = link(ada, chapter, list(picked), [uuid7() for _ in picked], **HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert titles(chapter) == ["good", "late"]
    assert "broken.mp4: The file is damaged" in page
    assert "2 files: There is no such file in your library." in page
    assert "1 pick could not be read." in page
    assert "secret" not in page


def test_nothing_good_is_422(ada: Client, chapter: Chapter) -> None:
    response = link(ada, chapter, [uuid.uuid4()], [uuid7()], **HTMX)
    assert response.status_code == 422


def test_an_id_of_somebody_elses_row_is_refused_and_nothing_is_told(
    ada: Client, chapter: Chapter, files: list[MediaFile], stranger: User
) -> None:
    theirs = make_video(
        make_chapter(make_course(stranger)), make_media(stranger, "secret.mp4"), title="secret"
    )
    before = Video.objects.filter(pk=theirs.pk).values().get()
    response = link(ada, chapter, [files[0].pk], [theirs.pk], **HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert "could not be added" in page
    assert "secret" not in page
    assert Video.objects.filter(pk=theirs.pk).values().get() == before


def test_an_id_twice_in_one_request_is_one_row(
    ada: Client, chapter: Chapter, files: list[MediaFile]
) -> None:
    same = uuid7()
    link(ada, chapter, [files[0].pk, files[1].pk], [same, same], **HTMX)
    assert titles(chapter) == ["one"]


def test_a_removed_row_does_not_come_back_by_posting_it_again(
    ada: Client, chapter: Chapter, files: list[MediaFile]
) -> None:
    ids = [uuid7()]
    link(ada, chapter, [files[0].pk], list(ids), **HTMX)
    chapter.videos.get().remove()
    response = link(ada, chapter, [files[0].pk], list(ids), **HTMX)
    assert response.status_code == 422
    assert "has been removed" in response.content.decode()
    assert titles(chapter) == []


def test_a_chapter_removed_meanwhile_is_told(
    ada: Client, chapter: Chapter, files: list[MediaFile]
) -> None:
    chapter.remove()
    response = link(ada, chapter, [files[0].pk], [uuid7()], **HTMX)
    assert response.status_code == 409
    assert "removed this chapter" in response.content.decode()
    assert not chapter.videos.exists()


def test_a_co_author_links_files_of_their_own(
    course: Course, chapter: Chapter, co_author: User, client_of: ClientOf, author: User
) -> None:
    course.add_co_author(co_author)
    mine, theirs = make_media(co_author, "mine.mp4"), make_media(author, "theirs.mp4")
    link(client_of(co_author), chapter, [mine.pk, theirs.pk], [uuid7(), uuid7()], **HTMX)
    assert titles(chapter) == ["mine"]


def test_a_broker_that_is_down_does_not_fail_the_request(
    ada: Client,
    chapter: Chapter,
    files: list[MediaFile],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("config.wake_ups.app.send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        assert link(ada, chapter, [files[0].pk], [uuid7()], **HTMX).status_code == 200
    assert titles(chapter) == ["one"]


@pytest.mark.django_db(transaction=True)
def test_positions_are_unique_and_picks_stay_together_under_many_authors(
    chapter: Chapter, author: User, client_of: ClientOf
) -> None:
    media = make_media(author)
    start = threading.Barrier(6)
    statuses: list[int] = []
    batches = [[uuid7() for _ in range(5)] for _ in range(6)]

    def post(batch: list[uuid.UUID]) -> None:
        client = client_of(author)
        start.wait()
        statuses.append(link(client, chapter, [media.pk] * 5, list(batch), **HTMX).status_code)
        connection.close()

    threads = [threading.Thread(target=post, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 6
    order = list(chapter.videos.in_order().values_list("pk", flat=True))
    assert len(order) == 30
    for batch in batches:
        first = order.index(batch[0])
        assert order[first : first + 5] == batch
