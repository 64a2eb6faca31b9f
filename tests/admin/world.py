"""Rows for every list of the admin."""

from datetime import timedelta

from django.utils import timezone

from accounts import throttle
from accounts.models import User
from courses.models import Course
from tests.factories import make_chapter, make_course, make_media, make_video


def fill(count: int) -> Course:
    """So many rows in each list, each with a person, a course and a file of its own.

    Gives a course with as many of all that a course can have.
    """
    courses = [_course(number) for number in range(count)]
    for number, course in enumerate(courses):
        throttle.reserve_guess(course.owner.username, f"192.0.2.{number}")
    fullest = courses[-1]
    for person in User.objects.exclude(pk=fullest.owner_id).filter(is_staff=False):
        fullest.add_co_author(person)
    return fullest


def _course(number: int) -> Course:
    name = f"person{User.objects.count()}"
    owner = User.objects.create_user(name, f"{name}@example.org", first_name=name.title())
    course = make_course(owner, f"Course {number}")
    chapter = make_chapter(course, f"Chapter {number}")
    media = make_media(owner, f"{number}.mp4", poster=f"posters/{number}.jpg")
    make_video(chapter, media)
    make_video(chapter, media, status="failed", reason="missing", settled_at=timezone.now())
    lease = {"lease_token": media.pk, "lease_until": timezone.now() + timedelta(minutes=1)}
    make_video(chapter, media, status="linking", **lease)
    return course
