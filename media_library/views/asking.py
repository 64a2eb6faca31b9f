"""What somebody asks their library for, and how they like to look at it.

The latter is kept in the session, so it works without scripts.
"""

from typing import Any

from config.requests import Request
from media_library.finding import ASKED_BY, FILTERS, VIEWS, Finding
from media_library.sorting import SORTS

_KEPT = "finding"


def is_asked(request: Request) -> bool:
    return any(name in request.GET for name in ASKED_BY)


def asked(request: Request, room: str, usual: dict[str, str]) -> Finding:
    """What the address asks for is usual in that room from now on; `usual` names what is kept at all."""
    kept = request.session.get(_KEPT, {})
    before = usual | kept.get(room, {})
    finding = Finding.asked(request.GET, before)
    now = {name: value for name, value in finding.habits.items() if name in usual}
    if now != before and is_asked(request):
        request.session[_KEPT] = kept | {room: now}
    return finding


def choices(finding: Finding, counts: dict[str, int] | None = None) -> dict[str, Any]:
    """For `media_library/_finding.html`."""
    numbers = counts or {}
    return {
        "finding": finding,
        "filters": [(name, one.label, numbers.get(name)) for name, one in FILTERS.items()],
        "sorts": [(name, sort.label) for name, sort in SORTS.items()],
        "views": list(VIEWS.items()),
    }
