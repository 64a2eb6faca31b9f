"""Places in an order, with room between them: a move writes one row, whatever the length of the list.

Every function wants the lock on the course (`revise`). Removed rows keep their place, for they may come
back to it.
"""

from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Max

STEP = 1_000_000  # about 20 moves into the same gap before the list has to be spaced anew


def at_end(siblings: models.QuerySet[Any]) -> int:
    last: int | None = siblings.aggregate(last=Max("position"))["last"]
    return (last or 0) + STEP


def before(siblings: models.QuerySet[Any], row: Any, mover: UUID, revision: int) -> int:
    """A free place right before `row` for the sibling `mover`, whose own place counts as free."""
    for _ in range(2):
        earlier = siblings.filter(position__lt=row.position).exclude(pk=mover)
        lower: int = earlier.aggregate(lower=Max("position", default=0))["lower"]
        middle = (lower + row.position) // 2
        if middle > lower:
            return middle
        _space_anew(siblings, revision)
        row.refresh_from_db(fields=["position"])
    raise AssertionError("no room in a list that was just spaced anew")


def _space_anew(siblings: models.QuerySet[Any], revision: int) -> None:
    """New places above all the old ones, so that no row meets the old place of another on the way."""
    table = connection.ops.quote_name(siblings.model._meta.db_table)
    query, parameters = siblings.order_by("position").values("id", "position").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} SET revision = %s, position = spaced.position
                FROM (SELECT id, max(position) OVER () + {STEP} * row_number() OVER (ORDER BY position)
                             AS position
                      FROM ({query}) AS siblings) AS spaced
                WHERE {table}.id = spaced.id""",  # noqa: S608 - names of our own, no values
            [revision, *parameters],
        )
