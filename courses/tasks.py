import logging
from datetime import timedelta
from functools import partial

from django.db.models.functions import Now

from config.celery import app
from config.wake_ups import attempt, wake
from courses import linking
from courses.models import Chapter, Video

_log = logging.getLogger("lectern.courses")
_KEPT_IN_TRASH = timedelta(days=30)


@app.task(name="courses.link_next")
def link_next(helpers: int = 0) -> None:
    """Who was of use calls for the next link: behind whatever else waits for a worker."""
    attempt(partial(wake, "courses.link_next", times=helpers))
    if linking.perform_next():
        attempt(linking.call_linkers)


@app.task(name="courses.empty_trash")
def empty_trash() -> None:
    old = Now() - _KEPT_IN_TRASH
    videos, _ = Video.objects.filter(removed_at__lt=old).delete()
    chapters, _ = Chapter.objects.filter(removed_at__lt=old).delete()
    _log.info("The trash is empty: %d rows of videos, %d of chapters.", videos, chapters)
