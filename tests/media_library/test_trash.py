"""Files that are thrown away, and those that come back."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from courses.models import Chapter, Video
from media_library import finding, space, trash
from media_library.models import KEPT_IN_TRASH, MediaFile
from media_library.trash import forget_what_is_old
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video
from tests.media_library.test_take_in import stored_files
from tests.people import ClientOf


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Mock:
    calls = Mock()
    monkeypatch.setattr(trash, "wake", calls)
    return calls


@pytest.fixture
def chapter(author: User) -> Chapter:
    return make_chapter(make_course(author))


def remove(client: Client, media: MediaFile, **choice: str) -> Any:
    return client.post(f"/library/{media.pk}/remove/", choice)


def is_in_trash(media: MediaFile) -> bool:
    media.refresh_from_db()
    return media.trashed_at is not None


def test_a_file_that_nothing_uses_goes_and_comes_back(ada: Client, author: User) -> None:
    media = make_media(author)
    assert remove(ada, media).status_code == 302
    assert is_in_trash(media)
    assert "01 Welcome.mp4" not in ada.get("/library/?sort=name").content.decode().split("<main")[1]
    assert "01 Welcome.mp4" in ada.get("/library/trash/").content.decode()
    ada.post(f"/library/{media.pk}/restore/")
    assert not is_in_trash(media)


def test_one_that_is_used_is_asked_about(ada: Client, author: User, chapter: Chapter) -> None:
    media = make_media(author)
    make_video(chapter, media)
    assert remove(ada, media).status_code == 302
    assert not is_in_trash(media)
    page = ada.get(f"/library/{media.pk}/").content.decode()
    assert "It is used in 1 place. Decide first what happens there." in page
    assert "decide first what shall stand in its place" in page


def test_twice_at_the_same_time_is_once(author: User, chapter: Chapter) -> None:
    """As a form that was sent twice: both have seen that it is not in the trash yet."""
    media, other = make_media(author), make_media(author)
    make_video(chapter, media)
    seen = MediaFile.objects.get(pk=media.pk)
    assert trash.throw_away_everywhere(media, author, other) == 1
    assert trash.throw_away_everywhere(seen, author, other) == 0
    assert trash.throw_away(seen)


def test_it_can_go_there_too(ada: Client, author: User, chapter: Chapter) -> None:
    media = make_media(author)
    make_video(chapter, media)
    remove(ada, media, everywhere="1")
    assert is_in_trash(media)
    assert not Video.objects.live().exists()


@pytest.mark.parametrize(("places", "said"), [(1, "1 place"), (2, "2 places")])
def test_the_answer_says_in_how_many_places_it_was(
    ada: Client, author: User, chapter: Chapter, places: int, said: str
) -> None:
    media = make_media(author)
    for _ in range(places):
        make_video(chapter, media)
    page = ada.post(f"/library/{media.pk}/remove/", {"everywhere": "1"}, follow=True).text
    assert f"“01 Welcome.mp4” is in the trash, and taken out of {said}. Restoring it" in page


def test_of_what_nothing_uses_it_says_no_more_than_that_it_is_in_the_trash(
    ada: Client, author: User
) -> None:
    media = make_media(author)
    page = ada.post(f"/library/{media.pk}/remove/", {"everywhere": "1"}, follow=True).text
    assert "“01 Welcome.mp4” is in the trash." in page


def test_another_file_can_take_its_place_first(ada: Client, author: User, chapter: Chapter) -> None:
    media, other = make_media(author), make_media(author, "other.mp4")
    linked = make_video(chapter, media)
    failed = make_video(chapter, media, status="failed", reason="damaged")
    remove(ada, media, other=str(other.pk))
    assert is_in_trash(media)
    for video in (linked, failed):
        video.refresh_from_db()
        assert video.media == other
    assert (linked.status, failed.status) == ("linked", "linking")


@pytest.mark.parametrize("choice", ["foreign", "broken", "itself"])
def test_what_cannot_take_its_place_does_not(
    ada: Client, author: User, stranger: User, chapter: Chapter, choice: str
) -> None:
    media = make_media(author)
    make_video(chapter, media)
    others = {
        "foreign": make_media(stranger),
        "broken": make_media(author, status="broken", reason="damaged"),
        "itself": media,
    }
    assert remove(ada, media, other=str(others[choice].pk)).status_code == 404
    assert not is_in_trash(media)
    assert Video.objects.get().media == media


def test_a_course_that_is_no_longer_shared_keeps_the_file(
    ada: Client, author: User, stranger: User
) -> None:
    media = make_media(author)
    make_video(make_chapter(make_course(stranger)), media)
    remove(ada, media, everywhere="1")
    assert not is_in_trash(media)
    assert Video.objects.live().exists()
    assert "A course that is no longer shared with you" in ada.get(f"/library/{media.pk}/").text


def test_an_upload_is_cancelled_and_not_thrown_away(ada: Client, author: User) -> None:
    media = make_upload(author)
    remove(ada, media)
    assert not is_in_trash(media)


def test_deleted_for_good_it_takes_its_bytes_and_gives_the_space_back(
    ada: Client, author: User, chapter: Chapter, django_capture_on_commit_callbacks: Any
) -> None:
    before = stored_files()
    media = make_media(author)
    make_video(chapter, media).remove()
    remove(ada, media)
    assert space.taken(author) == media.size
    with django_capture_on_commit_callbacks(execute=True):
        assert ada.post(f"/library/{media.pk}/delete/").status_code == 302
    assert not MediaFile.objects.exists()
    assert stored_files() == before
    assert space.taken(author) == 0


def test_only_what_is_in_the_trash_is_deleted_for_good(ada: Client, author: User) -> None:
    media = make_media(author)
    assert ada.post(f"/library/{media.pk}/delete/").status_code == 404
    assert MediaFile.objects.exists()


def test_one_that_is_used_again_is_kept(ada: Client, author: User, chapter: Chapter) -> None:
    media = make_media(author)
    video = make_video(chapter, media)
    video.remove()
    remove(ada, media)
    video.restore()
    ada.post(f"/library/{media.pk}/delete/")
    assert MediaFile.objects.get() == media


def test_the_trash_is_emptied_by_its_owner(ada: Client, author: User, stranger: User) -> None:
    now = timezone.now()
    mine = make_media(author, trashed_at=now)
    kept, theirs = make_media(author), make_media(stranger, trashed_at=now)
    ada.post("/library/trash/empty/")
    assert mine.name not in ada.get("/library/trash/").text.split("<main")[1]
    ada.post(f"/library/{mine.pk}/restore/")
    forget_what_is_old()
    assert set(MediaFile.objects.all()) == {kept, theirs}


def test_the_trash_is_emptied_by_a_worker(
    ada: Client, author: User, django_capture_on_commit_callbacks: Any, calls: Mock
) -> None:
    make_media(author, trashed_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        ada.post("/library/trash/empty/")
    calls.assert_called_once_with("media_library.forget_what_is_old")


def test_what_is_used_again_leaves_the_trash_when_that_is_emptied(
    ada: Client, author: User, chapter: Chapter
) -> None:
    media = make_media(author)
    video = make_video(chapter, media)
    video.remove()
    remove(ada, media)
    video.restore()
    ada.post("/library/trash/empty/")
    forget_what_is_old()
    assert not is_in_trash(media)


def test_after_thirty_days_it_goes_by_itself(author: User) -> None:
    old = timezone.now() - KEPT_IN_TRASH - timedelta(minutes=1)
    make_media(author, trashed_at=old)
    young = make_media(author, trashed_at=timezone.now())
    assert forget_what_is_old() == 1
    assert list(MediaFile.objects.all()) == [young]


def test_what_was_restored_meanwhile_is_kept(author: User) -> None:
    """Emptying takes a while: each file is asked about again when its turn comes."""
    media = make_media(author, trashed_at=timezone.now())
    seen = MediaFile.objects.get()
    trash.restore(media)
    assert not trash.delete(seen, trash.IN_TRASH)
    assert MediaFile.objects.exists()


def test_staff_delete_the_bytes_too(
    author: User, staff: User, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    before = stored_files()
    media = make_media(author)
    with django_capture_on_commit_callbacks(execute=True):
        client_of(staff).post(f"/admin/media_library/mediafile/{media.pk}/delete/", {"post": "yes"})
    assert not MediaFile.objects.exists()
    assert stored_files() == before


def test_undoing_a_deletion_everywhere_brings_back_its_rows(
    ada: Client, author: User, chapter: Chapter
) -> None:
    media = make_media(author)
    before, there = make_video(chapter, media), make_video(chapter, media)
    before.remove()
    remove(ada, media, everywhere="1")
    assert not Video.objects.live().exists()
    assert ada.post(f"/library/{media.pk}/restore/").status_code == 302
    assert list(Video.objects.live()) == [there]
    assert not is_in_trash(media)


def test_where_it_cannot_go_it_stays_everywhere(
    ada: Client, author: User, stranger: User, chapter: Chapter
) -> None:
    media = make_media(author)
    make_video(chapter, media)
    make_video(make_chapter(make_course(stranger)), media)
    remove(ada, media, everywhere="1")
    assert not is_in_trash(media)
    assert Video.objects.live().count() == 2


def test_the_trash_comes_in_pages(
    ada: Client, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that were thrown away at one moment, too."""
    monkeypatch.setattr(finding, "PAGE", 2)
    now = timezone.now()
    times = [now, now, now - timedelta(days=1), now, now - timedelta(days=2)]
    files = [make_media(author, trashed_at=when) for when in times]
    make_media(author, "not thrown away")
    address: str | None = "/library/trash/"
    shown: list[str] = []
    pages = 0
    while address:
        page = ada.get(address, headers={"HX-Request": "true"} if pages else {}).text
        assert ("<html" in page) is (pages == 0)
        shown += re.findall(r'id="trash-([^"]+)"', page)
        more = re.search(r'id="found-more" href="([^"]+)"', page)
        address = more[1] if more else None
        pages += 1
    expected = sorted(files, key=lambda media: (media.trashed_at, media.pk), reverse=True)
    assert shown == [str(media.pk) for media in expected]
    assert pages == 3


def test_a_later_page_of_the_trash_is_a_page_without_scripts(
    ada: Client, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 1)
    files = [make_media(author, f"{n}.mp4", trashed_at=timezone.now()) for n in range(2)]
    more = re.search(r'id="found-more" href="([^"]+)"', ada.get("/library/trash/").text)
    assert more
    page = ada.get(more[1]).text
    assert "<html" in page
    assert files[0].name in page
    assert files[1].name not in page
    assert "From the start" in page
    trash.restore(files[0])
    assert "Nothing comes after this" in ada.get(more[1]).text
    assert ada.get("/library/trash/?after=%00nonsense").status_code == 200


def test_of_a_file_that_takes_its_place_all_of_the_library_is_asked(
    ada: Client, author: User, stranger: User, chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = make_media(author, "Optics old.mp4")
    make_video(chapter, media)
    other = make_media(author, "Optics new.mp4")
    make_media(author, "Optics broken.mp4", status="broken", reason="damaged")
    make_media(stranger, "Optics of theirs.mp4")
    for number in range(3):
        make_media(author, f"later {number}.mp4")
    page = ada.get(f"/library/{media.pk}/").text
    assert "Optics new" not in page, "it is loaded on demand"
    address = f"/library/{media.pk}/others/"
    assert f'href="{address}"' in page
    assert "later 2.mp4" in ada.get(address).text
    assert "4 files found." in ada.get(address).text
    monkeypatch.setattr(finding, "PAGE", 2)
    for headers in ({}, {"HX-Request": "true"}):
        found = ada.get(f"{address}?q=optcis", headers=headers).text
        assert ("<html" in found) is (not headers)
        assert re.findall(r'name="other" value="([^"]+)"', found) == [str(other.pk)]
    assert "More files" in ada.get(f"{address}?q=later").text
    remove(ada, media, other=str(other.pk))
    assert is_in_trash(media)
    assert ada.get(address).status_code == 404, "it is not in the library"


def test_of_files_that_could_take_its_place_those_of_one_name_are_told_apart(
    ada: Client, author: User
) -> None:
    media = make_media(author, "old.mp4")
    for size, name in ((1_200_000, "same.mp4"), (3_400_000, "same.mp4"), (5, "other.mp4")):
        make_media(author, name, size=size, created_at=datetime(2026, 3, 1, 14, 5, tzinfo=UTC))
    found = ada.get(f"/library/{media.pk}/others/?q=mp4").text
    assert "1:30 · 1.2 MB · added 1 Mar 2026, 14:05" in found
    assert "1:30 · 3.4 MB · added 1 Mar 2026, 14:05" in found
    assert found.count("added") == 2
