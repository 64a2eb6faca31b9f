"""Makes the people, courses and files of a chaos run, and says what it made. A process with Django."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from accounts.models import User  # noqa: E402
from courses.models import Chapter, Course  # noqa: E402
from media_library import intake, uploads  # noqa: E402
from media_library.models import MediaFile  # noqa: E402
from tests.chaos.names import Library, Room, World  # noqa: E402
from tests.clips import Clips  # noqa: E402
from tests.config.production import PASSWORD  # noqa: E402

# Whose course it is, then with whom it is shared.
_COURSES = (("ada", "grace"), ("grace", "ada"), ("edsger",))
_CHAPTERS = 2
_GOOD, _FRESH = 5, 3


def make() -> World:
    clips = Clips()
    people = {name: _person(name) for name in sorted({*sum(_COURSES, ())})}
    libraries = {name: _library(person, clips) for name, person in people.items()}
    rooms = []
    for names in _COURSES:
        course = Course.objects.create(owner=people[names[0]], title=f"The course of {names[0]}")
        for co_author in names[1:]:
            course.co_authors.add(people[co_author])
        chapters = [Chapter.objects.add(course.pk, f"Chapter {n}") for n in range(_CHAPTERS)]
        rooms.append(Room(str(course.pk), list(names), [str(chapter.pk) for chapter in chapters]))
    return World(libraries, rooms)


def _person(name: str) -> User:
    return User.objects.create_user(name, f"{name}@example.org", PASSWORD)


def _library(owner: User, clips: Clips) -> Library:
    """`good` is ready, `fresh` good and not examined yet, `rotten` was good when it was examined."""
    kinds = [clips.mp4, clips.vp9, clips.silent]
    good = [_stored(owner, f"Good {n}.mp4", kinds[n % len(kinds)], look=True) for n in range(_GOOD)]
    fresh = [_stored(owner, f"Fresh {n}.mp4", kinds[n % len(kinds)]) for n in range(_FRESH)]
    rotten = _stored(owner, "Rotten.mp4", clips.mp4, look=True)
    (settings.MEDIA_ROOT / str(rotten.file.name)).write_bytes(clips.overwritten)
    no_video = _stored(owner, "No video.mp4", clips.html)
    return Library(
        good=[str(media.pk) for media in good],
        fresh=[str(media.pk) for media in fresh],
        bad=[str(rotten.pk), str(no_video.pk)],
    )


def _stored(owner: User, name: str, content: bytes, *, look: bool = False) -> MediaFile:
    media = uploads.take_in(owner, name, io.BytesIO(content))
    if look:
        intake.examine(media.pk)
    return media


def main() -> dict[str, Any]:
    call_command("bring_up", stdout=sys.stderr)
    return make().as_json()


if __name__ == "__main__":
    print(json.dumps(main()))
