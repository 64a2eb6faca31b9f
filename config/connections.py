"""The two servers, from their URLs into the words of the libraries that connect to them."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import DatabaseError, InterfaceError
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from config.env import EnvironmentVariableError


def database(url: str, *, connect_timeout: int, **server_settings: str) -> dict[str, Any]:
    """A PostgreSQL URL, as libpq reads it, in Django's words."""
    try:
        given = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise EnvironmentVariableError(f"DATABASE_URL cannot be understood: {error}") from None
    names = {
        "NAME": "dbname",
        "USER": "user",
        "PASSWORD": "password",
        "HOST": "host",
        "PORT": "port",
    }
    named = {name: given.pop(key) for name, key in names.items() if key in given}
    settings = " ".join(f"-c {name}={value}" for name, value in server_settings.items())
    given["options"] = f"{settings} {given.get('options', '')}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "OPTIONS": {"connect_timeout": connect_timeout, **given},
    }


def has_died(error: DatabaseError | InterfaceError) -> bool:
    """Whether the connection ended, and not only the statement.

    The connection itself cannot be asked: by now Django may have made another one, to leave a
    transaction. So the code says it: shut down or crashed (57P), a broken connection (08), or none at
    all, if it was libpq that noticed.
    """
    code = getattr(error.__cause__, "sqlstate", None)
    return code is None or code.startswith(("57P", "08"))


def celery_broker(redis_url: str) -> str:
    """The same server as kombu spells it: a unix socket is `redis+socket` there, `unix` in redis-py."""
    parts = urlsplit(redis_url)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise EnvironmentVariableError("REDIS_URL must begin with redis://, rediss:// or unix://.")
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"
