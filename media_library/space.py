"""How much space the files of a person take: to the byte, and without a look at each of them.

Triggers of the database append to a ledger what each change of files adds or takes, in the same transaction;
what is taken is the sum of a person's entries. Nobody waits for anybody: an entry is never changed, and the
sweeper folds those of a person into one.

The ledger is no model: `loaddata` would bring entries of files whose own coming is entered already.
"""

from django.conf import settings
from django.db import connection

from accounts.models import User

_AT_ONCE = 1000
# Of one moment for whoever adds up: the entries, or the one that they became. Those that somebody else folds
# are left out; by owner, for two of one person must meet here to become fewer.
_FOLD = """
    WITH gone AS (
        DELETE FROM media_library_space WHERE id = ANY(ARRAY(
            SELECT id FROM media_library_space
            WHERE owner IN (SELECT owner FROM media_library_space GROUP BY owner HAVING count(*) > 1)
            ORDER BY owner LIMIT %s FOR UPDATE SKIP LOCKED
        )) RETURNING owner, bytes
    )
    INSERT INTO media_library_space (owner, bytes)
    SELECT owner, sum(bytes) FROM gone GROUP BY owner HAVING sum(bytes) <> 0
"""


def taken(owner: User) -> int:
    """By all of their files: also those in the trash, former versions, and what is yet to arrive."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(bytes) FROM media_library_space WHERE owner = %s", [owner.pk])
        (bytes_taken,) = cursor.fetchone()
    return int(bytes_taken or 0)


def left(owner: User) -> int:
    return max(0, settings.MEDIA_SPACE_PER_PERSON - taken(owner))


def fold() -> None:
    """Some of the entries: for the sweeper, which has other things to do as well."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [_AT_ONCE])
