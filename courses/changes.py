"""What changed in a course after a revision: the feed of its pages, and the answer to every verb."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from config.statements import AnyOf, Prepared
from courses.models import Chapter, Course, Video
from courses.models.video import LONG_WAIT


@dataclass(frozen=True)
class Figures:
    """Of a chapter. `asked` are the links of the batches that are under way; nought when none is."""

    videos: int = 0
    play_time: timedelta = timedelta()
    asked: int = 0
    linked: int = 0
    failed: int = 0
    is_waiting: bool = False  # for a worker: none has come for any of them
    uncaptioned: int = 0

    @property
    def in_flight(self) -> bool:
        return self.asked > 0


_FIGURES = """
    SELECT chapter_id, count(*), coalesce(sum(duration), '0'),
           count(*) FILTER (WHERE requested_at >= began),
           count(*) FILTER (WHERE requested_at >= began AND status = 'linked'),
           count(*) FILTER (WHERE requested_at >= began AND status = 'failed'),
           coalesce(bool_and(due_at < now() - make_interval(secs => %s)
                             AND coalesce(lease_until < now(), true))
                        FILTER (WHERE status = 'linking'), false),
           count(*) FILTER (WHERE status = 'linked' AND NOT EXISTS (
               SELECT FROM media_library_captions AS captions WHERE captions.media_id = live.media_id))
    FROM (SELECT video.chapter_id, video.status, video.requested_at, video.due_at, video.lease_until,
                 video.media_id, media.duration,
                 min(video.requested_at) FILTER (WHERE video.status = 'linking')
                     OVER (PARTITION BY video.chapter_id) AS began
          FROM courses_video AS video
          JOIN media_library_mediafile AS media ON media.id = video.media_id
          WHERE video.chapter_id = ANY(%s) AND video.removed_at IS NULL) AS live
    GROUP BY chapter_id
"""


def with_figures(chapters: Iterable[Chapter]) -> list[Chapter]:
    """One query for all; a batch is what was asked for since the oldest link that is under way."""
    chapters = list(chapters)
    figures: dict[UUID, Figures] = {}
    if chapters:
        with connection.cursor() as cursor:
            chapter_ids = [chapter.pk for chapter in chapters]
            cursor.execute(_FIGURES, [LONG_WAIT.total_seconds(), chapter_ids])
            figures = {row[0]: Figures(*row[1:]) for row in cursor.fetchall()}
    for chapter in chapters:
        chapter.figures = figures.get(chapter.pk, Figures())
    return chapters


@dataclass(frozen=True)
class Changes:
    """`heads` are chapters that changed themselves, `touched` those of which only rows did.

    The `rows` of both are the changed ones alone.
    """

    heads: list[Chapter]
    touched: list[Chapter]
    gone_chapters: list[UUID]
    gone_videos: list[UUID]
    # All chapters and videos that there are, for a page from before something was forgotten.
    standing: list[UUID] | None = None


def _changed_rows(course_id: UUID, since: int) -> QuerySet[Video]:
    return Video.objects.filter(chapter__course=course_id, revision__gt=since).for_rows()


def _live_rows(chapter_id: UUID, video_ids: list[UUID]) -> QuerySet[Video]:
    return Video.objects.live().filter(AnyOf(F("id"), video_ids), chapter=chapter_id).for_rows()


def _changed_chapters(course_id: UUID, since: int) -> QuerySet[Chapter]:
    changed_rows = Video.objects.filter(chapter=OuterRef("pk"), revision__gt=since)
    changed = Q(revision__gt=since) | Exists(changed_rows)
    return Chapter.objects.filter(changed, course=course_id).in_order()


_rows_since = Prepared(_changed_rows, UUID, int)
_these_rows = Prepared(_live_rows, UUID, list)
_chapters_since = Prepared(_changed_chapters, UUID, int)


def changes_since(course: Course, since: int) -> Changes:
    """The course's revision must have been read before: what comes later, the next call finds again."""
    rows: dict[UUID, list[Video]] = {}
    gone_videos = []
    for video in _rows_since(course.pk, since):
        of_chapter = rows.setdefault(video.chapter_id, [])
        if video.removed_at is None:
            of_chapter.append(video)
        else:
            gone_videos.append(video.pk)
    is_too_old = since < course.forgotten
    changed = course.chapters.in_order() if is_too_old else _chapters_since(course.pk, since)
    live = with_figures(chapter for chapter in changed if chapter.removed_at is None)
    gone_chapters = [chapter.pk for chapter in changed if chapter.removed_at is not None]
    # A page that slept may have them in another chapter still.
    gone_videos += [video.pk for chapter_id in gone_chapters for video in rows.get(chapter_id, [])]
    for chapter in live:
        chapter.rows = rows.get(chapter.pk, [])
    return Changes(
        heads=[chapter for chapter in live if chapter.revision > since],
        touched=[chapter for chapter in live if chapter.revision <= since],
        gone_chapters=gone_chapters,
        gone_videos=gone_videos,
        standing=_standing(course) if is_too_old else None,
    )


def head_of(chapter: Chapter) -> Changes:
    """Itself alone, whenever it changed."""
    with_figures([chapter])
    chapter.rows = []
    return Changes(heads=[chapter], touched=[], gone_chapters=[], gone_videos=[])


def _standing(course: Course) -> list[UUID]:
    videos = Video.objects.standing().filter(chapter__course=course)
    chapters = course.chapters.live()
    return [pk for there in (chapters, videos) for pk in there.values_list("pk", flat=True)]


def only(chapter: Chapter, video_ids: Sequence[UUID]) -> Changes:
    """These rows of a chapter, whenever they changed."""
    with_figures([chapter])
    chapter.rows = _these_rows(chapter.pk, list(video_ids))
    return Changes(heads=[], touched=[chapter], gone_chapters=[], gone_videos=[])
