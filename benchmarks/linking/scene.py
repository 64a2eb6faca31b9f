"""A library of real files, and a new chapter for every try."""

import io
from dataclasses import dataclass
from functools import cache

from PIL import Image

from accounts.models import User
from benchmarks import world
from config.celery import app
from config.dev.clips import Encoding, encode
from config.ids import uuid7
from courses.linking import Pick
from courses.models import Chapter, Course, Video
from media_library import intake, uploads
from media_library.models import MediaFile

_FILES = 50


@dataclass(frozen=True)
class Scene:
    owner: User
    files: list[MediaFile]

    def chapter(self) -> Chapter:
        course = Course.objects.create(owner=self.owner, title="A course")
        return Chapter.objects.add(course.pk, "A chapter")

    def picks(self, number: int) -> list[Pick]:
        """More than there are files: some come more than once."""
        files = self.files * (number // len(self.files) + 1)
        return [Pick(media.pk, uuid7()) for media in files[:number]]


def forget_links() -> None:
    """No worker came for them, and the next question is about workers."""
    Video.objects.all().delete()
    app.control.purge()


@cache
def scene() -> Scene:
    """Probed, with posters; five seconds of 640 × 360 each."""
    owner = world.person("ada")
    picture = Image.new("RGB", (640, 360), (30, 90, 160))
    clip = encode(lambda _: picture, 5, Encoding("mp4", "h264", "aac"))
    files = []
    for number in range(_FILES):
        media = uploads.take_in(owner, f"{number:02} A lesson.mp4", io.BytesIO(clip))
        intake.examine(media.pk)
        files.append(MediaFile.objects.get(pk=media.pk))
    return Scene(owner, files)
