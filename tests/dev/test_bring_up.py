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
    yield from _database(studio_environment, "")


@pytest.fixture
def database_without_letters(studio_environment: Environment) -> Iterator[Environment]:
    yield from _database(studio_environment, " TEMPLATE template0 LC_CTYPE 'C'")


def _database(studio_environment: Environment, terms: str) -> Iterator[Environment]:
    server = connection.settings_dict
    name = f"{server['NAME']}_bring_up"
    address = f"postgresql://{server['USER']}@/{{}}?host={quote(str(server['HOST']), safe='')}"
    with psycopg.connect(address.format("postgres"), autocommit=True) as postgres:
        postgres.execute(sql.SQL("CREATE DATABASE {}" + terms).format(sql.Identifier(name)))
        yield studio_environment | {"DATABASE_URL": address.format(name)}
        postgres.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def start(environment: Environment, command: str = "bring_up") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", command],
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


def test_a_private_cluster_from_before_learns_the_letters_of_all_scripts(
    database_without_letters: Environment,
) -> None:
    address = database_without_letters["DATABASE_URL"]
    production = said_by(start(database_without_letters | {"DEBUG": "0"}))
    assert "letters" not in production
    with psycopg.connect(address) as studio:
        assert _trigrams(studio) == []
        before = _index(studio)
    under_debug = database_without_letters | {"DEBUG": "1"}
    assert "letters of all scripts" in said_by(start(under_debug))
    with psycopg.connect(address) as studio:
        assert _trigrams(studio)
        assert _index(studio) != before, "it is made anew"
    assert said_by(start(under_debug)) == ""


def _trigrams(studio: psycopg.Connection) -> list[str]:
    (trigrams,) = studio.execute("SELECT show_trgm('д')").fetchone() or ([],)
    return list(trigrams)


def _index(studio: psycopg.Connection) -> int:
    (file,) = studio.execute("SELECT pg_relation_filenode('media_file_words')").fetchone() or (0,)
    return int(file)


def test_a_migration_warns_of_a_database_without_letters(
    database_without_letters: Environment,
) -> None:
    said = said_by(start(database_without_letters, "migrate"))
    assert "media_library.W001" in said


def test_learning_letters_goes_on_where_it_was_interrupted(
    database_without_letters: Environment,
) -> None:
    under_debug = database_without_letters | {"DEBUG": "1"}
    said_by(start(database_without_letters | {"DEBUG": "0"}))
    with psycopg.connect(database_without_letters["DATABASE_URL"]) as studio:
        studio.execute("LOCK TABLE media_library_mediafile IN ROW EXCLUSIVE MODE")
        before = _index(studio)
        interrupted = start(under_debug)
        interrupted.communicate(timeout=60)
        assert interrupted.returncode, "it does not get the lock that making an index takes"
    said_by(start(under_debug))
    with psycopg.connect(database_without_letters["DATABASE_URL"]) as studio:
        assert _index(studio) != before
        question = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'media_file_words'::regclass"
        assert studio.execute(question).fetchone() == (True,)
