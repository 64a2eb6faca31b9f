"""From the click to the row that says "linked": how long does each part of the way take, and with how many?

Real processes, real Chromium, a storage that takes a second per file or none. Every ratio is of figures
from the same run.
"""

from benchmarks.linking import browser, polls, submissions, workers
from benchmarks.report import report


def main() -> None:
    report("linking", [*submissions.rows(), *workers.rows(), *browser.rows(), *polls.rows()])
