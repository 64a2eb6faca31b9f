"""The forms of one video: retry, remove, restore, title, move."""

import re

import pytest
from django.test import Client

from accounts.models import User
from courses.linking import cancel_links
from courses.models import Chapter, Course, Video
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf

HTMX = {"HX-Request": "true"}


@pytest.fixture
def course(author: User) -> Course:
    return make_course(author)


@pytest.fixture
def chapter(course: Course) -> Chapter:
    return make_chapter(course)


@pytest.fixture
def video(chapter: Chapter, author: User) -> Video:
    return make_video(chapter, make_media(author, "Loom.mp4"))


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


def titles(chapter: Chapter) -> list[str]:
    return list(chapter.videos.live().in_order().values_list("title", flat=True))


def test_retry_sets_a_failed_link_going_again(ada: Client, chapter: Chapter, author: User) -> None:
    failed = make_video(chapter, make_media(author), status="failed", reason="damaged", attempts=3)
    page = ada.post(f"/videos/{failed.pk}/retry/", headers=HTMX).content.decode()
    failed.refresh_from_db()
    assert (failed.status, failed.reason, failed.attempts) == ("linking", "", 0)
    assert 'data-status="linking"' in page


def test_retry_of_what_is_linked_changes_nothing(ada: Client, video: Video) -> None:
    before = Video.objects.filter(pk=video.pk).values().get()
    assert ada.post(f"/videos/{video.pk}/retry/", headers=HTMX).status_code == 200
    assert Video.objects.filter(pk=video.pk).values().get() == before


def test_retry_failed_takes_all_of_the_chapter_and_no_other(
    ada: Client, course: Course, chapter: Chapter, author: User
) -> None:
    media = make_media(author)
    failed = [make_video(chapter, media, status="failed", reason="damaged") for _ in range(3)]
    elsewhere = make_video(make_chapter(course), media, status="failed", reason="damaged")
    page = ada.post(f"/chapters/{chapter.pk}/retry-failed/", headers=HTMX).content.decode()
    assert chapter.videos.filter(status="linking").count() == 3
    assert all(str(one.pk) in page for one in failed)
    elsewhere.refresh_from_db()
    assert elsewhere.status == "failed"


def test_retry_failed_takes_those_of_one_reason(
    ada: Client, chapter: Chapter, author: User
) -> None:
    media = make_media(author)
    for reason in ("damaged", "missing", "damaged"):
        make_video(chapter, media, status="failed", reason=reason)
    ada.post(f"/chapters/{chapter.pk}/retry-failed/", {"reason": "damaged"}, headers=HTMX)
    assert chapter.videos.get(status="failed").reason == "missing"


def test_retry_failed_refuses_a_reason_that_there_is_not(
    ada: Client, chapter: Chapter, author: User
) -> None:
    make_video(chapter, make_media(author), status="failed", reason="damaged")
    for reason in ("a\0", "nonsense"):
        address, sent = f"/chapters/{chapter.pk}/retry-failed/", {"reason": reason}
        answer = ada.post(address, sent, headers=HTMX)
        assert answer.status_code == 422
        assert "could not be read" in answer.content.decode()
        assert "could not be read" in ada.post(address, sent, follow=True).content.decode()
    assert chapter.videos.get().status == "failed"


def test_a_draft_is_published_and_back(ada: Client, video: Video) -> None:
    page = ada.post(f"/videos/{video.pk}/unpublish/", headers=HTMX).content.decode()
    assert 'data-published="no"' in page
    assert not Video.objects.get(pk=video.pk).published
    page = ada.post(f"/videos/{video.pk}/publish/", headers=HTMX).content.decode()
    assert 'data-published="yes"' in page
    video.remove()
    assert ada.post(f"/videos/{video.pk}/unpublish/", headers=HTMX).status_code == 409
    assert Video.objects.get(pk=video.pk).published


def test_remove_and_undo_keep_the_place(
    ada: Client, chapter: Chapter, video: Video, author: User
) -> None:
    make_video(chapter, make_media(author, "After.mp4"))
    page = ada.post(f"/videos/{video.pk}/remove/", follow=True).content.decode()
    assert titles(chapter) == ["After"]
    assert f'action="/videos/{video.pk}/restore/"' in page
    ada.post(f"/videos/{video.pk}/restore/")
    assert titles(chapter) == ["Loom", "After"]


def test_undo_in_a_chapter_that_is_gone_says_that_it_comes_back_with_it(
    ada: Client, chapter: Chapter, video: Video
) -> None:
    ada.post(f"/videos/{video.pk}/remove/")
    chapter.remove()
    response = ada.post(f"/videos/{video.pk}/restore/", headers=HTMX)
    assert "comes back with its chapter “Beginnings”" in response.content.decode()
    chapter.restore()
    assert Video.objects.standing().filter(pk=video.pk).exists()


def test_a_title_is_saved_with_the_version_that_was_seen(ada: Client, video: Video) -> None:
    url = f"/videos/{video.pk}/title/"
    assert ada.post(url, {"title": "One", "version": "0"}, headers=HTMX).status_code == 200
    late = ada.post(url, {"title": "Two", "version": "0"}, headers=HTMX)
    assert late.status_code == 409
    assert "changed it to “One”" in late.content.decode()
    assert 'value="1"' in late.content.decode()  # saved again, it wins
    plain = ada.post(url, {"title": "Two", "version": "0"})
    assert plain.status_code == 409
    assert 'value="Two"' in plain.content.decode()
    video.refresh_from_db()
    assert (video.title, video.title_version) == ("One", 1)


@pytest.mark.parametrize("title", ["", "  ", "x" * 256])
def test_a_title_that_is_none_is_refused_beside_the_field(
    ada: Client, video: Video, title: str
) -> None:
    fragment = ada.post(f"/videos/{video.pk}/title/", {"title": title}, headers=HTMX)
    assert fragment.status_code == 422
    assert f"#video-{video.pk}-title-error" in fragment.content.decode()
    page = ada.post(f"/videos/{video.pk}/title/", {"title": title})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.content.decode()
    video.refresh_from_db()
    assert video.title == "Loom"


def test_move_within_and_to_another_chapter(
    ada: Client, course: Course, chapter: Chapter, video: Video, author: User
) -> None:
    make_video(chapter, make_media(author, "Second.mp4"))
    other = make_chapter(course, "Other")
    make_video(other, make_media(author, "There.mp4"))
    ada.post(f"/videos/{video.pk}/move/", {"steps": "1"})
    assert titles(chapter) == ["Second", "Loom"]
    page = ada.post(
        f"/videos/{video.pk}/move/", {"chapter": str(other.pk), "place": "1"}, headers=HTMX
    ).content.decode()
    assert titles(chapter) == ["Second"]
    assert titles(other) == ["Loom", "There"]
    assert f'hx-target="#chapter-{other.pk}-videos"' in page


def test_a_video_does_not_move_into_another_course(
    ada: Client, video: Video, chapter: Chapter, author: User
) -> None:
    foreign = make_chapter(make_course(author, "Another of hers"))
    data = {"chapter": str(foreign.pk), "place": "1"}
    assert ada.post(f"/videos/{video.pk}/move/", data, headers=HTMX).status_code == 404
    assert titles(chapter) == ["Loom"]


def test_cancel_takes_away_what_is_under_way_and_nothing_else(
    ada: Client, chapter: Chapter, video: Video, author: User
) -> None:
    make_video(chapter, make_media(author, "Under way.mp4"), status="linking")
    page = ada.post(f"/chapters/{chapter.pk}/cancel-links/", headers=HTMX).content.decode()
    assert titles(chapter) == ["Loom"]
    assert 'hx-swap="remove"' in page
    undo = re.search(r'action="(/chapters/[^"]+/restore-links/[^"]+)"', page)
    assert undo is not None
    page = ada.post(undo[1], headers=HTMX).content.decode()
    assert titles(chapter) == ["Loom", "Under way"]
    assert "1 link taken up again." in page


def test_the_undo_of_a_cancel_leaves_alone_what_was_taken_away_otherwise(
    ada: Client, chapter: Chapter, author: User
) -> None:
    """One was cancelled by hand before, one came back and was removed since."""
    names = ["By hand.mp4", "Again.mp4", "Under way.mp4"]
    by_hand, again, under_way = (
        make_video(chapter, make_media(author, name), status="linking") for name in names
    )
    by_hand.remove()
    revision, cancelled = cancel_links(chapter)
    assert cancelled == 2
    again.restore()
    again.remove()
    address = f"/chapters/{chapter.pk}/restore-links/{revision}/"
    assert ada.post(address, headers=HTMX).status_code == 200
    assert titles(chapter) == [under_way.title]
    before = Course.objects.get().revision
    assert ada.post(address, headers=HTMX).status_code == 409
    assert Course.objects.get().revision == before


def test_the_undo_of_a_cancel_outlives_a_chapter_that_went_and_came_back(
    ada: Client, chapter: Chapter, author: User
) -> None:
    make_video(chapter, make_media(author, "Under way.mp4"), status="linking")
    revision, _ = cancel_links(chapter)
    address = f"/chapters/{chapter.pk}/restore-links/{revision}/"
    chapter.remove()
    assert ada.post(address, headers=HTMX).status_code == 409
    chapter.restore()
    assert ada.post(address, headers=HTMX).status_code == 200
    assert titles(chapter) == ["Under way"]
