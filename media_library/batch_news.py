"""What has become of somebody's batches, for people to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Case, Count, Q, When
from django.db.models.functions import Now

from accounts.models import User
from config.statements import Prepared
from config.template_tags import counted
from media_library.batch_verbs import GONE, IS_THERE, NO_SUCH_FILE, USED, VERBS, Verb
from media_library.models import Batch, BatchItem, BatchQuerySet

_MOST = 8
_MOST_NAMED = 100
_NEWS_FOR = timedelta(hours=1)  # of what went well; the rest stays until somebody puts it away
# Failed for being gone, or not gone since, as by emptying the trash.
_IS_TOLD = IS_THERE | Q(reason__in=[NO_SUCH_FILE, GONE])


@dataclass(frozen=True)
class Cause:
    """Why some of them failed, and which."""

    reason: str
    count: int
    items: list[BatchItem]

    @property
    def is_use(self) -> bool:
        return self.reason.startswith(USED)

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
    def are_used(self) -> bool:
        """All that was not done, and for no other reason."""
        return all(cause.is_use for cause in self.causes)

    @property
    def can_go_everywhere(self) -> bool:
        """When it is over, what failed for being used may be taken out there, too."""
        is_used = not self.waiting and any(cause.is_use for cause in self.causes)
        return self.verb.name == "delete" and is_used and "everywhere" not in self.batch.details

    @property
    def can_be_retried(self) -> bool:
        """When it is over, and where that can help."""
        if self.waiting:
            return False
        lasting = {NO_SUCH_FILE, *self.verb.lasting}
        return any(not cause.is_use and cause.reason not in lasting for cause in self.causes)

    @property
    def sentence(self) -> str:
        to = self.batch.details.get("to")
        where = f" to “{to}”" if to else ""
        if self.waiting:
            return f"{self.verb.doing} {self.settled:,} of {self.total:,}{where}"
        was = "was" if self.done == 1 else "were"
        if not self.failed:
            return f"{counted(self.done, 'file')} {was} {self.verb.did}{where}."
        used = f"{'is' if self.failed == 1 else 'are'} used in courses"
        if not self.done:
            why = f": {'it' if self.failed == 1 else 'they'} {used}" if self.are_used else ""
            return f"{counted(self.failed, 'file')} could not be {self.verb.did}{where}{why}."
        done = f"{self.done:,} of {counted(self.total, 'file')}"
        why = used if self.are_used else "failed"
        return f"{done} {was} {self.verb.did}{where}; {self.failed:,} {why}."


def news_of(owner: User) -> list[News]:
    """What is under way, then the latest first. What went well is old after a while."""
    told = [_told(batch, verb) for batch in _fresh(owner.pk) if (verb := VERBS.get(batch.verb))]
    return [one for one in told if one.total]


def _fresh_of(owner: UUID) -> BatchQuerySet:
    batches = Batch.objects.filter(owner=owner, dismissed_at=None).with_figures()
    fresh = Q(waiting__gt=0) | Q(failed__gt=0) | Q(done__gt=0, created_at__gt=Now() - _NEWS_FOR)
    is_over = Case(When(waiting=0, then=1), default=0)
    return batches.filter(fresh).order_by(is_over, "-created_at", "-pk")[:_MOST]


_fresh = Prepared(_fresh_of, UUID)


def _told(batch: Batch, verb: Verb) -> News:
    numbers = {name: getattr(batch, name) for name in ("waiting", "done", "failed")}
    causes = _causes(batch) if numbers["failed"] else ()
    numbers["failed"] = sum(cause.count for cause in causes)
    undo = _can_be_undone(batch, verb, numbers["waiting"], numbers["done"])
    if verb.undoable and not undo and not numbers["waiting"]:
        numbers["done"] = 0  # none of it is so any more
    return News(batch, verb, **numbers, causes=causes, can_be_undone=undo)


def apart(news: Sequence[News]) -> tuple[list[News], list[News]]:
    """What is under way and what was over last, and apart from it all that was over before."""
    earlier = [one for one in news if not one.waiting][1:]
    return [one for one in news if one not in earlier], earlier


def _can_be_undone(batch: Batch, verb: Verb, waiting: int, done: int) -> bool:
    """Its items are asked only where the numbers do not say it: pages ask for news every second."""
    if not verb.undone_by or waiting or not done:
        return bool(verb.undone_by and waiting)
    return not verb.undoable or batch.items.done().filter(verb.undoable).exists()


def _causes(batch: Batch) -> list[Cause]:
    """The most frequent first."""
    failed = batch.items.failed().filter(_IS_TOLD)
    counts = dict(failed.order_by().values_list("reason").annotate(Count("pk")))
    named: dict[str, list[BatchItem]] = {reason: [] for reason in counts}
    for item in failed.order_by("place")[:_MOST_NAMED]:
        named.setdefault(item.reason, []).append(item)
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return [Cause(reason, count, named[reason]) for reason, count in ordered]
