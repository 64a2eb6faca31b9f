"""The page of a course's trash: what was removed, by whom, back to its place, and for good."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db.models.functions import Now
from django.test import Client

from accounts.models import User
from courses import trash
from courses.models import Chapter, Course, Video
from courses.views import trash as trash_views
from tests.courses.invariants import Page
from tests.courses.meetings import meet
from tests.courses.scenes import Scene, committed, scene_of_two  # noqa: F401
from tests.factories import make_chapter, make_media, make_video
from tests.people import ClientOf

HTMX = {"HX-Request": "true"}


@pytest.fixture
def video(chapter: Chapter) -> Video:
    return make_video(chapter, make_media(chapter.course.owner, "alpha.mp4"))


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.fixture
def grace(chapter: Chapter, co_author: User, client_of: ClientOf) -> Client:
    chapter.course.add_co_author(co_author)
    return client_of(co_author)


@pytest.fixture
def address(chapter: Chapter) -> str:
    return f"/courses/{chapter.course_id}/trash/"


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_it_says_what_stood_where_and_who_removed_it(
    ada: Client, grace: Client, chapter: Chapter, video: Video, address: str
) -> None:
    other = make_chapter(chapter.course, "Optics")
    make_video(other, video.media)
    grace.post(f"/videos/{video.pk}/remove/")
    ada.post(f"/chapters/{other.pk}/remove/")
    shown = words(ada.get(address).content.decode())
    assert "Optics chapter with 1 video · removed by Ada just now" in shown
    assert "alpha in “Beginnings” · removed by Grace just now" in shown
    assert shown.index("Optics") < shown.index("alpha in")
    assert "Trash (2)" in words(ada.get(f"/courses/{chapter.course_id}/").content.decode())


def test_what_went_with_its_chapter_is_not_shown_beside_it(
    ada: Client, chapter: Chapter, video: Video, address: str
) -> None:
    video.remove()
    chapter.remove()
    shown = words(ada.get(address).content.decode())
    assert "chapter with 0 videos" in shown
    assert "alpha" not in shown
    assert trash.count(chapter.course_id) == 1


def test_the_co_author_restores_it_to_its_place(
    grace: Client, chapter: Chapter, video: Video, address: str
) -> None:
    make_video(chapter, video.media)
    video.remove()
    answer = grace.post(f"/videos/{video.pk}/restore/", headers=HTMX).content.decode()
    assert f'hx-target="#trash-{video.pk}" hx-swap="remove"' in answer
    assert chapter.videos.live().in_order().first() == video
    again = Video.objects.get(pk=video.pk)
    assert (again.removed_by, again.removed_at) == (None, None)
    assert "The trash is empty" in grace.get(address).content.decode()


def test_a_chapter_too(ada: Client, chapter: Chapter, video: Video) -> None:
    ada.post(f"/chapters/{chapter.pk}/remove/")
    assert Chapter.objects.get().removed_by == chapter.course.owner
    answer = ada.post(f"/chapters/{chapter.pk}/restore/", headers=HTMX).content.decode()
    assert f'hx-target="#trash-{chapter.pk}" hx-swap="remove"' in answer
    assert Video.objects.standing().get() == video
    assert Chapter.objects.get().removed_by is None


def test_cancelled_links_say_who_cancelled_them(
    grace: Client, co_author: User, chapter: Chapter, video: Video
) -> None:
    Video.objects.update(status="linking", settled_at=None)
    grace.post(f"/chapters/{chapter.pk}/cancel-links/")
    assert Video.objects.get().removed_by == co_author


def test_only_so_many_are_shown_and_it_says_so(
    ada: Client, chapter: Chapter, video: Video, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash_views, "_MOST_SHOWN", 1)
    make_video(chapter, video.media, title="beta").remove()
    Video.objects.filter(title="beta").update(removed_at=Now() - timedelta(hours=1))
    video.remove()
    shown = words(ada.get(address).content.decode())
    assert "These are the latest 1; older ones are there, too." in shown
    assert "alpha" in shown
    assert "beta" not in shown


def test_emptying_is_asked_first_and_keeps_what_was_removed_since(
    ada: Client, chapter: Chapter, video: Video, address: str
) -> None:
    later = make_video(chapter, video.media)
    video.remove()
    page = ada.get(f"{address}empty/").content.decode()
    assert "1 thing will be deleted for good" in page
    assert Video.objects.in_trash().count() == 1
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    later.remove()
    said = ada.post(f"{address}empty/", {"seen": seen[1]}, follow=True).content.decode()
    assert "1 thing is deleted for good." in said
    assert list(Video.objects.in_trash()) == [later]


@pytest.mark.parametrize("seen", ["", "x", "-1", "1" * 20])
def test_without_what_was_seen_nothing_is_emptied(
    ada: Client, video: Video, address: str, seen: str
) -> None:
    video.remove()
    ada.post(f"{address}empty/", {"seen": seen})
    assert Video.objects.in_trash().exists()


def test_what_was_emptied_away_does_not_come_back_and_pages_know(
    ada: Client, chapter: Chapter, video: Video
) -> None:
    other = make_chapter(chapter.course, "Optics")
    inside = make_video(other, video.media)
    page = Page.loaded(chapter.course_id)
    video.remove()
    other.remove()
    assert trash.empty(chapter.course_id, 10**9) == 2
    assert trash.empty(chapter.course_id, 10**9) == 0
    for thing in (f"videos/{video.pk}", f"videos/{inside.pk}", f"chapters/{other.pk}"):
        refused = ada.post(f"/{thing}/restore/", headers=HTMX)
        assert refused.status_code == 409
        assert "was deleted for good" in refused.content.decode()
    assert not Chapter.objects.live().exclude(pk=chapter.pk).exists()
    page.check()


@committed
@pytest.mark.parametrize("emptying_comes_first", [True, False])
def test_who_empties_meets_who_restores(scene: Scene, emptying_comes_first: bool) -> None:
    scene.video.remove()
    page = Page.loaded(scene.chapter.course_id)
    works: list[Callable[[], object]] = [
        partial(trash.empty, scene.chapter.course_id, 10**9),
        scene.video.restore,
    ]
    first, second = meet(Course.objects.all(), *works[:: 1 if emptying_comes_first else -1])
    assert first
    assert not second
    is_back = Video.objects.standing().filter(pk=scene.video.pk).exists()
    assert is_back is not emptying_comes_first
    page.check()
