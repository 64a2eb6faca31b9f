"""`manage.py bring_up`: from an empty database to one that the studio can start on."""

import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.conftest import ROOT

Environment = dict[str, str]


@pytest.fixture
def empty_database(studio_environment: Environment) -> Iterator[Environment]:
    server = connection.settings_dict
    name = f"{server['NAME']}_bring_up"
    address = f"postgresql://{server['USER']}@/{{}}?host={quote(str(server['HOST']), safe='')}"
    with psycopg.connect(address.format("postgres"), autocommit=True) as postgres:
        postgres.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield studio_environment | {"DATABASE_URL": address.format(name)}
        postgres.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def start(environment: Environment) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "bring_up"],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def said_by(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said


def test_two_at_once_apply_the_migrations_once_and_a_third_does_nothing(
    empty_database: Environment,
) -> None:
    both = [start(empty_database), start(empty_database)]
    said = [said_by(process) for process in both]
    assert sorted("Applying courses.0001_initial" in words for words in said) == [False, True]
    assert said_by(start(empty_database)) == ""
    with psycopg.connect(empty_database["DATABASE_URL"]) as studio:
        (count,) = studio.execute("SELECT count(*) FROM accounts_user").fetchone() or (None,)
        assert count == 0
