import logging
from functools import partial

from config.celery import app
from config.wake_ups import attempt, wake
from courses import bulk, linking, trash

_log = logging.getLogger("lectern.courses")


@app.task(name="courses.link_next")
def link_next(helpers: int = 0) -> None:
    """Who was of use calls for the next link: behind whatever else waits for a worker."""
    attempt(partial(wake, "courses.link_next", times=helpers))
    if linking.perform_next():
        attempt(linking.call_linkers)


@app.task(name="courses.empty_trash")
def empty_trash() -> None:
    discarded, forgotten = trash.discard_old(), trash.forget_old()
    bulk.forget_old()
    _log.info("%d things of trashes discarded, %d rows forgotten.", discarded, forgotten)
