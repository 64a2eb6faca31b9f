import logging
from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now

from config.celery import app
from courses import linking
from courses.models import Chapter, Video

_log = logging.getLogger("lectern.courses")
_KEPT_IN_TRASH = timedelta(days=30)


@app.task(name="courses.link_video")
def link_video(video_id: str) -> None:
    linking.perform_link(UUID(video_id))


@app.task(name="courses.link_videos")
def link_videos(video_ids: list[str]) -> None:
    """A call for each; a broker that goes away in the middle leaves the rest to the sweeper."""
    with app.producer_or_acquire() as producer:
        for video_id in video_ids:
            link_video.apply_async((video_id,), producer=producer)


@app.task(name="courses.empty_trash")
def empty_trash() -> None:
    old = Now() - _KEPT_IN_TRASH
    videos, _ = Video.objects.filter(removed_at__lt=old).delete()
    chapters, _ = Chapter.objects.filter(removed_at__lt=old).delete()
    _log.info("The trash is empty: %d rows of videos, %d of chapters.", videos, chapters)
