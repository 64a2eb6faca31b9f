"""What somebody looks for in their library, and what of it is found: a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q
from django.utils.http import urlencode

from accounts.models import User
from media_library.marks import lacking
from media_library.models import MediaFile, MediaFileQuerySet
from media_library.names import readable
from media_library.searching import called, corrected, having_letters, words_of
from media_library.sorting import SORTS, Place

PAGE = 60
ASKED_BY = ("q", "filter", "sort", "view", "after")
VIEWS = {"grid": "Grid", "list": "List"}
_LONGEST = 200
LONGEST_PLACE = 1000
_NEAR = 1500
_FAR = 15_000  # walking there costs a tenth to a third of finding all


def _everything(owner: User) -> Q:
    return Q()


@dataclass(frozen=True)
class Filter:
    label: str
    condition: Callable[[User], Q] = _everything
    state: str = ""  # of one file
    has_index: bool = True


FILTERS = {
    "": Filter("All"),
    "ready": Filter("Ready", lambda owner: Q(status="ready"), "is ready"),
    "processing": Filter(
        "Processing", lambda owner: Q(status__in=["uploading", "processing"]), "is being processed"
    ),
    "broken": Filter("Broken", lambda owner: Q(status="broken"), "is broken"),
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


def find(owner: User, finding: Finding) -> Found:
    """Names as they are typed; only if there is none, as they may have been meant."""
    condition = FILTERS[finding.filter].condition(owner)
    found = _look(owner, finding, condition)
    if found.files or finding.after or not finding.q:
        return found
    meant = corrected(owner, finding.q)
    again = _look(owner, replace(finding, q=meant), condition) if meant else found
    return replace(again, instead_of=finding.q) if again.files else found


def matching(owner: User, finding: Finding) -> MediaFileQuerySet:
    """All that it finds, in its order: for who does something with all of it."""
    files = called(MediaFile.objects.owned_by(owner).shelved(), finding.q)
    return (
        having_letters(files, finding.q)
        .filter(FILTERS[finding.filter].condition(owner))
        .order_by(*SORTS[finding.sort].order)
    )


def _look(owner: User, finding: Finding, condition: Q) -> Found:
    """First ids alone, which the indexes know; then the files of one page."""
    ids = _ids(owner, finding, condition)
    there = MediaFile.objects.owned_by(owner).shelved().in_bulk(ids[:PAGE])
    shown = [there[pk] for pk in ids[:PAGE] if pk in there]
    has_more = len(ids) > PAGE and shown
    place = str(SORTS[finding.sort].place_of(shown[-1])) if has_more else ""
    return Found(finding, shown, replace(finding, after=place) if has_more else None)


def _ids(owner: User, finding: Finding, condition: Q) -> list[UUID]:
    """Of one page and the file after it.

    The planner believes that what is rare is spread evenly, and would walk through the order until a page
    is full: a jump from file to file all over the table, if what matches lies at its end. So only the next
    files are looked at in their order, and more of them if that nearly fills the page; else all that match
    are found before they are sorted.
    """
    sort = SORTS[finding.sort]
    here = MediaFile.objects.owned_by(owner).shelved()
    if place := sort.place(finding.after):
        here = here.filter(sort.beyond(place))
    matching = called(here, finding.q).filter(condition)
    in_order = matching.order_by(*sort.order)
    if FILTERS[finding.filter].has_index and not words_of(finding.q):
        return _page(in_order)
    places = here.order_by(*sort.order).values_list(sort.key, "pk")
    reach = _NEAR
    while reach <= _FAR:
        bound = places[reach : reach + 1].first()
        if bound is None:
            return _page(in_order)
        near = _page(in_order.filter(sort.up_to(Place(*bound))))
        if len(near) > PAGE:
            return near
        reach = _enough(reach, len(near))
    return _page(having_letters(matching, finding.q).order_by(*sort.order_of_all))


def _enough(reach: int, found: int) -> int:
    """Files to look at for a full page, if so many were found among `reach`: twice what it would take."""
    return 2 * reach * (PAGE + 1) // max(1, found)


def _page(files: MediaFileQuerySet) -> list[UUID]:
    return list(files.values_list("pk", flat=True)[: PAGE + 1])
