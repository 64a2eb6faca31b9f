"""Sessions in PostgreSQL, which say what happened when it is away."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, UpdateError
from django.db import InterfaceError, OperationalError, connection

from config.connections import has_died
from config.middleware import reach_database


class SessionStore(db.SessionStore):
    """Django's takes every error of the database for a session that somebody deleted: 400.

    The session is saved last, when a form has done its work. Losing the connection just then must not
    look as if nothing had been done, so the session is saved once more: it is the same row again.
    """

    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie can say any text, also one that PostgreSQL takes for no text at all."""
        return key is not None and len(key) >= 8 and set(key) <= set(VALID_KEY_CHARS)

    def save(self, must_create: bool = False) -> None:
        try:
            self._save(must_create)
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or not has_died(error):
                raise
            connection.close()
            reach_database()
            self._save(must_create)

    def _save(self, must_create: bool) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            cause = error.__context__
            if isinstance(cause, (OperationalError, InterfaceError)):
                raise cause from cause.__cause__
            raise
