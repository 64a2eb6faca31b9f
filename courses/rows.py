"""Which rows a page gets at once, and which later: nobody looks at thousands first."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Q

from config.statements import found
from courses.models import Chapter, Video

# Rows in the first answer of an editor, and in each that brings more of them: a few screens. A course with
# fewer comes whole, for a second way to the studio would only make it slower. Other numbers were not tried.
AT_ONCE = 100


def give_rows(chapters: Sequence[Chapter], most: int | None = None, *, after: int = 0) -> None:
    """The first rows of these chapters, which are in order; `after` is a position in the first of them.

    What changes between this and the rest is left to the feed: the revision of the course must have been
    read before.
    """
    rows: dict[UUID, list[Video]] = {chapter.pk: [] for chapter in chapters}
    rows_of = Video.objects.live().filter(_of(chapters, after)).for_rows()
    in_order = rows_of.order_by("chapter__position", "position")
    taken = found(in_order if most is None else in_order[: most + 1])
    for video in taken[:most]:
        rows[video.chapter_id].append(video)
    for chapter in chapters:
        chapter.rows = rows[chapter.pk]
    if most is not None and len(taken) > most:
        first = next(n for n, one in enumerate(chapters) if one.pk == taken[most].chapter_id)
        _let_wait(chapters[first:], after if first == 0 else 0)


def _let_wait(chapters: Sequence[Chapter], after: int) -> None:
    """The first of them begins after its last row."""
    if chapters[0].rows:
        after = chapters[0].rows[-1].position
    counted = Video.objects.live().filter(_of(chapters, after)).values("chapter").order_by()
    counts = dict(counted.annotate(count=Count("*")).values_list("chapter", "count"))
    chapters[0].rows_after = after
    for chapter in chapters:
        chapter.rows_waiting = counts.get(chapter.pk, 0)


def _of(chapters: Sequence[Chapter], after: int) -> Q:
    first = [chapter.pk for chapter in chapters[:1]]
    others = [chapter.pk for chapter in chapters[1:]]
    return Q(chapter__in=first, position__gt=after) | Q(chapter__in=others)
