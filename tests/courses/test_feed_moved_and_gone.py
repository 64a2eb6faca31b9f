"""A page that slept while a video moved into another chapter, which went after that."""

from accounts.models import User
from courses import positions
from courses.models import Chapter
from tests.courses.invariants import Page
from tests.factories import make_chapter, make_media, make_video


def test_a_video_goes_with_the_chapter_that_it_moved_into(chapter: Chapter, author: User) -> None:
    video = make_video(chapter, make_media(author))
    other = make_chapter(chapter.course, "Other")
    page = Page.loaded(chapter.course_id)
    video.move(other, positions.to(1))
    other.remove()
    page.check()
