"""Importing files from a source: what will become of each, and the rows of those that are to come.

The row is the queue: it says where its bytes are, and `media_library.fetching` gets them.
"""

import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from config.wake_ups import after_commit
from media_library import space
from media_library.fetching import call_fetchers
from media_library.models import MediaFile
from media_library.names import label_of_path
from media_library.sources import Listed, Source

# A source may be away over a weekend, and many files take a while.
KEPT = timedelta(days=7)
# By its name it may be a video; what it is, is found in its bytes.
_OF_VIDEOS = re.compile(
    r".*\.(3g2|3gp|asf|avi|divx|f4v|flv|m2ts?|m2v|m4v|mkv|mov|mp4|mpe?g?|mts|mxf|og[mv]|qt|ts|vob|webm|wmv)",
    re.IGNORECASE | re.DOTALL,
)


class Fate(StrEnum):
    """What will become of a file, in words for staff."""

    IMPORT = "import"
    GOES_ON = "go on where it was"
    THERE = "already there"
    NO_VIDEO = "no video"
    EMPTY = "empty"
    UNREADABLE = "cannot be read"
    TOO_LARGE = "too large"
    NO_SPACE = "no space left"


@dataclass(frozen=True)
class Candidate:
    path: str
    size: int
    fate: Fate

    @property
    def is_wanted(self) -> bool:
        return self.fate == Fate.IMPORT


@dataclass(frozen=True)
class Plan:
    candidates: list[Candidate]
    hidden: int = 0
    is_cut_off: bool = False  # there are more files than were looked at

    @property
    def fates(self) -> Counter[Fate]:
        return Counter(candidate.fate for candidate in self.candidates)

    @property
    def wanted(self) -> int:
        return self.fates[Fate.IMPORT]

    @property
    def bytes(self) -> int:
        return sum(candidate.size for candidate in self.candidates if candidate.is_wanted)


@dataclass(frozen=True)
class Look:
    """What there is in a source."""

    files: list[Listed]
    is_cut_off: bool = False


def look(source: Source, below: str, *, most: int, seconds: float) -> Look:
    """So many files at most, and for so long: a bucket may have a million, and be slow."""
    deadline = time.monotonic() + seconds
    files: list[Listed] = []
    for listed in source.listed(below):
        if len(files) == most or time.monotonic() > deadline:
            return Look(files, is_cut_off=True)
        files.append(listed)
    return Look(files)


def plan(owner: User, source: Source, seen: Look) -> Plan:
    """In the order in which they are listed, as long as there is space."""
    there = _imported(owner)
    left = space.left(owner)
    candidates = []
    for listed in seen.files:
        if listed.is_hidden:
            continue
        fate = _fate(listed, there.get(source.prefix + listed.path, {}), left)
        candidates.append(Candidate(listed.path, listed.size or 0, fate))
        if fate == Fate.IMPORT:
            left -= listed.size or 0
    hidden = sum(listed.is_hidden for listed in seen.files)
    return Plan(candidates, hidden, seen.is_cut_off)


def _imported(owner: User) -> dict[str, dict[int, bool]]:
    """From where, of which size, and whether it is the command's own to go on with."""
    there: dict[str, dict[int, bool]] = {}
    columns = ("fetched_from", "size", "status", "fetch_at")
    rows = MediaFile.objects.owned_by(owner).imported().values_list(*columns)
    for fetched_from, size, status, fetch_at in rows:
        is_open = status == MediaFile.Status.UPLOADING and fetch_at is None
        there.setdefault(fetched_from, {})[size] = is_open
    return there


def _fate(listed: Listed, there: dict[int, bool], left: int) -> Fate:
    if not _OF_VIDEOS.fullmatch(listed.path):
        return Fate.NO_VIDEO
    if listed.size is None:
        return Fate.UNREADABLE
    if not listed.size:
        return Fate.EMPTY
    if listed.size in there:
        return Fate.GOES_ON if there[listed.size] else Fate.THERE
    if listed.size > settings.MEDIA_FILE_LIMIT:
        return Fate.TOO_LARGE
    return Fate.NO_SPACE if listed.size > left else Fate.IMPORT


def begin(owner: User, source: Source, seen: Look, *, by_workers: bool = True) -> Plan:
    """A row for each that is to come: its space is taken, it can be linked, and workers fetch it.

    `by_workers` is false for whoever fetches the files without them, from a source that only they know.
    """
    with transaction.atomic():
        # Those who come at the same time wait here, and then see what the ones before have begun.
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        agreed = plan(owner, source, seen)
        wanted = [candidate for candidate in agreed.candidates if candidate.is_wanted]
        MediaFile.objects.bulk_create(_row(owner, source, one, by_workers) for one in wanted)
        if wanted and by_workers:
            after_commit(call_fetchers)
    return agreed


def _row(owner: User, source: Source, candidate: Candidate, by_workers: bool) -> MediaFile:
    return MediaFile(
        owner=owner,
        name=label_of_path(candidate.path),
        size=candidate.size,
        status=MediaFile.Status.UPLOADING,
        upload_until=Now() + KEPT,
        fetched_from=source.prefix + candidate.path,
        fetch_at=Now() if by_workers else None,
    )


def only(seen: Look, paths: Iterable[str]) -> Look:
    """Of what was listed: no path from elsewhere is ever opened."""
    wanted = set(paths)
    return replace(seen, files=[listed for listed in seen.files if listed.path in wanted])


def unfinished(owner: User, source: Source, candidates: Sequence[Candidate]) -> list[MediaFile]:
    """That nobody but the caller fetches."""
    places = [source.prefix + candidate.path for candidate in candidates]
    rows = MediaFile.objects.owned_by(owner).uploading().filter(fetch_at=None)
    return list(rows.filter(fetched_from__in=places).order_by("pk"))
