"""Threads of the web server that a slow line may hold, shared among people."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings


class NoPlaceFree(Exception):
    """For this person, at this moment."""


class Places:
    """So many at once, and of one person so many: whoever comes finds one, unless several have all."""

    def __init__(self, most: int, *, of_one: int) -> None:
        self._most = most
        self._of_one = of_one
        self._lock = threading.Lock()
        self._taken: Counter[UUID] = Counter()

    @contextmanager
    def taken_by(self, person: UUID) -> Iterator[None]:
        with self._lock:
            if self._taken.total() >= self._most or self._taken[person] >= self._of_one:
                raise NoPlaceFree
            self._taken[person] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken -= Counter([person])  # forgets who has none


# Pieces of files are read by threads, for as long as a slow line takes; the others are for those who look at
# pages.
_MOST = max(1, settings.WEB_THREADS // 2)
for_pieces = Places(_MOST, of_one=max(1, _MOST - 1))
