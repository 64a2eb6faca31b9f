"""Linking files of the library into a chapter: asked for by an author, done by workers."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.dispatch import receiver
from django.http import Http404

from config.wake_ups import after_commit, wake
from courses import link_errors
from courses.models import Chapter, Course, Video
from courses.models.video import AS_NEW, VideoQuerySet
from courses.positions import STEP
from courses.revisions import CourseGone, GuardFailed, StandsAlready, revise
from media_library import intake, signals
from media_library.file_errors import ERRORS, FileError, NotNow, TooMuchMemory
from media_library.models import MediaFile

if TYPE_CHECKING:
    from accounts.models import User

_log = logging.getLogger("lectern.linking")
# Four workers of the usual size are busy with so many; each goes on as long as it finds something.
_MOST_CALLS = 4 * settings.LINK_CONCURRENCY
_RENEWAL = 5.0  # seconds; a third of the lease, so that one lost renewal costs nothing
_MOST_DEFERRALS = 24 * 60  # one a minute, after the first few


class Refusal(StrEnum):
    """Why a pick came to nothing, in an instructor's words."""

    UNKNOWN = "There is no such file in your library."
    BROKEN = "The file is damaged or no video."
    TAKEN = "This video could not be added; pick it again."
    REMOVED = "This video has been removed."


@dataclass(frozen=True)
class Pick:
    """A file, the id that its video shall have, and its title: without one it is that of the file."""

    media_id: UUID
    video_id: UUID
    title: str = ""


@dataclass(frozen=True)
class Requested:
    """`standing` are the videos of this request, also those that an earlier try made; in pick order."""

    standing: list[UUID]
    refused: list[tuple[Pick, Refusal]]


class ChapterGone(Http404):
    """Removed meanwhile: a chapter in the trash takes no videos."""


def request_links(chapter: Chapter, requested_by: User, picks: Sequence[Pick]) -> Requested:
    """One transaction of a constant number of statements. A repeated request changes nothing."""
    return request_links_by_chapter(chapter.course_id, requested_by, {chapter.pk: picks})


def request_links_by_chapter(
    course_id: UUID, requested_by: User, picks: Mapping[UUID, Sequence[Pick]]
) -> Requested:
    """Likewise for several chapters of a course, and for none of them if one is gone."""
    try:
        return _request(course_id, requested_by, picks)
    except IntegrityError:  # one of the files was deleted just then: now it is seen to be gone
        return _request(course_id, requested_by, picks)


def _request(
    course_id: UUID, requested_by: User, by_chapter: Mapping[UUID, Sequence[Pick]]
) -> Requested:
    picks = [(chapter, pick) for chapter, picks in by_chapter.items() for pick in picks]
    with revise(course_id) as revision:
        live = Chapter.objects.live().filter(course=course_id, pk__in=by_chapter)
        if live.count() < len(by_chapter):
            raise ChapterGone
        inserted = _insert(requested_by, picks, revision)
        if inserted:
            after_commit(partial(call_linkers, len(inserted)))
        else:
            transaction.set_rollback(True)
    return _explain(requested_by, picks, set(inserted))


_EXTENSION = r"\.[A-Za-z0-9]{1,5}$"  # as config.template_tags.without_extension
# The files are locked as the new rows' foreign keys will lock them, only sooner: one that is thrown away at
# the same time is either gone when this has waited for it, or seen to be used.
_INSERT = f"""
    WITH files AS (
        SELECT id, name FROM media_library_mediafile
        WHERE id = ANY(%(media)s) AND owner_id = %(person)s
          AND status <> '{MediaFile.Status.BROKEN}'
          AND trashed_at IS NULL AND version_of_id IS NULL
        ORDER BY id
        FOR KEY SHARE
    ), ends AS (
        SELECT id, (
            SELECT coalesce(max(position), 0) FROM courses_video WHERE chapter_id = chapter.id
        ) AS position
        FROM (SELECT DISTINCT unnest(%(chapters)s::uuid[]) AS id) AS chapter
    )
    INSERT INTO courses_video (id, chapter_id, media_id, title, position, revision, requested_by_id,
                               status, reason, title_version, attempts, deferrals)
    SELECT pick.video_id, pick.chapter_id, media.id,
           coalesce(nullif(btrim(pick.title), ''),
                    nullif(btrim(regexp_replace(media.name, '{_EXTENSION}', '')), ''), media.name),
           ends.position + {STEP} * row_number() OVER (PARTITION BY pick.chapter_id ORDER BY pick.place),
           %(revision)s, %(person)s, '{Video.Status.LINKING}', '', 0, 0, 0
    FROM unnest(%(chapters)s::uuid[], %(videos)s::uuid[], %(media)s::uuid[], %(titles)s::text[])
         WITH ORDINALITY AS pick (chapter_id, video_id, media_id, title, place)
    JOIN files AS media ON media.id = pick.media_id
    JOIN ends ON ends.id = pick.chapter_id
    ORDER BY pick.place
    ON CONFLICT (id) DO NOTHING
    RETURNING id
"""  # noqa: S608 - constants of our own


def _insert(requested_by: User, picks: Sequence[tuple[UUID, Pick]], revision: int) -> list[UUID]:
    """A statement after the one that took the lock: only so it sees the last positions there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "person": requested_by.pk,
                "revision": revision,
                "chapters": [chapter for chapter, _ in picks],
                "videos": [pick.video_id for _, pick in picks],
                "media": [pick.media_id for _, pick in picks],
                "titles": [pick.title for _, pick in picks],
            },
        )
        return [video_id for (video_id,) in cursor.fetchall()]


def _explain(
    requested_by: User, picks: Sequence[tuple[UUID, Pick]], inserted: set[UUID]
) -> Requested:
    """What became of each pick. Of a file or a video that is not theirs nothing is told."""
    if len(inserted) == len(picks):
        return Requested([pick.video_id for _, pick in picks], [])
    videos = Video.objects.filter(
        chapter__in={chapter for chapter, _ in picks}, pk__in=[pick.video_id for _, pick in picks]
    )
    there = {
        (chapter, media_id, video_id): removed_at is None
        for chapter, video_id, media_id, removed_at in videos.values_list(
            "chapter", "pk", "media", "removed_at"
        )
    }
    files = (
        MediaFile.objects.owned_by(requested_by)
        .shelved()
        .filter(pk__in=[pick.media_id for _, pick in picks])
    )
    statuses = dict(files.values_list("pk", "status"))
    standing: dict[UUID, None] = {}
    refused = []
    for chapter, pick in picks:
        match there.get((chapter, pick.media_id, pick.video_id)):
            case True:
                standing[pick.video_id] = None
            case False:
                refused.append((pick, Refusal.REMOVED))
            case None:
                refused.append((pick, _REFUSALS.get(statuses.get(pick.media_id), Refusal.TAKEN)))
    return Requested(list(standing), refused)


_REFUSALS: dict[str | None, Refusal] = {
    None: Refusal.UNKNOWN,
    MediaFile.Status.BROKEN: Refusal.BROKEN,
}


def retry_link(video: Video) -> int | None:
    revision = video.retry()
    if revision is not None:
        after_commit(call_linkers)
    return revision


def retry_failed_links(chapter: Chapter, reason: str = "") -> list[UUID]:
    """All of a chapter, or those that failed for one reason; in one statement however many."""
    with suppress(GuardFailed), revise(chapter.course_id) as revision:
        of_reason = {"reason": reason} if reason else {}
        failed = Video.objects.failed().filter(chapter=chapter, **of_reason).in_order()
        video_ids = list(failed.values_list("pk", flat=True))
        if not video_ids:
            raise GuardFailed
        Video.objects.failed().filter(pk__in=video_ids).update(**AS_NEW, revision=revision)
        after_commit(partial(call_linkers, len(video_ids)))
    return video_ids


def cancel_links(chapter: Chapter, by: User | None = None) -> tuple[int, int]:
    """The revision that took away what is under way in a chapter, and how many links that was."""
    try:
        with revise(chapter.course_id) as revision:
            under_way = Video.objects.under_way().filter(chapter=chapter)
            locked = under_way.order_by("pk").select_for_update()
            video_ids = list(locked.values_list("pk", flat=True))
            cancelled = Video.objects.filter(pk__in=video_ids).remove(revision, by)
            if not cancelled:
                raise StandsAlready(revision - 1)
    except StandsAlready as already:
        return already.revision, 0
    return revision, cancelled


def restore_link(video: Video) -> int | None:
    """A link that was taken away while it was under way goes on."""
    revision = video.restore()
    if revision is not None:
        after_commit(call_linkers)
    return revision


def restore_links(chapter: Chapter, cancelled_by: int) -> list[UUID]:
    """All that one `cancel_links` took away, by the revision that it made, unless it changed since."""
    with suppress(GuardFailed), revise(chapter.course_id) as revision:
        if not Chapter.objects.live().filter(pk=chapter.pk).exists():
            raise ChapterGone
        cancelled = Video.objects.in_trash().filter(
            chapter=chapter, status=Video.Status.LINKING, revision=cancelled_by
        )
        video_ids = list(cancelled.values_list("pk", flat=True))
        if not video_ids:
            raise GuardFailed
        Video.objects.filter(pk__in=video_ids).restore(revision)
        after_commit(partial(call_linkers, len(video_ids)))
    return video_ids


def call_linkers(links: int = 1) -> None:
    """As many as can be of use. A call names no video: who comes takes the one whose turn it is.

    One message, however many: it costs a request 0.5 ms, where 500 messages cost 200.
    """
    wake("courses.link_next", min(links, _MOST_CALLS) - 1)


def perform_next() -> bool:
    """Link the video whose turn it is. False if there is nothing to do here."""
    with _turns.next() as video:
        if video is None:
            return False
        _perform(video)
        return True


def perform_link(video_id: UUID) -> None:
    """Link this video, if nobody else does and it is due."""
    video = Video.objects.claim(video_id)
    if video is not None:
        _perform(video)


class Turns:
    """Of the threads of this process nobody gets more than LINK_CONCURRENCY: the others are for others.

    A slow storage may hold a link for a minute, and whoever has 500 of them would hold all threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: Counter[UUID | None] = Counter()

    @contextmanager
    def next(self) -> Iterator[Video | None]:
        """One at a time, so that those who come together do not all reach for the same video."""
        with self._lock:
            most = settings.LINK_CONCURRENCY
            served = [person for person, links in self._under_way.items() if links >= most]
            video = Video.objects.claim_next(sparing=served)
            if video is not None:
                self._under_way[video.requested_by_id] += 1
        try:
            yield video
        finally:
            if video is not None:
                with self._lock:
                    self._under_way -= Counter([video.requested_by_id])  # forgets who has none


_turns = Turns()


def _perform(video: Video) -> None:
    """The slow work, with no transaction open; then the row says what came of it."""
    settle: Callable[[], object] = video.complete
    with _renewing(video):
        try:
            _link(video)
        except (FileError, link_errors.LinkError) as error:
            _log.info("%s cannot be linked: %s %s", video.pk, error.reason, error)
            settle = partial(video.fail, error.reason)
        except MemoryError:  # Celery would end the worker for it
            settle = partial(video.fail, TooMuchMemory.reason)
        except link_errors.StillUploading:
            settle = video.wait_for_upload
        except NotNow as error:
            _log.warning("%s is tried again later: %s: %s", video.pk, type(error).__name__, error)
            settle = video.defer
            if video.deferrals >= _MOST_DEFERRALS:
                settle = partial(video.fail, link_errors.StorageGivenUp.reason)
        except (OperationalError, InterfaceError) as error:
            _log.warning("%s is tried again later, without its connection: %s", video.pk, error)
            connection.close()
            settle = video.defer
        _insist(settle)


def _link(video: Video) -> None:
    """The file is opened at every link: what an earlier probe found may be true no more."""
    media = video.media
    if not Course.objects.of_author(media.owner_id).filter(pk=video.chapter.course_id).exists():
        raise link_errors.NoAccess
    if media.status == MediaFile.Status.UPLOADING:
        raise link_errors.StillUploading
    if media.status == MediaFile.Status.READY:
        intake.inspect(media)
        return
    intake.examine(media.pk)
    media.refresh_from_db(fields=["status", "reason"])
    if media.status == MediaFile.Status.BROKEN:
        raise ERRORS[media.reason]


@receiver(signals.upload_moved)
def tell_of_upload(media: MediaFile, **_: Any) -> None:
    """Rows that wait for the file say how far it is; when it is there, or never will be, a worker comes."""
    linking = Video.objects.under_way().filter(media=media)
    is_over = media.status != MediaFile.Status.UPLOADING
    woken = _revise_all(linking, **({"due_at": Now()} if is_over else {}))
    if is_over and woken:
        after_commit(partial(call_linkers, woken))


@receiver([signals.contents_changed, signals.captions_changed])
def show_anew(media: MediaFile, **_: Any) -> None:
    """Rows show its poster, its length and whether it has captions; those under way are yet to be settled."""
    _revise_all(Video.objects.live().filter(media=media).exclude(status=Video.Status.LINKING))


def _revise_all(videos: VideoQuerySet, **columns: Any) -> int:
    """Wherever they are: course by course, in one order, for each is locked."""
    revised = 0
    for course_id in sorted(set(videos.values_list("chapter__course", flat=True))):
        with suppress(CourseGone), revise(course_id) as revision:
            here = videos.filter(chapter__course=course_id)
            revised += here.update(revision=revision, **columns)
    return revised


@contextmanager
def _renewing(video: Video) -> Iterator[None]:
    """The lease is short, so that a dead worker's videos are taken up soon; the work may take longer."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(_RENEWAL):
            with suppress(OperationalError, InterfaceError):
                video.renew_lease()
            connection.close()

    thread = threading.Thread(target=renew, daemon=True, name=f"lease of {video.pk}")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _insist(settle: Callable[[], object]) -> None:
    """PostgreSQL may be restarting: the work is done, and the lease lasts for a while."""
    for pause in (0.2, 0.5, 1, 2, 4):
        try:
            settle()
            return
        except (OperationalError, InterfaceError) as error:
            _log.warning("the outcome of a link is written in %g s: %s", pause, error)
            connection.close()
            time.sleep(pause)
    settle()
