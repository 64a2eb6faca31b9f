"""`manage.py import_media`: files of a folder or a bucket become files of somebody's library."""

import math
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from config.template_tags import bytes_for_people, counted
from media_library import fetching, importing, sources
from media_library.file_errors import NotNow, StorageSilent
from media_library.importing import Fate, Look, Plan
from media_library.models import MediaFile
from media_library.sources import Folder, OutsideSource, Source


class Command(BaseCommand):
    help = (
        "Import the videos of a folder, of IMPORT_FOLDER or of a storage. What is there already is not"
        " imported twice: run it again for what is new, or to go on where it was interrupted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="without it: IMPORT_FOLDER or IMPORT_STORAGE")
        parser.add_argument("--storage", metavar="DOTTED.PATH", help="a Django storage class")
        parser.add_argument("--owner", required=True, help="the user name of an instructor")
        parser.add_argument("--below", default="", metavar="SUBFOLDER")
        parser.add_argument("--dry-run", action="store_true", help="show, and import nothing")

    def handle(
        self,
        *,
        folder: str | None,
        storage: str | None,
        owner: str,
        below: str,
        dry_run: bool,
        **_: Any,
    ) -> None:
        person = _person(owner)
        source = _source(folder, storage)
        seen = _look(source, below)
        if dry_run:
            self._show(importing.plan(person, source, seen))
            return
        given = next((one for one in _given() if source.prefix.startswith(one.prefix)), None)
        begun = importing.begin(person, source, seen, by_workers=given is not None)
        self._sum_up(begun)
        if given is None:
            self._fetch(person, source, begun)
        elif begun.wanted:
            self.stdout.write("Workers fetch them; the library shows how far they are.")

    def _show(self, plan: Plan) -> None:
        for candidate in plan.candidates:
            size = bytes_for_people(candidate.size)
            self.stdout.write(f"{candidate.fate:>20}  {size:>9}  {_printable(candidate.path)}")
        self._sum_up(plan)
        self.stdout.write("This was a dry run: nothing is imported.")

    def _sum_up(self, plan: Plan) -> None:
        self.stdout.write(
            f"{counted(plan.wanted, 'file')} to import, {bytes_for_people(plan.bytes)}."
        )
        left_out = [
            f"{number} {fate}" for fate, number in plan.fates.items() if fate != Fate.IMPORT
        ]
        left_out += [f"{plan.hidden} hidden"] if plan.hidden else []
        if left_out:
            self.stdout.write(f"The others: {', '.join(left_out)}.")

    def _fetch(self, person: User, source: Source, begun: Plan) -> None:
        """Here, by the code of the workers: they are not given this source."""
        ours = [one for one in begun.candidates if one.fate in (Fate.IMPORT, Fate.GOES_ON)]
        rows = importing.unfinished(person, source, ours)
        imported, broken, silent = 0, [], []
        try:
            for number, media in enumerate(rows, start=1):
                try:
                    self._fetch_all(media, source, f"{number} of {len(rows)}: {media.name}")
                except NotNow as error:
                    silent.append(f"{media.name}: {error}")
                    continue
                if media.status == MediaFile.Status.BROKEN:
                    broken.append(f"{media.name}: {media.sentence}")
                else:
                    imported += 1
        except KeyboardInterrupt:
            self.stderr.write("Interrupted. Run it again, and it goes on where it was.")
            sys.exit(130)
        finally:
            self.stdout.write(f"{counted(imported, 'file')} imported.")
        for line in broken:
            self.stdout.write(f"Not imported: {line}")
        for line in silent:
            self.stdout.write(f"Not yet, run it again: {line}")

    def _fetch_all(self, media: MediaFile, source: Source, shown: str) -> None:
        path = media.fetched_from.removeprefix(source.prefix)
        while media.status == MediaFile.Status.UPLOADING:
            self._tell(f"{shown}, {media.percent} %")
            fetching.fetch_piece(media, source, path)
            if not _refreshed(media):  # its owner has cancelled it
                return
        self._tell(f"{shown}, done\n")

    def _tell(self, words: str) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r\033[K{words}", ending="")
            self.stdout.flush()


def _printable(path: str) -> str:
    """What a terminal would take for an order, or nobody would see, in the letters of a program."""
    shown = (one if one.isprintable() else one.encode("unicode_escape").decode() for one in path)
    return "".join(shown)


def _refreshed(media: MediaFile) -> bool:
    there = MediaFile.objects.filter(pk=media.pk).exists()
    if there:
        media.refresh_from_db()
    return there


def _person(owner: str) -> User:
    person = User.objects.filter(username__iexact=owner, is_active=True).first()
    if person is None:
        raise CommandError(f"Nobody is called {owner!r}, or their account is closed.")
    return person


def _given() -> list[Source]:
    return list(sources.given().values())


def _source(folder: str | None, storage: str | None) -> Source:
    if folder and storage:
        raise CommandError("Name a folder or a storage, not both.")
    if folder:
        return Folder(folder)
    try:
        if storage:
            return sources.storage(storage)
    except StorageSilent as error:
        raise CommandError(f"{storage}: {error}") from None
    given = _given()
    if len(given) != 1:
        raise CommandError("Say from where: a folder, or --storage with a storage class.")
    return given[0]


def _look(source: Source, below: str) -> Look:
    try:
        return importing.look(
            source, sources.clean(below.strip("/")), most=sys.maxsize, seconds=math.inf
        )
    except FileNotFoundError:
        raise CommandError(f"There is no folder {below!r} in {source.label}.") from None
    except OutsideSource:
        raise CommandError(f"{below!r} leads out of {source.label}.") from None
    except StorageSilent as error:
        raise CommandError(f"Cannot read {source.label}: {error}") from None
