"""What can be done to many files at once. Other apps add what they can do with them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from media_library import trash, uses
from media_library.forms import RenameForm
from media_library.models import KEPT_IN_TRASH, Batch, BatchItem, MediaFile, kept
from media_library.renaming import NAMELESS, Pattern

ALREADY = "already"  # it was so before
UPLOADING = "It is still being uploaded: cancel the upload instead."
USED = "It is used in"
USED_BY_OTHERS = f"{USED} a course that is not shared with you."
NO_SUCH_FILE = "There is no such file in your library."
GONE = "It has been deleted for good."
RENAMED_SINCE = "It has been renamed since."
# Of an item: its file is not deleted for good.
IS_THERE = Q(media__isnull=False) & kept("media__trashed_at")
# A sentence for each item: why it failed, or nothing if it is done.
Outcomes = list[str]


class DetailsForm(Protocol):
    """What has to be said besides the files."""

    @property
    def errors(self) -> Any: ...

    def is_valid(self) -> bool: ...

    @property
    def details(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Verb:
    name: str
    room: str  # where it is offered: "library" or "trash", or nowhere
    label: str
    icon: str
    doing: str
    did: str  # after "was" or "could not be"
    perform: Callable[[Batch, Sequence[tuple[BatchItem, MediaFile]]], Outcomes]
    at_once: int = 1
    undone_by: str = ""
    undoable: Q = field(default_factory=Q)  # of its items: those of which something is left to undo
    lasting: Collection[str] = ()  # reasons that are the same when it is tried again
    is_dangerous: bool = False
    takes_away: bool = False  # from the room in which it is offered
    asks: str = ""  # the template of its form
    form: Callable[[User, Mapping[str, Any] | None], DetailsForm] | None = None


VERBS: dict[str, Verb] = {}


def register(verb: Verb) -> None:
    VERBS[verb.name] = verb


def offered_in(room: str) -> list[Verb]:
    """What takes files away stands last, wherever it was registered."""
    here = [verb for verb in VERBS.values() if verb.room == room]
    return sorted(here, key=lambda verb: verb.takes_away)


def _rename(batch: Batch, chosen: Sequence[tuple[BatchItem, MediaFile]]) -> Outcomes:
    pattern = Pattern(**batch.details)
    return [_rename_one(batch.owner, pattern, item, media) for item, media in chosen]


def _rename_one(owner: User, pattern: Pattern, item: BatchItem, media: MediaFile) -> str:
    name = pattern.of(media.name, item.place)
    if not name:
        return NAMELESS
    item.details = {"before": media.name, "after": name}
    media.rename(name, by=owner)
    return ""


def _rename_back(batch: Batch, chosen: Sequence[tuple[BatchItem, MediaFile]]) -> Outcomes:
    return [_rename_one_back(batch.owner, item, media) for item, media in chosen]


def _rename_one_back(owner: User, item: BatchItem, media: MediaFile) -> str:
    """Nobody's later name is lost."""
    before, after = item.details["before"], item.details["after"]
    if media.name not in (before, after):
        return RENAMED_SINCE
    is_back = media.rename(before, media.name_version, by=owner) is not None
    return "" if is_back else RENAMED_SINCE


def _delete(batch: Batch, chosen: Sequence[tuple[BatchItem, MediaFile]]) -> Outcomes:
    is_everywhere = bool(batch.details.get("everywhere"))
    return [_delete_one(batch.owner, item, media, is_everywhere) for item, media in chosen]


def _delete_one(owner: User, item: BatchItem, media: MediaFile, is_everywhere: bool) -> str:
    if media.trashed_at is not None:
        item.details = {ALREADY: True}  # undoing this does not bring it back
        return ""
    if is_everywhere and trash.throw_away_everywhere(media, owner) is not None:
        return ""
    if not is_everywhere and trash.throw_away(media):
        return ""
    if media.status == MediaFile.Status.UPLOADING:
        return UPLOADING
    places = uses.count(media)
    return USED_BY_OTHERS if is_everywhere else used_in(places)


def used_in(places: int) -> str:
    return f"{USED} {places} place{'' if places == 1 else 's'}."


def _restore(batch: Batch, chosen: Sequence[tuple[BatchItem, MediaFile]]) -> Outcomes:
    return ["" if trash.restore(media) else GONE for _, media in chosen]


register(
    Verb(
        name="rename",
        room="library",
        label="Rename…",
        icon="rename",
        doing="Renaming",
        did="renamed",
        perform=_rename,
        undone_by="rename_back",
        undoable=IS_THERE,
        lasting=[NAMELESS],
        asks="media_library/_ask_rename.html",
        form=lambda owner, data: RenameForm(data),
    )
)
register(
    Verb(
        name="rename_back",
        room="",
        label="",
        icon="",
        doing="Renaming back",
        did="renamed back",
        perform=_rename_back,
        lasting=[RENAMED_SINCE],
    )
)
register(
    Verb(
        name="delete",
        room="library",
        label="Delete",
        icon="trash",
        doing="Deleting",
        did="moved to the trash",
        perform=_delete,
        undone_by="restore",
        undoable=Q(media__trashed_at__gt=Now() - KEPT_IN_TRASH),
        is_dangerous=True,
        takes_away=True,
    )
)
register(
    Verb(
        name="restore",
        room="trash",
        label="Restore",
        icon="undo",
        doing="Restoring",
        did="restored",
        perform=_restore,
        lasting=[GONE],
        undone_by="delete",
        undoable=Q(media__isnull=False, media__trashed_at=None),
        takes_away=True,
    )
)
