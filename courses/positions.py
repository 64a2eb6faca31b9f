"""Places in an order, with room between them: a move writes one row, whatever the length of the list.

Every function wants the lock on the course (`revise`). Removed rows keep their place, for they may come
back to it.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Max

STEP = 1_000_000  # about 20 moves into the same gap before the list has to be spaced anew


# From the index that a row has among its live siblings to the one that it shall have among the others.
Target = Callable[[int, list[UUID]], int]


def by(steps: int) -> Target:
    """Down by so many, or up by a negative number, as far as there are any."""
    return lambda here, _: here + steps


def to(place: int) -> Target:
    """The first is 1; whatever is beyond the last is the last."""
    return lambda *_: place - 1


def before(sibling: UUID, otherwise: Target) -> Target:
    """As it was shown; somebody may have taken that one away meanwhile."""

    def target(here: int, others: list[UUID]) -> int:
        return others.index(sibling) if sibling in others else otherwise(here, others)

    return target


def at_end(siblings: models.QuerySet[Any]) -> int:
    last: int | None = siblings.aggregate(last=Max("position"))["last"]
    return (last or 0) + STEP


def moved(siblings: models.QuerySet[Any], mover: UUID, target: Target, revision: int) -> int | None:
    """The new place of `mover`, which may come from another list; None if it stays where it is.

    Where it comes from another list, `target` gets the number of siblings for its index.
    """
    order: list[UUID] = list(
        siblings.filter(removed_at=None).order_by("position").values_list("pk", flat=True)
    )
    is_here = mover in order
    here = order.index(mover) if is_here else len(order)
    if is_here:
        order.remove(mover)
    there = min(max(target(here, order), 0), len(order))
    if is_here and there == here:
        return None
    if there == len(order):
        return at_end(siblings)
    return _before(siblings, siblings.get(pk=order[there]), mover, revision)


def moved_together(
    siblings: models.QuerySet[Any], movers: Sequence[UUID], target: Target, revision: int
) -> list[int] | None:
    """New places of the `movers`, side by side in this order; None if they stand so already.

    `target` says which place the first has among the others.
    """
    order = list(siblings.filter(removed_at=None).order_by("position").values_list("pk", flat=True))
    moving = set(movers)
    others = [pk for pk in order if pk not in moving]
    there = min(max(target(len(others), others), 0), len(others))
    if [*others[:there], *movers, *others[there:]] == order:
        return None
    for _ in range(2):
        if there < len(others):
            upper = siblings.values_list("position", flat=True).get(pk=others[there])
            earlier = siblings.filter(position__lt=upper)
            lower = earlier.aggregate(lower=Max("position", default=0))["lower"]
        else:
            lower = at_end(siblings) - STEP
            upper = lower + STEP * (len(movers) + 1)
        if room := (upper - lower) // (len(movers) + 1):
            return [lower + room * number for number in range(1, len(movers) + 1)]
        _space_anew(siblings, revision)
    raise AssertionError("no room in a list that was just spaced anew")


def right_before(siblings: models.QuerySet[Any], sibling: UUID, mover: UUID, revision: int) -> int:
    """Whether that one is removed or not."""
    return _before(siblings, siblings.get(pk=sibling), mover, revision)


def _before(siblings: models.QuerySet[Any], row: Any, mover: UUID, revision: int) -> int:
    """A free place right before `row` for the sibling `mover`, whose own place counts as free."""
    for _ in range(2):
        earlier = siblings.filter(position__lt=row.position).exclude(pk=mover)
        lower: int = earlier.aggregate(lower=Max("position", default=0))["lower"]
        middle: int = (lower + row.position) // 2
        if middle > lower:
            return middle
        _space_anew(siblings, revision)
        row.refresh_from_db(fields=["position"])
    raise AssertionError("no room in a list that was just spaced anew")


def _space_anew(siblings: models.QuerySet[Any], revision: int) -> None:
    """New places above all the old ones, so that no row meets the old place of another on the way."""
    table = connection.ops.quote_name(siblings.model._meta.db_table)
    query, parameters = (
        siblings.order_by("position").values("id", "position").query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} SET position = spaced.position,
                    revision = CASE WHEN {table}.removed_at IS NULL THEN %s ELSE {table}.revision END
                FROM (SELECT id, max(position) OVER () + {STEP} * row_number() OVER (ORDER BY position)
                             AS position
                      FROM ({query}) AS siblings) AS spaced
                WHERE {table}.id = spaced.id""",  # noqa: S608 - names of our own, no values
            [revision, *parameters],
        )
