"""What has become of somebody's batches, for people to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.db.models.functions import Now

from accounts.models import User
from config.template_tags import counted
from media_library.batch_verbs import VERBS, Verb
from media_library.models import Batch, BatchItem

_MOST = 8
_MOST_NAMED = 100
_NEWS_FOR = timedelta(hours=1)  # of what went well; the rest stays until somebody puts it away


@dataclass(frozen=True)
class Cause:
    """Why some of them failed, and which."""

    reason: str
    count: int
    items: list[BatchItem]

    @property
    def unnamed(self) -> int:
        return self.count - len(self.items)


@dataclass(frozen=True)
class News:
    batch: Batch
    verb: Verb
    waiting: int
    done: int
    failed: int
    causes: Sequence[Cause] = ()
    can_be_undone: bool = False

    @property
    def total(self) -> int:
        return self.waiting + self.done + self.failed

    @property
    def settled(self) -> int:
        return self.done + self.failed

    @property
    def can_go_everywhere(self) -> bool:
        """What failed for being used may be taken out there, too."""
        is_used = any(cause.reason.startswith("It is used in") for cause in self.causes)
        return self.verb.name == "delete" and is_used and "everywhere" not in self.batch.details

    @property
    def sentence(self) -> str:
        to = self.batch.details.get("to")
        where = f" to “{to}”" if to else ""
        if self.waiting:
            return f"{self.verb.doing} {self.settled:,} of {self.total:,}{where}"
        was = "was" if self.done == 1 else "were"
        if not self.failed:
            return f"{counted(self.done, 'file')} {was} {self.verb.did}{where}."
        if not self.done:
            return f"{counted(self.failed, 'file')} could not be {self.verb.did}{where}."
        done = f"{self.done:,} of {counted(self.total, 'file')}"
        return f"{done} {was} {self.verb.did}{where}; {self.failed:,} failed."


def news_of(owner: User) -> list[News]:
    """The latest first. What went well is old after a while."""
    batches = Batch.objects.owned_by(owner).filter(dismissed_at=None).with_figures()
    fresh = Q(waiting__gt=0) | Q(failed__gt=0) | Q(done__gt=0, created_at__gt=Now() - _NEWS_FOR)
    told = []
    for batch in batches.filter(fresh).order_by("-created_at", "-pk")[:_MOST]:
        if verb := VERBS.get(batch.verb):
            numbers = {name: getattr(batch, name) for name in ("waiting", "done", "failed")}
            causes = _causes(batch) if numbers["failed"] else ()
            undo = _can_be_undone(batch, verb, numbers["waiting"], numbers["done"])
            told.append(News(batch, verb, **numbers, causes=causes, can_be_undone=undo))
    return told


def _can_be_undone(batch: Batch, verb: Verb, waiting: int, done: int) -> bool:
    """Its items are asked only where the numbers do not say it: pages ask for news every second."""
    if not verb.undone_by or waiting or not done:
        return bool(verb.undone_by and waiting)
    return not verb.undoable or batch.items.done().filter(verb.undoable).exists()


def _causes(batch: Batch) -> list[Cause]:
    """The most frequent first."""
    failed = batch.items.failed()
    counts = dict(failed.order_by().values_list("reason").annotate(Count("pk")))
    named: dict[str, list[BatchItem]] = {reason: [] for reason in counts}
    for item in failed.order_by("place")[:_MOST_NAMED]:
        named.setdefault(item.reason, []).append(item)
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return [Cause(reason, count, named[reason]) for reason, count in ordered]
