"""Those who meet: each in a thread and on a connection of its own, held up by a lock until all are there."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

PATIENCE = 10.0  # seconds, for what takes milliseconds


class Guest:
    """Does its work in a thread; PostgreSQL is asked whether it waits for a lock by now."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.work = work
        self.outcome: object = None
        self.trouble: BaseException | None = None
        self.process = 0  # of PostgreSQL, at the other end of its connection
        self.is_connected = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            with connection.cursor() as cursor:
                # The usual two seconds may be over before all have come, on a machine with other work.
                cursor.execute("SET lock_timeout = 0")
                cursor.execute("SELECT pg_backend_pid()")
                (self.process,) = cursor.fetchone()
            self.is_connected.set()
            self.outcome = self.work()
        except BaseException as error:
            self.trouble = error
        finally:
            connection.close()

    def comes(self) -> bool:
        """True as soon as it waits, False if it was done without."""
        self.thread.start()
        assert self.is_connected.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while self.thread.is_alive():
            if _is_blocked(self.process):
                return True
            assert time.monotonic() < deadline
        return False

    def leaves(self) -> Any:
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        if self.trouble is not None:
            raise self.trouble
        return self.outcome


def _is_blocked(process: int) -> bool:
    """Not by pg_stat_activity: in a transaction that shows the same picture again and again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [process])
        (is_blocked,) = cursor.fetchone()
    return bool(is_blocked)


def meet(
    held: QuerySet[Any], first: Callable[[], object], *others: Callable[[], object]
) -> list[Any]:
    """What each of them got, all of which happened while the first was at it.

    It waits in the middle for the rows that are held. The others wait for these too, or behind it, or are
    done before it if they want nothing of what it has. Let go, all are served in the order of their coming.
    """
    guests = [Guest(work) for work in (first, *others)]
    try:
        with transaction.atomic():
            assert list(held.order_by("pk").select_for_update())
            waits = [guest.comes() for guest in guests]
    finally:
        for guest in guests:
            if guest.thread.ident:
                guest.thread.join(PATIENCE)
    outcomes = [guest.leaves() for guest in guests]
    assert waits[0], "the first was over before the second came"
    return outcomes
