"""From the click to the row that says "linked": how long does each part of the way take, and with how many?

Real processes, real Chromium, a storage that takes a second per file or none. Every ratio is of figures
from the same run.
"""

from typing import Any

from benchmarks.linking import browser, polls, submissions, workers
from benchmarks.report import report


def main() -> None:
    """What was found out is told, also when a later question finds no answer: it took minutes."""
    rows: list[dict[str, Any]] = []
    try:
        for part in (submissions, workers, browser, polls):
            rows += part.rows()
    finally:
        report("linking", rows)
