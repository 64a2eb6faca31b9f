import pytest
from django.test import Client

from accounts.models import User
from courses.models import Video
from tests.factories import make_chapter, make_course, make_media, make_video

VIDEOS = "/admin/courses/video/"


@pytest.fixture
def video(author: User) -> Video:
    chapter = make_chapter(make_course(author))
    return make_video(chapter, make_media(author), status="failed", reason="missing")


def test_no_column_is_written_by_hand(desk: Client, video: Video) -> None:
    before = Video.objects.values().get()
    for page in (f"{video.pk}/change/", f"{video.pk}/delete/", "add/"):
        answer = desk.post(VIDEOS + page, {"title": "x", "status": "linked", "post": "yes"})
        assert answer.status_code == 403
    assert Video.objects.values().get() == before


def test_why_it_failed_is_said_in_words(desk: Client, video: Video) -> None:
    for page in (VIDEOS, f"{VIDEOS}{video.pk}/change/"):
        assert "The stored file is gone." in desk.get(page).content.decode()


def test_the_videos_of_a_course_are_found_from_the_course(desk: Client, video: Video) -> None:
    make_video(make_chapter(make_course(video.media.owner)), video.media)
    page = desk.get("/admin/courses/course/").content.decode()
    link = f"{VIDEOS}?chapter__course__id__exact={video.chapter.course_id}"
    assert link in page
    assert list(desk.get(link).context["cl"].result_list) == [video]
