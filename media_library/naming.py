"""Files that a list means by their names: as they are called, or nearly so."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from rapidfuzz.distance import Indel

from accounts.models import User
from config.template_tags import without_extension
from media_library.finding import Finding, find
from media_library.models import MediaFile
from media_library.searching import words_of

_MOST = 8  # that fit one name
# For names that nothing is called like. Each takes some 30 ms; those that are not reached are just unknown.
_SECONDS = 3.0
_NEAR = 0.6
_MOST_FOUND = 5000
# As `name_key` has them. They are asked for first: a list of constants is looked up by its hash.
_KEYS = """
    SELECT regexp_replace(regexp_replace(upper(name), '(\\d+)', '00000000000000\\1', 'g'),
                          '\\d*(\\d{14})', '\\1', 'g')
    FROM unnest(%s::text[]) AS wanted (name)
"""
# It reads every name of the library, 0.5 s for 100,000, whatever the planner thinks. A join of ranges took a
# tenth of that, or 40 s in a library that had just grown and that the planner took for a small one.
_CALLED_SO = """
    SELECT id FROM media_library_mediafile
    WHERE owner_id = %s AND version_of_id IS NULL AND trashed_at IS NULL
      AND (name_key = ANY(%s) OR regexp_replace(name_key, '\\.[A-Z0-9]{1,20}$', '') = ANY(%s))
    ORDER BY id LIMIT %s
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
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [[*names, *map(without_extension, names)]])
        keys = [key for (key,) in cursor.fetchall()]
        cursor.execute(_CALLED_SO, [owner.pk, keys, keys, _MOST_FOUND])
        ids = [media_id for (media_id,) in cursor.fetchall()]
    meaning: dict[str, set[str]] = {}
    for name in names:
        for form in _forms(name):
            meaning.setdefault(form, set()).add(name)
    called: dict[str, list[MediaFile]] = {}
    for media in MediaFile.objects.in_bulk(ids).values():
        for name in set().union(*(meaning.get(form, set()) for form in _forms(media.name))):
            called.setdefault(name, []).append(media)
    return called


def _forms(name: str) -> set[str]:
    return {_without_zeros(name), _without_zeros(without_extension(name))}


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
    return Indel.normalized_similarity(stem.upper(), its.upper())
