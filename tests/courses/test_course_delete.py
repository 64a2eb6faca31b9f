"""Deleting a course while others work in it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models.deletion import Collector
from django.test import Client

from accounts.models import User
from config.ids import uuid7
from courses.linking import Pick, request_links
from courses.models import Chapter, Course, Video
from courses.revisions import CourseGone
from media_library.models import MediaFile
from tests.courses.link_stories import claimed, linking
from tests.factories import make_media

Deletion = Callable[[Course, Client], None]


def by_the_owner(course: Course, _: Client) -> None:
    course.delete()


def in_the_admin(course: Course, desk: Client) -> None:
    url = f"/admin/courses/course/{course.pk}/delete/"
    assert desk.post(url, {"post": "yes"}).status_code == 302


def in_the_list_of_the_admin(course: Course, desk: Client) -> None:
    fields = {"action": "delete_selected", "_selected_action": [course.pk], "post": "yes"}
    assert desk.post("/admin/courses/course/", fields).status_code == 302


def settle(chapter: Chapter, video: Video, _: MediaFile) -> None:
    assert video.complete() is None


def link(chapter: Chapter, _: Video, media: MediaFile) -> None:
    with pytest.raises(CourseGone):
        request_links(chapter, media.owner, [Pick(media.pk, uuid7())])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("work", [settle, link])
@pytest.mark.parametrize("delete", [by_the_owner, in_the_admin, in_the_list_of_the_admin])
def test_who_works_in_it_meanwhile_waits_and_finds_it_gone(
    chapter: Chapter,
    staff: User,
    monkeypatch: pytest.MonkeyPatch,
    delete: Deletion,
    work: Callable[[Chapter, Video, MediaFile], None],
) -> None:
    """Its rows are collected, not deleted yet: here the two met, or a new row was left over."""
    desk = Client()
    desk.force_login(staff)
    video, media = claimed(linking(chapter)), make_media(chapter.course.owner)
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            work(chapter, video, media)
        except BaseException as error:
            trouble.append(error)
        finally:
            connection.close()

    at_work = threading.Thread(target=run)
    really_delete = Collector.delete
    did_not_wait = []

    def when_collected(collector: Collector) -> Any:
        if not at_work.ident:
            at_work.start()
            at_work.join(0.5)
            did_not_wait.append(not at_work.is_alive())
        return really_delete(collector)

    monkeypatch.setattr(Collector, "delete", when_collected)
    delete(chapter.course, desk)
    at_work.join(10)
    assert trouble == []
    assert did_not_wait == [False]
    assert not Course.objects.exists()
    assert not Video.objects.exists()


def test_deleted_twice_it_is_not_found(chapter: Chapter) -> None:
    again = Course.objects.get()
    chapter.course.delete()
    with pytest.raises(CourseGone):
        again.delete()
