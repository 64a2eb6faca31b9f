"""What somebody looks for in their library, and what of it is found: a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import F, Q
from django.utils.http import urlencode

from accounts.models import User
from config.statements import AnyOf, Prepared, rows_among
from media_library.marks import lacking
from media_library.models import MediaFile, MediaFileQuerySet
from media_library.names import readable
from media_library.searching import (
    believed,
    called,
    corrected,
    found_without_walks,
    having_pairs,
    ids_of_few,
    words_of,
)
from media_library.sorting import SORTS, Sort

PAGE = 60
ASKED_BY = ("q", "filter", "sort", "view", "after")
VIEWS = {"grid": "Grid", "list": "List"}
_LONGEST = 200
LONGEST_PLACE = 2000  # of a name of 128 digits, each with a letter behind it
_NEXT, _NEAR = 1000, 3000  # the first tell what is nowhere near, the others how far it is
_FAR = 15_000  # walking there costs a fifth of finding all, if no index helps
_COMMON = 20_000  # of all files: to find so many costs more than to walk far in vain
_AMPLE = 3  # times as far as the nearest make believe: a full page ends the walk


def _everything(owner: User) -> Q:
    return Q()


@dataclass(frozen=True)
class Filter:
    label: str
    condition: Callable[[User], Q] = _everything
    state: str = ""  # of one file
    has_index: bool = True
    are_few: bool = False  # which that index finds at once


FILTERS = {
    "": Filter("All"),
    "ready": Filter("Ready", lambda owner: Q(status="ready"), "is ready"),
    "processing": Filter(
        "Processing",
        lambda owner: Q(status__in=["uploading", "processing"]),
        "is being processed",
        are_few=True,
    ),
    "broken": Filter("Broken", lambda owner: Q(status="broken"), "is broken", are_few=True),
    "unused": Filter(
        "Never used", lambda owner: lacking(owner, "is_used"), "is unused", has_index=False
    ),
    "uncaptioned": Filter(
        "Captions missing",
        lambda owner: Q(status="ready") & lacking(owner, "is_captioned"),
        "lacks captions",
        has_index=False,
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
        place = SORTS[sort].place(_clean(query.get("after"))[:LONGEST_PLACE])
        return cls(
            q=readable(_clean(query.get("q")), _LONGEST),
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
    def state(self) -> str:
        """That a file is in, after its name: "is broken"."""
        return FILTERS[self.filter].state

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


@dataclass(frozen=True)
class _Narrowed:
    """A library as a filter leaves it. That is found out once, for what was typed and for what was meant."""

    owner: User
    kind: Filter
    condition: Q
    few: list[UUID] | None  # all of it, where that is known

    @classmethod
    def to(cls, owner: User, name: str) -> _Narrowed:
        kind = FILTERS[name]
        condition = kind.condition(owner)
        few = None if kind.has_index else ids_of_few(_shelf(owner).filter(condition))
        return cls(owner, kind, condition, few)


def find(owner: User, finding: Finding) -> Found:
    """Names as they are typed; only if there is none, as they may have been meant."""
    narrowed = _Narrowed.to(owner, finding.filter)
    found = _look(narrowed, finding)
    if found.files or finding.after or not finding.q or narrowed.few == []:
        return found
    meant = corrected(owner, finding.q)
    if not meant.words:
        return found
    again = _look(narrowed, replace(finding, q=meant.words), is_near=not meant.are_old)
    return replace(again, instead_of=finding.q) if again.files else found


def matching(owner: User, finding: Finding) -> MediaFileQuerySet:
    """All that it finds, in its order: for who does something with all of it."""
    files = called(_shelf(owner), finding.q).filter(FILTERS[finding.filter].condition(owner))
    return files.order_by(*SORTS[finding.sort].order)


def _shelf(owner: User) -> MediaFileQuerySet:
    return MediaFile.objects.owned_by(owner).shelved()


def _look(narrowed: _Narrowed, finding: Finding, *, is_near: bool = True) -> Found:
    """First ids alone, which the indexes know; then the files of one page."""
    ids = _ids(narrowed, finding, is_near=is_near)
    there = {media.pk: media for media in _these(narrowed.owner.pk, ids[:PAGE])} if ids else {}
    shown = [there[pk] for pk in ids[:PAGE] if pk in there]
    has_more = len(ids) > PAGE and shown
    place = str(SORTS[finding.sort].place_of(shown[-1])) if has_more else ""
    return Found(finding, shown, replace(finding, after=place) if has_more else None)


def _ids(narrowed: _Narrowed, finding: Finding, *, is_near: bool) -> list[UUID]:
    """Of one page and the file after it.

    The planner believes that what is rare is spread evenly, and would walk through the order until a page
    is full: a jump from file to file all over the table, if what matches lies at its end. So only the next
    files are looked at in their order, and more of them if they have enough of it to fill the page; else, or
    if it is known not to be near, all that match are found before they are sorted.
    """
    kind, few = narrowed.kind, narrowed.few
    sort = SORTS[finding.sort]
    shelf = _shelf(narrowed.owner)
    place = sort.place(finding.after)
    here = shelf.filter(sort.beyond(place)) if place else shelf
    if kind.has_index and not words_of(finding.q):
        return _page(here.filter(narrowed.condition).order_by(*sort.order))
    matching = called(MediaFile.objects.all(), finding.q).filter(narrowed.condition)
    all_of_them = (here & matching).order_by(*sort.order_of_all)
    if few is not None:
        return _page(all_of_them.filter(pk__in=few))
    if kind.are_few:
        return _page(all_of_them)

    def are_common() -> bool:
        return believed(having_pairs(called(shelf, finding.q), finding.q)) > _COMMON

    near = _near(here, matching, sort, are_common) if is_near else None
    if near is not None:
        return near
    if kind.has_index:  # a mark has one, too, which the planner takes for better than that of pairs
        all_of_them = having_pairs(all_of_them, finding.q)
    # Of two indexes it would take that of the mark: 41 ms, and 21 with that of words.
    wanted = all_of_them.values_list("pk")[: PAGE + 1]
    return [pk for (pk,) in found_without_walks(wanted)]


def _near(
    here: MediaFileQuerySet, matching: MediaFileQuerySet, sort: Sort, are_common: Callable[[], bool]
) -> list[UUID] | None:
    """None if it takes too many files for a full page."""
    wanted = matching.order_by(*sort.order_of_next).values("pk")[: PAGE + 1]

    def found_in(number: int) -> list[UUID]:
        return [pk for (pk,) in rows_among(sort.next_of(here, number), wanted)]

    found = found_in(_NEXT)
    if 0 < len(found) <= PAGE:
        found = found_in(_NEAR)
        takes = _NEAR * (PAGE + 1) // max(1, len(found))
        if len(found) <= PAGE and takes <= _FAR:
            found = found_in(_AMPLE * takes)
    elif not found and are_common():
        found = found_in(_FAR)
    return found if len(found) > PAGE else None


def _of_shelf(owner: UUID, ids: list[UUID]) -> MediaFileQuerySet:
    return MediaFile.objects.filter(AnyOf(F("id"), ids), owner=owner).shelved()


_these = Prepared(_of_shelf, UUID, list)


def _page(files: MediaFileQuerySet) -> list[UUID]:
    return list(files.values_list("pk", flat=True)[: PAGE + 1])
