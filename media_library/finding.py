"""What somebody looks for in their library, and what of it is found: a page at a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Window
from django.utils.http import urlencode

from accounts.models import User
from media_library import uses
from media_library.models import Captions, MediaFile, MediaFileQuerySet
from media_library.searching import called, corrected, words_of
from media_library.sorting import SORTS

PAGE = 60
ASKED_BY = ("q", "filter", "sort", "view", "after")
VIEWS = {"grid": "Grid", "list": "List"}
_LONGEST = 200
_LONGEST_PLACE = 1000
_NEAR = 2000
_NEAR_WITH_WORDS = 1500  # each name is read, and the index of trigrams is quick
_RARE = 4000


@dataclass(frozen=True)
class Filter:
    label: str
    condition: Callable[[], Q]
    word: str = ""
    looks_elsewhere: bool = False


def captions_missing() -> Q:
    captioned = Captions.objects.filter(media=OuterRef("pk"))
    return Q(status=MediaFile.Status.READY) & ~Q(Exists(captioned))


FILTERS = {
    "": Filter("All", Q),
    "ready": Filter("Ready", lambda: Q(status="ready"), "ready"),
    "processing": Filter(
        "Processing", lambda: Q(status__in=["uploading", "processing"]), "processing"
    ),
    "broken": Filter("Broken", lambda: Q(status="broken"), "broken"),
    "unused": Filter("Never used", lambda: ~uses.condition(), "never used", looks_elsewhere=True),
    "uncaptioned": Filter(
        "Captions missing", captions_missing, "uncaptioned", looks_elsewhere=True
    ),
}


@dataclass(frozen=True)
class Finding:
    """What is asked for. Whatever an address says, it is one of these: what makes no sense is left out."""

    q: str = ""
    filter: str = ""
    sort: str = "newest"
    view: str = "grid"
    after: str = ""

    @classmethod
    def asked(cls, query: Mapping[str, str], usual: Mapping[str, str] | None = None) -> Finding:
        """`usual` is for who asks for nothing in particular."""
        if not any(name in query for name in ASKED_BY):
            query = usual or {}
        sort = _one_of(SORTS, query.get("sort")) or cls.sort
        place = SORTS[sort].place(_clean(query.get("after"))[:_LONGEST_PLACE])
        return cls(
            q=unicodedata.normalize("NFC", _clean(query.get("q")))[:_LONGEST].strip(),
            filter=_one_of(FILTERS, query.get("filter")),
            sort=sort,
            view=_one_of(VIEWS, query.get("view")) or (usual or {}).get("view") or cls.view,
            after=str(place) if place else "",
        )

    @property
    def query_string(self) -> str:
        """The way back into an address: said in full, so that it means the same to everybody."""
        said = {name: getattr(self, name) for name in ASKED_BY}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.filter or words_of(self.q))

    @property
    def cleared(self) -> Finding:
        return replace(self, q="", filter="", after="")

    @property
    def from_start(self) -> Finding:
        return replace(self, after="")

    @property
    def kind(self) -> str:
        """Of files: "broken file"."""
        return f"{FILTERS[self.filter].word} file".strip()

    @property
    def habits(self) -> dict[str, str]:
        """What is kept for the next visit."""
        return {"filter": self.filter, "sort": self.sort, "view": self.view}


def _one_of(known: Mapping[str, object], text: object) -> str:
    return text if isinstance(text, str) and text in known else ""


def _clean(text: object) -> str:
    return text.replace("\0", "") if isinstance(text, str) else ""


@dataclass(frozen=True)
class Found:
    finding: Finding  # as it was carried out: with what was meant in the place of typos
    files: list[MediaFile]
    next: Finding | None
    instead_of: str = ""

    @property
    def is_of_empty_library(self) -> bool:
        return not (self.files or self.finding.is_narrowed or self.finding.after)

    @property
    def sentence(self) -> str:
        count = len(self.files)
        if self.next:
            number = f"More than {count:,} files"
        else:
            number = "1 file" if count == 1 else f"{count:,} files" if count else "No files"
        found = " found" if self.finding.is_narrowed else ""
        meant = f"Nothing is called “{self.instead_of}”; this is “{self.finding.q}”. "
        return f"{meant if self.instead_of else ''}{number}{found}."


def find(owner: User, finding: Finding) -> Found:
    """Names as they are typed; only if there is none, as they may have been meant."""
    files = MediaFile.objects.owned_by(owner).shelved()
    found = _look(files, finding)
    if found.files or finding.after or not finding.q:
        return found
    meant = corrected(owner, finding.q)
    again = _look(files, replace(finding, q=meant)) if meant else found
    return replace(again, instead_of=finding.q) if again.files else found


def matching(owner: User, finding: Finding) -> MediaFileQuerySet:
    """All that it finds, in its order: for who does something with all of it."""
    files = called(MediaFile.objects.owned_by(owner).shelved(), finding.q)
    return files.filter(FILTERS[finding.filter].condition()).order_by(*SORTS[finding.sort].order)


def _look(files: MediaFileQuerySet, finding: Finding) -> Found:
    """First ids alone, which the indexes know; then the files of one page."""
    sort = SORTS[finding.sort]
    here = files.order_by(*sort.order)
    if place := sort.place(finding.after):
        here = here.filter(sort.beyond(place))
    ids = _ids(files, here, finding)
    there = files.in_bulk(ids[:PAGE])
    shown = [there[pk] for pk in ids[:PAGE] if pk in there]
    has_more = len(ids) > PAGE and shown
    after = replace(finding, after=str(sort.place_of(shown[-1]))) if has_more else None
    return Found(finding, shown, after)


def _ids(files: MediaFileQuerySet, here: MediaFileQuerySet, finding: Finding) -> list[UUID]:
    """Of one page and the file after it.

    The planner believes that what is rare is spread evenly, and would walk through the order until a page
    is full: 0.1 s for a word of the oldest files, 0.3 s if nearly every file is used. So there are bounds:
    first only the next files are looked at, and if that does not fill the page, all that match are, before
    they are put in order.
    """
    chosen = FILTERS[finding.filter]
    matching = called(here, finding.q).filter(chosen.condition())
    if not (words_of(finding.q) or chosen.looks_elsewhere):
        return _page(matching)
    next_ones = here.values("pk")[: _NEAR_WITH_WORDS if words_of(finding.q) else _NEAR]
    near = _page(matching.filter(pk__in=next_ones))
    if len(near) > PAGE:
        return near
    if chosen.looks_elsewhere:  # in the order of ids two indexes are merged, which takes 0.03 s
        all_matching = called(files, finding.q).filter(chosen.condition()).order_by("pk")
        rare = list(all_matching.values_list("pk", flat=True)[: _RARE + 1])
        if len(rare) <= _RARE:
            return _page(here.filter(pk__in=rare))
    numbered = matching.annotate(number=Window(Count("pk")))  # of all, so all are looked at
    return [pk for pk, _ in numbered.values_list("pk", "number")[: PAGE + 1]]


def _page(files: MediaFileQuerySet) -> list[UUID]:
    return list(files.values_list("pk", flat=True)[: PAGE + 1])
