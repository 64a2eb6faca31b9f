"""What `test_slow_lines.py` cannot bring about from outside."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

from config.web_worker import Story, Worker


def test_what_goes_wrong_with_one_connection_is_no_end_of_the_process() -> None:
    told: Counter[str] = Counter()

    def going_wrong() -> Story:
        yield from ()
        raise RuntimeError

    worker: Any = Worker.__new__(Worker)
    worker.log = SimpleNamespace(exception=lambda *_: told.update(["logged"]))
    worker._collected, worker.nr_conns, worker._waiting = 7, 1, {}
    line = SimpleNamespace(held=7)
    conn = SimpleNamespace(sock=line, client="", close=lambda: told.update(["closed"]))
    worker._go_on(conn, going_wrong())
    assert told == {"logged": 1, "closed": 1}
    assert (worker._collected, worker.nr_conns, worker._waiting) == (0, 0, {})
