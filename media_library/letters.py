"""Whether PostgreSQL takes letters for letters.

`pg_trgm` asks LC_CTYPE of the database, whatever provider sorts it. Under C only A to Z are letters: then no
trigram has any other, and a typo in Cyrillic, in Greek or beside an accent is forgiven only where the newest
names have the word.
"""

from typing import Any

from django.core import checks
from django.db import DataError, connection, transaction

from config.dev import clusters

_NONE = "datname = current_database() AND datctype IN ('C', 'POSIX')"
# Sorted by a provider of its own, the database asks LC_CTYPE for nothing that is stored, but for trigrams.
_TEACHABLE = f"""
    SELECT current_setting('cluster_name') = '{clusters.NAME}'
        AND EXISTS (SELECT FROM pg_database WHERE {_NONE} AND datlocprovider = 'b')
        AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
"""  # noqa: S608 - constants of our own
_OF_TRIGRAMS = "pg_opclass.oid = ANY (indclass) AND opcname = 'gin_trgm_ops'"
# It would hide the names with other letters: so nobody asks it until it is made anew, however late that is.
_MISTRUST = f"UPDATE pg_index SET indisvalid = false FROM pg_opclass WHERE {_OF_TRIGRAMS}"  # noqa: S608
_MISTRUSTED = f"""
    SELECT indexrelid::regclass::text FROM pg_index, pg_opclass
    WHERE {_OF_TRIGRAMS} AND NOT indisvalid
"""  # noqa: S608


def check(*, databases: Any = None, **_: Any) -> list[checks.CheckMessage]:
    """`manage.py migrate` says so."""
    if not databases or not _ask(f"SELECT EXISTS (SELECT FROM pg_database WHERE {_NONE})"):  # noqa: S608
        return []
    return [
        checks.Warning(
            "LC_CTYPE of the database is C: typos in letters other than A to Z will often not be forgiven.",
            hint="docs/deploy.md says how to make a database that knows them.",
            id="media_library.W001",
        )
    ]


def teach() -> bool:
    """To a private cluster that was made without them. Whether it was; its indexes are out of use then."""
    if not _ask(_TEACHABLE):
        return False
    known = next((name for name in clusters.CTYPES if _is_known(name)), None)
    if known is None:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE pg_database SET datctype = %s WHERE {_NONE}", [known])  # noqa: S608
        cursor.execute(_MISTRUST)
    connection.close()  # those that begin from now on know
    return True


def make_indexes_anew() -> None:
    """Of those that were made without them, by a connection that knows."""
    with connection.cursor() as cursor:
        cursor.execute(_MISTRUSTED)
        for (name,) in cursor.fetchall():
            cursor.execute(f"REINDEX INDEX {name}")


def _ask(question: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question)
        (is_so,) = cursor.fetchone()
    return bool(is_so)


def _is_known(ctype: str) -> bool:
    """To the server's system: with another one no connection could be made any more."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "CREATE COLLATION is_it_known (provider = libc, lc_collate = 'C', lc_ctype = %s)",
                [ctype],
            )
            transaction.set_rollback(True)
    except DataError:
        return False
    return True
