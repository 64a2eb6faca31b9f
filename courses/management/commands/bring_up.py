"""`manage.py bring_up`: everything between an empty database and a studio that can start, in one process."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.dev.demo import make_demo_world
from media_library import letters


class Command(BaseCommand):
    help = (
        "Apply the migrations; with --demo, make the demo world in a studio that has no people yet."
    )
    requires_system_checks = []  # they take longer than a start with nothing to do

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="only under DEBUG=1")

    def handle(self, *, demo: bool, **_: Any) -> None:
        if demo and not settings.DEBUG:
            raise CommandError(
                "The demo world has accounts with a known password: only under DEBUG=1."
            )
        with _one_at_a_time():
            is_news = settings.DEBUG and letters.teach()
        if is_news:
            self.stdout.write("The search forgives typos in letters of all scripts now.")
        with _one_at_a_time():
            if settings.DEBUG:
                letters.make_indexes_anew()
            if _migrations_are_missing():
                call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
            if demo:
                make_demo_world(self.stdout.write)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Asked for again and again: the connection's lock_timeout is shorter than a migration may take."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('lectern bring_up'))")
            if cursor.fetchone() == (True,):
                break
            time.sleep(0.1)
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('lectern bring_up'))")


def _migrations_are_missing() -> bool:
    """Django's own command needs 1 s to find that out: it looks at every model, too."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
