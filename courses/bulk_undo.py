"""Taking back what one bulk edit did, of all that has not changed since."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

from config.wake_ups import after_commit
from courses import positions
from courses.bulk import put, retitle
from courses.linking import call_linkers
from courses.models import BulkEdit, Chapter, Video
from courses.revisions import GuardFailed, revise


def undo(edit: BulkEdit) -> tuple[list[UUID], int]:
    """What was taken back, and by which revision; nothing of what somebody has changed since."""
    with suppress(GuardFailed), revise(edit.course_id) as revision:
        known = BulkEdit.objects.filter(pk=edit.pk).values_list("undone", "undone_revision").first()
        if known is None:
            raise GuardFailed
        edit.undone, edit.undone_revision = known
        if edit.undone is not None or not (back := UNDOES[edit.verb](edit, revision)):
            raise GuardFailed
        edit.undone, edit.undone_revision = list(map(str, back)), revision
        edit.save(update_fields=["undone", "undone_revision"])
    return list(map(UUID, edit.undone or [])), edit.undone_revision


def _restore(edit: BulkEdit, revision: int) -> list[UUID]:
    """What was restored and removed since has another revision."""
    removed = Video.objects.in_trash().filter(pk__in=list(edit.before), revision=edit.revision)
    standing = removed.filter(chapter__removed_at=None)  # else they come back with their chapter
    pks = dict(standing.values_list("pk", "status"))
    Video.objects.filter(pk__in=list(pks)).restore(revision)
    if links := list(pks.values()).count(Video.Status.LINKING):
        after_commit(partial(call_linkers, links))
    return list(pks)


def _publish(edit: BulkEdit, revision: int, *, published: bool) -> list[UUID]:
    others = Video.objects.live().filter(pk__in=list(edit.before)).exclude(published=published)
    pks = list(others.values_list("pk", flat=True))
    Video.objects.filter(pk__in=pks).update(published=published, revision=revision)
    return pks


def _move_back(edit: BulkEdit, revision: int) -> list[UUID]:
    """Who stands where it was put goes where it was, or right before who has that place now."""
    standing = Video.objects.standing().filter(pk__in=list(edit.before))
    live = set(Chapter.objects.live().filter(course=edit.course_id).values_list("pk", flat=True))
    places = {}
    left = set()
    for pk, chapter_id, position in standing.values_list("pk", "chapter", "position"):
        home, before, *put_there = edit.before[str(pk)]
        if [str(chapter_id), position] == put_there and UUID(home) in live:
            places[pk] = (UUID(home), before)
            left.add(chapter_id)
    homes = {home for home, _ in places.values()}
    wanted = [before for _, before in places.values()]
    others = Video.objects.filter(chapter__in=homes, position__in=wanted).exclude(
        pk__in=list(places)
    )
    taken = {(other.chapter_id, other.position): other for other in others}
    free = [(pk, *place) for pk, place in places.items() if place not in taken]
    if free:
        put(free, revision)
    for pk, place in places.items():
        if place in taken:  # seldom more than one
            siblings = Video.objects.filter(chapter=place[0])
            position = positions.right_before(siblings, taken[place].pk, pk, revision)
            put([(pk, place[0], position)], revision)
    Chapter.objects.filter(pk__in=left - homes).update(revision=revision)
    return list(places)


def _rename_back(edit: BulkEdit, revision: int) -> list[UUID]:
    """Who is called as it was renamed; one who has another title since keeps that."""
    there = Video.objects.live().filter(pk__in=list(edit.before)).values_list("pk", "title")
    titles = {}
    for pk, title in there:
        before, renamed = edit.before[str(pk)]
        if title == renamed:
            titles[pk] = before
    retitle(titles, revision)
    return list(titles)


UNDOES: dict[str, Callable[[BulkEdit, int], list[UUID]]] = {
    "remove": _restore,
    "publish": partial(_publish, published=False),
    "unpublish": partial(_publish, published=True),
    "move": _move_back,
    "rename": _rename_back,
}
