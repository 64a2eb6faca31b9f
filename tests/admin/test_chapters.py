from django.test import Client

from accounts.models import User
from courses.models import Chapter
from tests.factories import make_chapter, make_course, make_media, make_video

CHAPTERS = "/admin/courses/chapter/"


def test_a_chapter_is_added_at_the_end(desk: Client, author: User) -> None:
    course = make_course(author)
    first = make_chapter(course)
    desk.post(f"{CHAPTERS}add/", {"course": course.pk, "title": "Second"})
    course.refresh_from_db()
    second = Chapter.objects.get(title="Second")
    assert second.position > first.position
    assert second.revision == course.revision == 2


def test_a_new_title_reaches_open_pages(desk: Client, author: User) -> None:
    course = make_course(author)
    chapter = make_chapter(course)
    desk.post(f"{CHAPTERS}{chapter.pk}/change/", {"title": "Ends", "position": 7, "revision": 99})
    position = chapter.position
    chapter.refresh_from_db()
    course.refresh_from_db()
    assert (chapter.title, chapter.position) == ("Ends", position)
    assert chapter.revision == course.revision == 2


def test_chapters_are_removed_and_restored(desk: Client, author: User) -> None:
    course = make_course(author)
    chapters = [make_chapter(course), make_chapter(course)]
    chosen = [chapter.pk for chapter in chapters]
    for action, removed, revisions in (("remove", True, 2), ("restore", False, 2)):
        course.refresh_from_db()
        before = course.revision
        desk.post(CHAPTERS, {"action": action, "_selected_action": chosen})
        assert Chapter.objects.filter(removed_at__isnull=not removed).count() == 2
        course.refresh_from_db()
        assert course.revision == before + revisions


def test_what_is_removed_already_is_not_removed_again(desk: Client, author: User) -> None:
    chapter = make_chapter(make_course(author))
    chapter.remove()
    answer = desk.post(
        CHAPTERS, {"action": "remove", "_selected_action": [chapter.pk]}, follow=True
    )
    assert "Removed: 0." in answer.content.decode()


def test_a_removed_chapter_keeps_its_title(desk: Client, author: User) -> None:
    chapter = make_chapter(make_course(author))
    chapter.remove()
    page = f"{CHAPTERS}{chapter.pk}/change/"
    assert 'name="title"' not in desk.get(page).content.decode()
    desk.post(page, {"title": "Ends"})
    chapter.refresh_from_db()
    assert chapter.title == "Beginnings"


def test_a_chapter_leaves_its_trace_for_open_pages(desk: Client, author: User) -> None:
    """So it is removed, and never deleted."""
    chapter = make_chapter(make_course(author))
    assert desk.post(f"{CHAPTERS}{chapter.pk}/delete/", {"post": "yes"}).status_code == 403
    desk.post(
        CHAPTERS, {"action": "delete_selected", "_selected_action": [chapter.pk], "post": "yes"}
    )
    assert Chapter.objects.filter(pk=chapter.pk).exists()


def test_the_list_counts_live_videos(desk: Client, author: User) -> None:
    chapter = make_chapter(make_course(author))
    media = make_media(author)
    make_video(chapter, media)
    make_video(chapter, media, removed_at=chapter.created_at)
    (row,) = desk.get(CHAPTERS).context["cl"].result_list
    assert row.video_count == 1
