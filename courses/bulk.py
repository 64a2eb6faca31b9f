"""One edit of many videos: one revision, and as many statements however many they are.

What can be done is done; each of the others has a cause of its own. It is taken back in courses/bulk_undo.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now

from accounts.models import User
from config.ids import uuid7
from config.wake_ups import after_commit
from courses import positions
from courses.linking import ChapterGone, call_linkers
from courses.models import BulkEdit, Chapter, Video
from courses.models.video import AS_NEW, VideoQuerySet
from courses.revisions import GuardFailed, revise
from courses.trash import as_told, gone_of

if TYPE_CHECKING:
    from media_library.renaming import Pattern

MOST = 500
NOT_HERE = "not in this course"
RENAMED = "renamed since the preview"
NAMELESS = "would be left without a title"
NEVER_FAILED = "linked already"
_KEPT = timedelta(days=1)
_LOOKED_AT = (
    *("title", "title_version", "status", "published", "position", "removed_at", "removed_by_id"),
    *("chapter__position", "chapter__removed_at", "chapter__removed_by_id"),
)


@dataclass(frozen=True)
class Outcome:
    """In the order of asking. Without an edit nothing has changed: all that is done was so already."""

    done: list[UUID]
    causes: Mapping[str, list[UUID]]
    edit: BulkEdit | None = None

    @property
    def missed(self) -> list[UUID]:
        return [pk for of_cause in self.causes.values() for pk in of_cause]


class Work:
    """A bulk edit in its transaction, under the lock of the course."""

    def __init__(self, person: User, revision: int, able: list[Video]) -> None:
        self.person = person
        self.revision = revision
        self.able = able
        self.causes: dict[str, list[UUID]] = defaultdict(list)
        self.before: dict[UUID, Any] = {}  # of those that it changes: what it takes to undo that

    def of(self, videos: Sequence[Video]) -> VideoQuerySet:
        """To be changed now."""
        self.before |= dict.fromkeys(video.pk for video in videos)
        return Video.objects.filter(pk__in=[video.pk for video in videos])


Verb = Callable[[Work], object]


def perform(
    course_id: UUID, person: User, name: str, verb: Verb, wanted: Sequence[UUID], edit_id: UUID
) -> Outcome:
    outcome = Outcome([], {})
    with suppress(GuardFailed), revise(course_id) as revision:
        known = BulkEdit.objects.filter(pk=edit_id).first()
        if known and known.course_id == course_id:
            outcome = _as_told_before(known)
            raise GuardFailed
        able, causes = _sorted_out(course_id, person, name, wanted)
        work = Work(person, revision, able)
        verb(work)
        causes |= work.causes
        failed = {pk for of_cause in causes.values() for pk in of_cause}
        outcome = Outcome([pk for pk in wanted if pk not in failed], causes)
        if not work.before:
            raise GuardFailed
        edit = BulkEdit.objects.create(
            pk=uuid7() if known else edit_id,
            course_id=course_id,
            verb=name,
            revision=revision,
            done=list(map(str, outcome.done)),
            causes={cause: list(map(str, of_cause)) for cause, of_cause in causes.items()},
            before={str(pk): before for pk, before in work.before.items()},
        )
        outcome = Outcome(outcome.done, causes, edit)
    return outcome


def _as_told_before(edit: BulkEdit) -> Outcome:
    causes = {cause: list(map(UUID, of_cause)) for cause, of_cause in edit.causes.items()}
    return Outcome(list(map(UUID, edit.done)), causes, edit)


def _sorted_out(
    course_id: UUID, person: User, name: str, wanted: Sequence[UUID]
) -> tuple[list[Video], dict[str, list[UUID]]]:
    """Those that stand, and why the others cannot be changed. Of what is elsewhere nothing is told."""
    here = Video.objects.filter(chapter__course=course_id).select_related("chapter")
    there = here.only(*_LOOKED_AT).in_bulk(list(wanted))
    gone = {pk: what for pk, video in there.items() if (what := gone_of(video))}
    people = User.objects.in_bulk(
        {what.removed_by_id for what in gone.values() if what.removed_by_id}
    )
    able, causes = [], defaultdict(list)
    for pk in wanted:
        if pk not in there:
            causes[NOT_HERE].append(pk)
        elif pk not in gone:
            able.append(there[pk])
        elif name != "remove" or gone[pk].removed_by_id != person.pk:  # by them: it is as they wish
            causes[_removed_by(people.get(gone[pk].removed_by_id), person)].append(pk)
    return able, causes


def _removed_by(remover: User | None, person: User) -> str:
    who = as_told(remover, person)
    return f"removed by {who}" if who else "removed meanwhile"


def remove(work: Work) -> None:
    work.of(work.able).remove(work.revision, work.person)


def publish(work: Work, *, published: bool) -> None:
    others = [video for video in work.able if video.published != published]
    work.of(others).update(published=published, revision=work.revision)


def retry(work: Work) -> None:
    """What is being linked is tried already."""
    failed = [video for video in work.able if video.status == Video.Status.FAILED]
    for video in work.able:
        if video.status == Video.Status.LINKED:
            work.causes[NEVER_FAILED].append(video.pk)
    if work.of(failed).update(**AS_NEW, revision=work.revision):
        after_commit(partial(call_linkers, len(failed)))


@dataclass(frozen=True)
class Seen:
    """Of a title in the preview: its version, and the number that it would get."""

    version: int
    number: int


def rename(work: Work, *, pattern: Pattern, seen: Mapping[UUID, Seen]) -> None:
    titles = {}
    for video in work.able:
        title = pattern.title(video.title, seen[video.pk].number)
        if video.title_version != seen[video.pk].version:
            work.causes[RENAMED].append(video.pk)
        elif not title:
            work.causes[NAMELESS].append(video.pk)
        elif title != video.title:
            titles[video.pk] = title
            work.before[video.pk] = [video.title, title]
    retitle(titles, work.revision, work.person)


def retitle(titles: Mapping[UUID, str], revision: int, person: User | None = None) -> None:
    """Without a person they stay those of who wrote the titles until now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE courses_video SET title = new.title, title_version = title_version + 1,"
            " title_by_id = coalesce(%s, title_by_id), revision = %s"
            " FROM unnest(%s::uuid[], %s::text[]) AS new (id, title)"
            " WHERE courses_video.id = new.id",
            [person.pk if person else None, revision, list(titles), list(titles.values())],
        )


def move(work: Work, *, chapter: Chapter, target: positions.Target) -> None:
    """Side by side, in the order in which they stood."""
    if not Chapter.objects.live().filter(pk=chapter.pk).exists():
        raise ChapterGone
    movers = sorted(work.able, key=lambda video: (video.chapter.position, video.position))
    ids = [video.pk for video in movers]
    siblings = Video.objects.filter(chapter=chapter)
    places = positions.moved_together(siblings, ids, target, work.revision)
    if places is None:
        return
    stood = Video.objects.filter(pk__in=ids).values_list("pk", "chapter", "position")
    places_of = dict(zip(ids, places, strict=True))
    to = str(chapter.pk)
    work.before = {pk: [str(here), position, to, places_of[pk]] for pk, here, position in stood}
    put([(pk, chapter.pk, places_of[pk]) for pk in ids], work.revision)
    left = {video.chapter_id for video in movers} - {chapter.pk}
    # Their figures change, though none of their rows does.
    Chapter.objects.filter(pk__in=left).update(revision=work.revision)


def put(places: Sequence[tuple[UUID, UUID, int]], revision: int) -> None:
    """Videos into chapters at places, all of which are free."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE courses_video SET chapter_id = new.chapter, position = new.position, revision = %s"
            " FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS new (id, chapter, position)"
            " WHERE courses_video.id = new.id",
            [revision, *map(list, zip(*places, strict=True))],
        )


def forget_old() -> None:
    BulkEdit.objects.filter(done_at__lt=Now() - _KEPT).delete()
