"""Staff changes courses by the same verbs as authors do, so that open pages hear of it."""

from typing import Any

from django.test import Client

from accounts.models import User
from courses.models import Chapter, CoAuthor, Course, Video
from tests.factories import make_chapter, make_course, make_media, make_video

COURSES = "/admin/courses/course/"


def _form(course: Course, **changes: Any) -> dict[str, Any]:
    co_authors = list(course.co_authorships.order_by("pk"))
    form = {
        "title": course.title,
        "description": course.description,
        "co_authorships-TOTAL_FORMS": len(co_authors),
        "co_authorships-INITIAL_FORMS": len(co_authors),
    }
    if course.published:
        form["published"] = "on"
    for number, co_author in enumerate(co_authors):
        form[f"co_authorships-{number}-id"] = co_author.pk
        form[f"co_authorships-{number}-course"] = course.pk
    return form | changes


def _save(desk: Client, course: Course, **changes: Any) -> tuple[int, str]:
    """By how much the revision grew, and what the page says."""
    course.refresh_from_db()
    answer = desk.post(f"{COURSES}{course.pk}/change/", _form(course, **changes), follow=True)
    before = course.revision
    course.refresh_from_db()
    return course.revision - before, answer.content.decode()


def test_a_course_is_made_for_an_instructor(desk: Client, author: User) -> None:
    desk.post(
        f"{COURSES}add/",
        {
            "owner": author.pk,
            "title": "Analytical engines",
            "description": "",
            "co_authorships-TOTAL_FORMS": 0,
            "co_authorships-INITIAL_FORMS": 0,
        },
    )
    course = Course.objects.get()
    assert (course.owner, course.title, course.published) == (author, "Analytical engines", False)


def test_a_course_is_made_with_a_co_author(desk: Client, author: User, co_author: User) -> None:
    desk.post(
        f"{COURSES}add/",
        {
            "owner": author.pk,
            "title": "Analytical engines",
            "description": "",
            "co_authorships-TOTAL_FORMS": 1,
            "co_authorships-INITIAL_FORMS": 0,
            "co_authorships-0-author": co_author.pk,
        },
    )
    assert list(Course.objects.get().co_authors.all()) == [co_author]


def test_a_new_title_bumps_the_revision(desk: Client, author: User) -> None:
    course = make_course(author)
    grown, _ = _save(desk, course, title="Difference engines")
    assert (course.title, grown) == ("Difference engines", 1)


def test_publishing_bumps_the_revision(desk: Client, author: User) -> None:
    course = make_course(author)
    grown, _ = _save(desk, course, published="on")
    assert (course.published, grown) == (True, 1)
    grown, _ = _save(desk, course, published="")
    assert (course.published, grown) == (False, 1)


def test_saving_what_is_there_changes_nothing(desk: Client, author: User, co_author: User) -> None:
    course = make_course(author, description="As it is")
    course.add_co_author(co_author)
    grown, _ = _save(desk, course)
    assert grown == 0


def test_what_an_author_changed_meanwhile_stays(desk: Client, author: User) -> None:
    course = make_course(author)
    form = _form(course, published="on")
    Chapter.objects.add(course.pk, "New")
    desk.post(f"{COURSES}{course.pk}/change/", form)
    course.refresh_from_db()
    assert (course.published, course.revision) == (True, 2)


def test_the_owner_and_the_revision_cannot_be_set(
    desk: Client, author: User, stranger: User
) -> None:
    course = make_course(author)
    _save(desk, course, title="New", owner=stranger.pk, revision=99)
    assert (course.owner, course.revision) == (author, 1)


def test_a_co_author_is_added_and_removed(desk: Client, author: User, co_author: User) -> None:
    course = make_course(author)
    grown, _ = _save(
        desk,
        course,
        **{"co_authorships-TOTAL_FORMS": 1, "co_authorships-0-author": co_author.pk},
    )
    assert (list(course.co_authors.all()), grown) == ([co_author], 1)
    grown, _ = _save(desk, course, **{"co_authorships-0-DELETE": "on"})
    assert (list(course.co_authors.all()), grown) == ([], 1)


def test_a_co_author_is_not_turned_into_another(
    desk: Client, author: User, co_author: User, stranger: User
) -> None:
    course = make_course(author)
    course.add_co_author(co_author)
    _save(desk, course, **{"co_authorships-0-author": stranger.pk})
    assert list(course.co_authors.all()) == [co_author]


def test_the_owner_is_no_co_author(desk: Client, author: User) -> None:
    course = make_course(author)
    _, page = _save(
        desk, course, **{"co_authorships-TOTAL_FORMS": 1, "co_authorships-0-author": author.pk}
    )
    assert "This is the owner of the course." in page
    assert not CoAuthor.objects.exists()


def test_many_courses_are_published_at_once(desk: Client, author: User) -> None:
    courses = [make_course(author), make_course(author), make_course(author, published=True)]
    chosen = [course.pk for course in courses]
    answer = desk.post(COURSES, {"action": "publish", "_selected_action": chosen}, follow=True)
    assert "Published: 2." in answer.content.decode()
    assert list(Course.objects.order_by("pk").values_list("published", "revision")) == [
        (True, 1),
        (True, 1),
        (True, 0),
    ]
    desk.post(COURSES, {"action": "unpublish", "_selected_action": chosen})
    assert not Course.objects.filter(published=True).exists()


def test_a_course_is_deleted_with_all_that_is_in_it(desk: Client, author: User) -> None:
    course = make_course(author)
    media = make_media(author)
    make_video(make_chapter(course), media)
    page = desk.get(f"{COURSES}{course.pk}/delete/").content.decode()
    assert "Are you sure" in page
    desk.post(f"{COURSES}{course.pk}/delete/", {"post": "yes"})
    assert not Course.objects.exists()
    assert not Video.objects.exists()
    media.refresh_from_db()
