"""What holds whoever did what: asked of all rows, and of a page that only ever hears the feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection

from courses.changes import changes_since, with_figures
from courses.models import Chapter, Course, Video

Columns = Mapping[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """All courses, chapters and videos, whosever they are."""

    revisions: dict[UUID, int]
    chapters: dict[UUID, Columns]
    videos: dict[UUID, Columns]

    @classmethod
    def taken(cls) -> Snapshot:
        courses = _all("courses_course")
        revisions = {pk: course["revision"] for pk, course in courses.items()}
        return cls(revisions, _all("courses_chapter"), _all("courses_video"))

    @property
    def rows(self) -> dict[UUID, Columns]:
        return self.chapters | self.videos

    def differing(self, other: Snapshot) -> set[UUID]:
        mine, others = self.rows, other.rows
        return {pk for pk in mine | others if mine.get(pk) != others.get(pk)}

    def live_order(self, chapter_id: UUID) -> list[UUID]:
        rows = [row for row in self.videos.values() if row["chapter_id"] == chapter_id]
        live = [row for row in rows if row["removed_at"] is None]
        return [row["id"] for row in sorted(live, key=lambda row: row["position"])]

    def is_crowded(self, chapter_id: UUID) -> bool:
        """Somewhere there is no room between two places."""
        rows = [row for row in self.videos.values() if row["chapter_id"] == chapter_id]
        taken = sorted({0, *(row["position"] for row in rows)})
        return any(after - before < 2 for before, after in pairwise(taken))

    def check(self) -> None:
        places = Counter((row["chapter_id"], row["position"]) for row in self.videos.values())
        assert set(places.values()) <= {1}, "two videos stand in one place"
        for video in self.videos.values():
            of_course = self.revisions[self.chapters[video["chapter_id"]]["course_id"]]
            assert video["revision"] <= of_course, "no page would ever be told of this row"
            if video["removed_at"] is not None:
                assert video["lease_token"] is None, "somebody may still settle a removed video"


def _all(table: str) -> dict[UUID, Columns]:
    """By hand, for it is asked after every step: the ORM takes four times as long."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - a name of our own
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["id"]: row for row in rows}


@dataclass(frozen=True)
class Shown:
    """A chapter on a page."""

    head: tuple[object, ...]
    rows: dict[UUID, tuple[object, ...]]


@dataclass(frozen=True)
class Page:
    """An editor that stands open since a revision, and merges what it hears as keyed.js does."""

    course: Course
    revision: int
    chapters: dict[UUID, Shown]

    @classmethod
    def loaded(cls, course_id: UUID) -> Page:
        course = Course.objects.get(pk=course_id)
        chapters = with_figures(course.chapters.live())
        rows: dict[UUID, dict[UUID, tuple[object, ...]]] = {chapter.pk: {} for chapter in chapters}
        for video in Video.objects.live().filter(chapter__in=chapters).for_rows():
            rows[video.chapter_id][video.pk] = _row(video)
        return cls(
            course,
            course.revision,
            {chapter.pk: Shown(_head(chapter), rows[chapter.pk]) for chapter in chapters},
        )

    def after_the_feed(self) -> dict[UUID, Shown]:
        self.course.refresh_from_db()
        changes = changes_since(self.course, self.revision)
        rows = {pk: dict(shown.rows) for pk, shown in self.chapters.items()}
        heads = {pk: shown.head for pk, shown in self.chapters.items()}
        for chapter in changes.heads + changes.touched:
            heads[chapter.pk] = _head(chapter)
            for video in chapter.rows:
                _take_away(video.pk, rows)
                rows.setdefault(chapter.pk, {})[video.pk] = _row(video)
        for video_id in changes.gone_videos:
            _take_away(video_id, rows)
        for chapter_id in changes.gone_chapters:
            heads.pop(chapter_id, None)
        if changes.standing is not None:
            heads = {pk: head for pk, head in heads.items() if pk in changes.standing}
            for video_id in {pk for of_chapter in rows.values() for pk in of_chapter}:
                if video_id not in changes.standing:
                    _take_away(video_id, rows)
        return {pk: Shown(head, rows.get(pk, {})) for pk, head in heads.items()}

    def check(self) -> None:
        assert self.after_the_feed() == Page.loaded(self.course.pk).chapters, (
            f"a page that stands open since revision {self.revision} shows something else than a new one"
        )


def _take_away(video_id: UUID, rows: Mapping[UUID, dict[UUID, Any]]) -> None:
    for of_chapter in rows.values():
        of_chapter.pop(video_id, None)


def _head(chapter: Chapter) -> tuple[object, ...]:
    """Without what time alone changes: the feed tells of that by other means."""
    figures = replace(chapter.figures, is_waiting=False)
    return chapter.title, chapter.description, chapter.position, chapter.revision, figures


def _row(video: Video) -> tuple[object, ...]:
    shown = (
        video.title,
        video.title_version,
        video.about,
        video.status,
        video.reason,
        video.deferrals,
    )
    return *shown, video.position, video.revision
