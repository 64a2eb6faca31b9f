"""Rows for tests, in a state that the studio itself could have brought them to."""

import hashlib
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from courses.models import Chapter, Course, Video
from media_library.models import MediaFile


def make_course(owner: User, title: str = "Analytical engines", **columns: Any) -> Course:
    return Course.objects.create(owner=owner, title=title, **columns)


def make_chapter(course: Course, title: str = "Beginnings") -> Chapter:
    return Chapter.objects.add(course.pk, title)


def make_media(owner: User, name: str = "01 Welcome.mp4", **columns: Any) -> MediaFile:
    """Ready to link. Its bytes are no video: where they matter, tests/clips.py has real ones."""
    content = name.encode()
    facts = {
        "size": len(content),
        "checksum": hashlib.sha256(content).hexdigest(),
        "status": MediaFile.Status.READY,
        "duration": timedelta(seconds=90),
        "width": 640,
        "height": 360,
        "container": "mp4",
        "video_codec": "h264",
        "audio_codec": "aac",
        "probed_at": timezone.now(),
    }
    media = MediaFile(owner=owner, name=name, **(facts | columns))
    media.file.save("ignored", ContentFile(content), save=False)
    media.save(force_insert=True)
    return media


def make_upload(owner: User, name: str = "02 Later.mp4", **columns: Any) -> MediaFile:
    """Announced, and nothing of it is there yet."""
    coming: dict[str, Any] = {
        "size": 1000,
        "status": MediaFile.Status.UPLOADING,
        "upload_until": timezone.now() + timedelta(hours=1),
    }
    return MediaFile.objects.create(owner=owner, name=name, **(coming | columns))


def make_video(chapter: Chapter, media: MediaFile, **columns: Any) -> Video:
    last = chapter.videos.order_by("position").last()
    settled = columns.get("status", "linked") != Video.Status.LINKING
    return Video.objects.create(
        **{
            "chapter": chapter,
            "media": media,
            "title": media.name.rpartition(".")[0],
            "position": (last.position if last else 0) + 1_000_000,
            "status": Video.Status.LINKED,
            "settled_at": timezone.now() if settled else None,
            "requested_by": media.owner,
            "revision": chapter.revision,
        }
        | columns
    )
