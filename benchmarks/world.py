"""Courses of any size, written straight into the tables."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import User
from config.ids import uuid7
from courses.models import Chapter, Course, Video
from courses.positions import STEP
from media_library.models import MediaFile

_FILES = 48


def person(name: str) -> User:
    return User.objects.create_user(name, f"{name}@example.org", first_name=name.capitalize())


def library(owner: User, files: int = _FILES) -> list[MediaFile]:
    return MediaFile.objects.bulk_create(
        MediaFile(
            owner=owner,
            name=f"{number:02} A lesson about something.mp4",
            file=f"files/{number}",
            size=1_000_000,
            status=MediaFile.Status.READY,
            duration=timedelta(seconds=60 + number),
            width=1280,
            height=720,
            container="mp4",
            video_codec="h264",
            poster=f"posters/{number}/{uuid7()}.jpg",
            probed_at=timezone.now(),
        )
        for number in range(files)
    )


def courses(owner: User, number: int, *, chapters: int, videos: int) -> list[Course]:
    """Each with so many chapters, each of them with so many videos."""
    files = library(owner)
    made = Course.objects.bulk_create(
        Course(owner=owner, title=f"Course number {n}", description="What it is about. " * 5)
        for n in range(number)
    )
    all_chapters = Chapter.objects.bulk_create(
        Chapter(course=course, title=f"Chapter {n}", position=(n + 1) * STEP, revision=0)
        for course in made
        for n in range(chapters)
    )
    Video.objects.bulk_create(
        (
            Video(
                chapter=chapter,
                media=files[n % len(files)],
                title=f"{n:02} A lesson about something",
                position=(n + 1) * STEP,
                status=Video.Status.LINKED,
                settled_at=timezone.now(),
                requested_by=owner,
                revision=0,
            )
            for chapter in all_chapters
            for n in range(videos)
        ),
        batch_size=5000,
    )
    return made


def analyze() -> None:
    """As autovacuum does a minute after so many rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
