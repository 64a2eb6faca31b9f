"""Things done to many files at once, by a worker: 1,000 of them keep no request waiting.

The rows are the queue, as everywhere here. A worker does one step after the other; each is a transaction of
its own that does something to a file and says so in its item. So a worker that is killed, or a call that
comes twice, late or never, does nothing twice and leaves nothing out.
"""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Window
from django.db.models.functions import Now, RowNumber

from accounts.models import User
from config.connections import has_died
from config.ids import uuid7
from config.wake_ups import after_commit, wake
from media_library.batch_verbs import ALREADY, NO_SUCH_FILE, VERBS, Outcomes, Verb
from media_library.models import Batch, BatchItem, BatchQuerySet, MediaFile, MediaFileQuerySet

_log = logging.getLogger("lectern.media")
KEPT = timedelta(days=30)
BUSY = "Something else was being done with it just then. Try again."
UNEXPECTED = (
    "Something went wrong that should not have. Try again; if it stays so, tell your staff."
)
_OUT_OF_DATE = "This can no longer be done."
MOST_UNDER_WAY = 20
_READ_BY = timedelta(minutes=10)
_SLICE = 1.0  # seconds; then it is the turn of what else waits for a worker


class TooMany(Exception):
    """Of this person's are under way."""


class NothingToDo(Exception):
    """Nothing matches any more."""


class IdTaken(Exception):
    """The id that the page made belongs to something else."""


def start(
    owner: User,
    verb: str,
    files: Sequence[UUID] | MediaFileQuerySet,
    details: dict[str, Any] | None = None,
    batch_id: UUID | None = None,
) -> Batch:
    """A constant number of statements, however many files. The same id again changes nothing."""
    try:
        return _start(owner, verb, files, details, batch_id)
    except IntegrityError:  # one of the files was deleted just then: now it is seen to be gone
        return _start(owner, verb, files, details, batch_id)


def _start(
    owner: User,
    verb: str,
    files: Sequence[UUID] | MediaFileQuerySet,
    details: dict[str, Any] | None,
    batch_id: UUID | None,
) -> Batch:
    with transaction.atomic():
        # Those who come at the same time wait here, and then are counted.
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        batch, is_new = Batch.objects.get_or_create(
            pk=batch_id or uuid7(),
            defaults={"owner": owner, "verb": verb, "details": details or {}},
        )
        if batch.owner_id != owner.pk:
            raise IdTaken
        if is_new:
            if Batch.objects.owned_by(owner).under_way().count() >= MOST_UNDER_WAY:
                raise TooMany
            # Not at once: something else is begun before one notices that it should be undone.
            _what_went_well(owner).filter(created_at__lt=Now() - _READ_BY).dismiss()
            if isinstance(files, MediaFileQuerySet):
                _fill_in_order(batch, files)
            else:
                _fill_as_chosen(batch, files)
            if not batch.items.exists():
                raise NothingToDo
            after_commit(partial(call_for, batch.pk))
    return batch


def _what_went_well(owner: User) -> BatchQuerySet:
    there = Batch.objects.owned_by(owner).filter(dismissed_at=None)
    left = BatchItem.objects.filter(batch__in=there).exclude(status=BatchItem.Status.DONE)
    return there.exclude(pk__in=left.values("batch"))


_COLUMNS = "(id, batch_id, place, media_id, name, details, status, reason)"
_AS_CHOSEN = f"""
    INSERT INTO media_library_batchitem {_COLUMNS}
    SELECT uuidv7(), %(batch)s, chosen.place, media.id, coalesce(media.name, 'Unknown file'), '{{}}',
           CASE WHEN media.id IS NULL THEN 'failed' ELSE 'waiting' END,
           CASE WHEN media.id IS NULL THEN '{NO_SUCH_FILE}' ELSE '' END
    FROM unnest(%(media)s::uuid[]) WITH ORDINALITY AS chosen (id, place)
    LEFT JOIN media_library_mediafile AS media
        ON media.id = chosen.id AND media.owner_id = %(owner)s AND media.version_of_id IS NULL
"""  # noqa: S608 - constants of our own
_IN_ORDER = f"""
    INSERT INTO media_library_batchitem {_COLUMNS}
    SELECT uuidv7(), %s, chosen.place, chosen.id, chosen.name, '{{{{}}}}', 'waiting', ''
    FROM ({{files}}) AS chosen (id, name, place)
"""  # noqa: S608
_OF_WHAT_WAS_DONE = f"""
    INSERT INTO media_library_batchitem {_COLUMNS}
    SELECT uuidv7(), %s, place, media_id, name, details || jsonb_build_object('undoes', id), 'waiting', ''
    FROM media_library_batchitem
    WHERE batch_id = %s AND status = 'done' AND details->>'{ALREADY}' IS NULL
"""  # noqa: S608


def _fill_as_chosen(batch: Batch, media_ids: Sequence[UUID]) -> None:
    """Of what is not theirs nothing is told, not even that it is there."""
    with connection.cursor() as cursor:
        each_once = list(dict.fromkeys(media_ids))
        given: dict[str, Any] = {"batch": batch.pk, "media": each_once, "owner": batch.owner_id}
        cursor.execute(_AS_CHOSEN, given)


def _fill_in_order(batch: Batch, files: MediaFileQuerySet) -> None:
    order: Any = files.query.order_by
    place = Window(RowNumber(), order_by=list(order))
    numbered = files.order_by().annotate(place=place).values_list("pk", "name", "place")
    try:
        sql, parameters = numbered.query.sql_with_params()
    except EmptyResultSet:  # Django knows already that nothing matches
        return
    _take_your_time()
    with connection.cursor() as cursor:
        cursor.execute(_IN_ORDER.format(files=sql), [batch.pk, *parameters])


def _take_your_time() -> None:
    """100,000 files took 5.3 s on a machine that was busy with other things; a page waits for 15."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '12s'")


def call_for(batch_id: UUID) -> None:
    wake("media_library.perform_batch", str(batch_id))


def perform(batch_id: UUID) -> bool:
    """For a while. True if there is more to do."""
    until = time.monotonic() + _SLICE
    while _step(batch_id):
        if time.monotonic() >= until:
            return True
    return False


def _step(batch_id: UUID) -> bool:
    """Whoever holds the batch does its next items; who comes meanwhile is not needed."""
    with transaction.atomic():
        batches = Batch.objects.select_for_update(no_key=True, skip_locked=True, of=["self"])
        batch = batches.select_related("owner").filter(pk=batch_id).first()
        if batch is None:
            return False
        verb = VERBS.get(batch.verb)
        waiting = batch.items.waiting().select_related("media").order_by("place")
        items = list(waiting[: verb.at_once if verb else 1])
        if not items:
            return False
        outcomes = _attempt(verb, batch, items) if verb else [_OUT_OF_DATE]
        for item, reason in zip(items, outcomes, strict=True):
            item.status = BatchItem.Status.FAILED if reason else BatchItem.Status.DONE
            item.reason = reason
        BatchItem.objects.bulk_update(items, ["status", "reason", "details"])
    return True


def _attempt(verb: Verb, batch: Batch, items: Sequence[BatchItem]) -> Outcomes:
    """Whatever goes wrong is one item's misfortune, and not the batch's."""
    try:
        with transaction.atomic():
            outcomes = _perform(verb, batch, items)
            connection.check_constraints()  # else a file that was deleted just then is noticed too late
            return outcomes
    except (OperationalError, InterfaceError) as error:
        if has_died(error):
            raise
        _log.warning("%s of %s met somebody else: %s", batch.verb, items[0].media_id, error)
        return [BUSY] * len(items)
    except Exception:  # of one file, that nobody thought of: the others shall have their turn
        if len(items) > 1:
            return [_attempt(verb, batch, [item])[0] for item in items]
        _log.exception("%s of %s failed", batch.verb, items[0].media_id)
        return [UNEXPECTED]


def _perform(verb: Verb, batch: Batch, items: Sequence[BatchItem]) -> Outcomes:
    there = [(item, item.media) for item in items if _is_theirs(batch, item.media)]
    pairs = [(item, media) for item, media in there if media is not None]
    outcomes = dict(zip([item for item, _ in pairs], verb.perform(batch, pairs), strict=True))
    return [outcomes.get(item, NO_SUCH_FILE) for item in items]


def _is_theirs(batch: Batch, media: MediaFile | None) -> bool:
    return media is not None and media.owner_id == batch.owner_id and media.version_of_id is None


def retry(batch: Batch, **details: Any) -> int:
    """Those that failed, unless it was undone. Answers with how many these are."""
    with transaction.atomic():
        _take_your_time()
        locked = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if Batch.objects.filter(undoes=locked).exists():
            return 0
        locked.details |= details
        locked.dismissed_at = None
        locked.save(update_fields=["details", "dismissed_at"])
        again = locked.items.failed().update(status=BatchItem.Status.WAITING, reason="")
        after_commit(partial(call_for, batch.pk))
    return again


def undo(batch: Batch) -> Batch | None:
    """What waits is not done any more, and what was done is taken back, by a batch of its own.

    None if that cannot be done. Undone twice, it is undone once.
    """
    verb = VERBS.get(batch.verb)
    if verb is None or not verb.undone_by:
        return None
    with transaction.atomic():
        locked = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        _take_your_time()
        if undone := Batch.objects.filter(undoes=locked).first():
            return undone
        locked.items.waiting().delete()
        undoing = Batch.objects.create(owner=locked.owner, verb=verb.undone_by, undoes=locked)
        with connection.cursor() as cursor:
            cursor.execute(_OF_WHAT_WAS_DONE, [undoing.pk, locked.pk])
        Batch.objects.filter(pk=locked.pk).dismiss()
        after_commit(partial(call_for, undoing.pk))
    return undoing


def put_away(batch: Batch) -> None:
    """With what went well before it, which would come up in its place."""
    Batch.objects.filter(pk=batch.pk).dismiss()
    _what_went_well(batch.owner).filter(created_at__lt=batch.created_at).dismiss()


def forget_what_is_old() -> int:
    """Nobody asks after a month what became of it."""
    old: BatchQuerySet = Batch.objects.filter(created_at__lt=Now() - KEPT)
    return old.delete()[1].get("media_library.Batch", 0)
