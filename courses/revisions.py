"""One number per course that grows with every change inside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction
from django.http import Http404


class CourseGone(Http404):
    """The course was deleted before the change could begin: as if it had never been found."""


class GuardFailed(Exception):
    """Raised inside `revise` by a verb that finds nothing to do: nothing is revised, no page is told."""


class StandsAlready(GuardFailed):
    """Likewise, and the verb is a success: what it wants is so already, as of `revision`."""

    def __init__(self, revision: int) -> None:
        super().__init__()
        self.revision = revision


@contextmanager
def revise(course_id: UUID, *, quietly: bool = False) -> Iterator[int]:
    """A transaction for a change inside the course; the rows that it changes carry the number it yields.

    It locks the course first, so that revisions commit in their own order: a reader of "all since 41"
    can never see 43 before 42. Quietly, for what nobody did: the course is not said to be changed just now.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE courses_course SET revision = revision + 1,"
                " changed_at = CASE WHEN %s THEN changed_at ELSE now() END"
                " WHERE id = %s RETURNING revision",
                [quietly, course_id],
            )
            row = cursor.fetchone()
        if row is None:
            raise CourseGone
        yield row[0]
