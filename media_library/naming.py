"""Files that a list means by their names: as they are called, or nearly so."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from uuid import UUID

from django.db import connection

from accounts.models import User
from config.template_tags import without_extension
from media_library.finding import Finding, find
from media_library.models import MediaFile
from media_library.searching import words_of

_MOST = 8  # that fit one name
# For names that nothing is called like. Each takes some 30 ms; those that are not reached are just unknown.
_SECONDS = 3.0
_NEAR = 0.6
# In the order of `name_key`, with an extension or without: "/" comes right after ".".
_CALLED_SO = """
    SELECT wanted.name, media.id
    FROM unnest(%(names)s::text[], %(stems)s::text[]) AS wanted (name, stem)
    CROSS JOIN LATERAL (
        SELECT left(regexp_replace(regexp_replace(upper(wanted.stem), '(\\d+)', '00000000000000\\1', 'g'),
                                   '\\d*(\\d{14})', '\\1', 'g'), 300) COLLATE "C" AS key
    ) AS sought
    JOIN media_library_mediafile AS media
      ON media.owner_id = %(owner)s
     AND media.version_of_id IS NULL AND media.trashed_at IS NULL
     AND (media.name_key = sought.key
          OR media.name_key >= sought.key || '.' AND media.name_key < sought.key || '/')
"""


@dataclass(frozen=True)
class Fitting:
    """The files that a name may mean, the likeliest first."""

    files: list[MediaFile]
    is_sure: bool = False  # they are called so; else only nearly
    is_near: bool = False  # nothing is, and there is one that it is likely to be


def meant_by(owner: User, names: Iterable[str]) -> dict[str, Fitting]:
    wanted = list(dict.fromkeys(names))
    called = _called_so(owner, wanted)
    found = {name: _best(name, called.get(name, [])) for name in wanted}
    deadline = time.monotonic() + _SECONDS
    for name, fitting in found.items():
        if not fitting.files and time.monotonic() < deadline:
            found[name] = _like(owner, name)
    return found


def _called_so(owner: User, names: list[str]) -> dict[str, list[MediaFile]]:
    """Whatever their extension, in any case, and with any zeros before their numbers."""
    stems = [*names, *map(without_extension, names)]
    with connection.cursor() as cursor:
        cursor.execute(_CALLED_SO, {"owner": owner.pk, "names": [*names, *names], "stems": stems})
        pairs: set[tuple[str, UUID]] = set(cursor.fetchall())
    files = MediaFile.objects.in_bulk({media_id for _, media_id in pairs})
    called: dict[str, list[MediaFile]] = {}
    for name, media_id in pairs:
        if media_id in files:
            called.setdefault(name, []).append(files[media_id])
    return called


def _best(name: str, files: list[MediaFile]) -> Fitting:
    """Of those that are called so, the ones that are called so most exactly."""
    ranks = [(rank, media) for media in files if (rank := _distance(name, media)) is not None]
    if not ranks:
        return Fitting([])
    best = min(rank for rank, _ in ranks)
    fitting = [media for rank, media in ranks if rank == best]
    fitting.sort(key=lambda media: (not media.is_linkable, media.pk))
    return Fitting(fitting[:_MOST], is_sure=True)


def _distance(name: str, media: MediaFile) -> int | None:
    """None for another name that only begins like it."""
    stem, its_stem = without_extension(name), without_extension(media.name)
    if media.name == name:
        return 0
    if media.name.upper() == name.upper():
        return 1
    if its_stem in (stem, name):
        return 2
    if its_stem.upper() in (stem.upper(), name.upper()):
        return 3
    its = _without_zeros(its_stem)
    return 4 if its in (_without_zeros(stem), _without_zeros(name)) else None


def _without_zeros(text: str) -> str:
    return re.sub(r"0+(\d)", r"\1", text.upper())


def _like(owner: User, name: str) -> Fitting:
    """By its words, with typos forgiven, as the library finds them."""
    stem = without_extension(name)
    if not words_of(stem):
        return Fitting([])
    found = find(owner, Finding.asked({"q": stem}))
    near = {media.pk: _nearness(stem, media) for media in found.files}
    files = sorted(found.files, key=lambda media: (not media.is_linkable, -near[media.pk]))
    is_near = len(files) == 1 and near[files[0].pk] > _NEAR
    return Fitting(files[:_MOST], is_near=is_near)


def _nearness(stem: str, media: MediaFile) -> float:
    its = without_extension(media.name)
    return SequenceMatcher(None, stem.upper(), its.upper(), autojunk=False).ratio()
