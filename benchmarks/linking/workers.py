"""N videos at once: parallel, one after the other, and what would be possible."""

import math
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from benchmarks.linking.programs import worker
from benchmarks.linking.scene import scene
from benchmarks.report import row
from courses.linking import request_links
from courses.models import Video

_NUMBERS = (1, 4, 10, 50)
_ROUNDS = 5
_FAR = {"MEDIA_STORAGE": "benchmarks.linking.storages.SecondStorage"}


def rows() -> Iterator[dict[str, Any]]:
    parallel: dict[int, list[float]] = {}
    sequential: dict[int, list[float]] = {}
    with worker(**_FAR):
        _link(1)
        for number in _NUMBERS:
            parallel[number] = [_link(number) for _ in range(_ROUNDS)]
    with worker(LINKING_MODE="sequential", **_FAR):
        for number in _NUMBERS:
            sequential[number] = [_link(number)]
    one = min(parallel[1])
    for number in _NUMBERS:
        best = min(parallel[number])
        limit = one * math.ceil(number / settings.LINK_CONCURRENCY)
        case = f"{number} videos, 1 s per file"
        yield row(
            "linking in parallel", case, parallel[number], "s", note=f"{best / one:.2f} × one"
        )
        yield row(
            "linking one by one",
            case,
            sequential[number],
            "s",
            note=f"{sequential[number][0] / best:.1f} × parallel",
        )
        yield row("the limit", case, [limit], "s", note="waves of all slots")
    with worker():
        _link(1)
        for number in (*_NUMBERS, 500):
            times = [_link(number) for _ in range(_ROUNDS)]
            yield row("linking in parallel", f"{number} videos, free storage", times, "s")


def _link(number: int) -> float:
    """From the request to the last settlement, as the database has it."""
    chapter = scene().chapter()
    under_way = Video.objects.under_way().filter(chapter=chapter)
    began = time.perf_counter()
    request_links(chapter, scene().owner, scene().picks(number))
    while under_way.exists():
        time.sleep(0.005)
    seconds = time.perf_counter() - began
    linked = chapter.videos.filter(status=Video.Status.LINKED).count()
    if linked != number:
        raise AssertionError(f"{linked} of {number} linked")
    return seconds
