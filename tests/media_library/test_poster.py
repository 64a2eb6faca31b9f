import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.base import ContentFile

from accounts.models import User
from media_library import stored_files
from media_library.file_errors import StorageSilent
from media_library.models import MediaFile
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf

PICTURE = b"\xff\xd8 a picture"


def with_poster(owner: User) -> MediaFile:
    media = make_media(owner)
    media.poster.save("ignored", ContentFile(PICTURE))
    return media


def test_the_owner_gets_it_as_a_picture_and_nothing_else(author: User, client_of: ClientOf) -> None:
    media = with_poster(author)
    response = client_of(author).get(f"/library/{media.pk}/poster/")
    assert response.content == PICTURE
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in response["Cache-Control"]


def test_a_co_author_gets_it_while_the_file_stands_in_a_shared_course(
    author: User, co_author: User, client_of: ClientOf
) -> None:
    media = with_poster(author)
    course = make_course(author)
    make_video(make_chapter(course), media)
    grace = client_of(co_author)
    assert grace.get(f"/library/{media.pk}/poster/").status_code == 404
    course.add_co_author(co_author)
    assert grace.get(f"/library/{media.pk}/poster/").status_code == 200
    course.remove_co_author(co_author.pk)
    assert grace.get(f"/library/{media.pk}/poster/").status_code == 404


def test_a_file_without_one_has_none(author: User, client_of: ClientOf) -> None:
    media = make_media(author)
    assert client_of(author).get(f"/library/{media.pk}/poster/").status_code == 404


def test_a_poster_that_the_storage_lost_is_404(author: User, client_of: ClientOf) -> None:
    media = with_poster(author)
    media.poster.storage.delete(str(media.poster.name))
    assert client_of(author).get(f"/library/{media.pk}/poster/").status_code == 404


def opening(monkeypatch: pytest.MonkeyPatch, storage: Any, does: Callable[..., Any]) -> None:
    monkeypatch.setattr(type(storage), "open", does)
    monkeypatch.setattr(stored_files, "for_pages", stored_files.ForPages(2))
    monkeypatch.setattr("media_library.views.poster.for_pages", stored_files.for_pages)
    monkeypatch.setattr(stored_files.ForPages, "patience", 0.2)


@pytest.mark.parametrize("error", [OSError(5, "I/O error"), ValueError("?"), ConnectionError()])
def test_a_storage_that_fails_is_503_and_kept_by_nobody(
    author: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    media = with_poster(author)

    def fails(*_: Any) -> None:
        raise error

    opening(monkeypatch, media.poster.storage, fails)
    response = client_of(author).get(f"/library/{media.pk}/poster/")
    assert response.status_code == 503
    assert response["Cache-Control"] == "no-store"
    assert response.content == b""


def test_a_storage_that_hangs_holds_few_for_a_moment_and_the_others_not_at_all(
    author: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = with_poster(author)
    let_go = threading.Event()
    asked: list[None] = []

    def hangs(*_: Any) -> None:
        asked.append(None)
        let_go.wait(60)

    opening(monkeypatch, media.poster.storage, hangs)
    ada = client_of(author)
    began = time.monotonic()
    answers = [ada.get(f"/library/{media.pk}/poster/").status_code for _ in range(20)]
    took = time.monotonic() - began
    let_go.set()
    assert answers == [503] * 20
    assert len(asked) == 2
    assert took < 20


def test_many_at_once_get_theirs_from_a_storage_that_is_well(
    author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = with_poster(author)
    storage, opened = media.poster.storage, type(media.poster.storage).open

    def takes_a_moment(*args: Any) -> Any:
        time.sleep(0.01)
        return opened(*args)

    opening(monkeypatch, storage, takes_a_moment)
    with ThreadPoolExecutor(16) as crowd:
        pictures = list(crowd.map(lambda _: stored_files.for_pages.read(media.poster), range(32)))
    assert pictures == [PICTURE] * 32


def test_a_disk_that_is_not_mounted_lost_no_poster(
    author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = with_poster(author)
    monkeypatch.setattr(media.poster.storage, "location", "/nowhere/at/all")
    with pytest.raises(StorageSilent):
        stored_files.ForPages(1).read(media.poster)
