"""Helpers for tests about imports: a folder of files, and an import of it."""

from pathlib import Path

from django.db.models.functions import Now

from accounts.models import User
from media_library import fetching, importing
from media_library.importing import Plan
from media_library.models import MediaFile
from media_library.sources import Folder, Source


def put(place: Path, **contents: bytes) -> None:
    """`put(place, a=b"…")` makes a.mp4."""
    place.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (place / f"{name}.mp4").write_bytes(content)


def seen(source: Source, below: str = "") -> importing.Look:
    return importing.look(source, below, most=1000, seconds=60)


def begun(owner: User, place: Path, **how: bool) -> Plan:
    source = Folder(place)
    return importing.begin(owner, source, seen(source), **how)


def fates(plan: Plan) -> dict[str, str]:
    return {candidate.path: candidate.fate.value for candidate in plan.candidates}


def fetch_all() -> int:
    """As the workers do, one call after the other."""
    pieces = 0
    while fetching.fetch_next():
        pieces += 1
    return pieces


def let_pause_end() -> None:
    MediaFile.objects.filter(fetch_at__isnull=False).update(fetch_at=Now())


def states() -> dict[str, tuple[str, str]]:
    rows = MediaFile.objects.values_list("name", "status", "reason")
    return {name: (status, reason) for name, status, reason in rows}
