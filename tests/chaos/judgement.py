"""Whether the nine invariants of the design hold, by the rows, by all writes to them, and by the pages.

Asked when everything is quiet. Each function gives sentences about what is wrong; none is good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from uuid import UUID

from tests.chaos.ledger import Batch, Ledger, Rename
from tests.chaos.names import Room, World
from tests.chaos.page import Page
from tests.chaos.people import Instructor
from tests.chaos.studio import Studio

Row = dict[str, Any]

_ROWS = """
    SELECT video.*, chapter.course_id, media.status AS file, media.poster, media.name AS file_name
    FROM courses_video AS video
    JOIN courses_chapter AS chapter ON chapter.id = video.chapter_id
    JOIN media_library_mediafile AS media ON media.id = video.media_id
"""
UNDER_WAY = """
    SELECT 'video' AS what, id, attempts, deferrals FROM courses_video
    WHERE status = 'linking' AND removed_at IS NULL
    UNION ALL SELECT 'file', id, NULL, NULL FROM media_library_mediafile WHERE status = 'processing'
"""
_SPACE_DIFFERS = """
    SELECT owner, sum(bytes) AS too_much FROM (
        SELECT owner, bytes FROM media_library_space
        UNION ALL SELECT owner_id, -size FROM media_library_mediafile
    ) AS entries GROUP BY owner HAVING sum(bytes) <> 0
"""
# Of a worker, or of a prober with both of its tries: it may be any file's fate.
INTERRUPTED = {"attempts", "unreadable"}


def rows_of(studio: Studio) -> dict[str, Row]:
    return {str(row["id"]): row for row in studio.rows(_ROWS)}


def picks_have_outcomes(rows: dict[str, Row], ledger: Ledger) -> Iterator[str]:
    """1 and 5: what was confirmed is there, once, where and what it was; and nobody's else is."""
    of_batch: dict[str, tuple[Batch, str]] = {}
    for batch in ledger.batches:
        of_batch |= {
            video: (batch, media) for video, media in zip(batch.videos, batch.media, strict=True)
        }
        if batch.outcome == "unknown":
            yield f"a pick of {batch.person} was never answered: {batch.videos[0]}"
        yield from (
            f"{video} was confirmed to {batch.person}, and is lost"
            for video in batch.standing
            if video not in rows
        )
    for video, row in rows.items():
        if video not in of_batch:
            yield f"{video} was never asked for"
            continue
        batch, media = of_batch[video]
        if (str(row["chapter_id"]), str(row["media_id"])) != (batch.chapter, media):
            yield f"{video} stands for another file, or in another chapter, than was picked"


def refusals_are_just(
    rows: dict[str, Row], ledger: Ledger, may_be_broken: set[str]
) -> Iterator[str]:
    """All of a pick or none of it, but for files that were broken just then."""
    for batch in ledger.batches:
        pairs = zip(batch.videos, batch.media, strict=True)
        yield from (
            f"{video} of a pick of {batch.person} was refused, and its file is good"
            for video, media in pairs
            if video not in rows and media not in may_be_broken
        )


def outcomes_are_true(rows: dict[str, Row], may_be_broken: set[str]) -> Iterator[str]:
    """1 and 7: nobody waits, nobody failed whose file was good."""
    for video, row in rows.items():
        if row["lease_token"] is not None:
            yield f"{video} is still leased to a worker"
        if row["removed_at"] is not None or row["status"] == "linked":
            continue
        if row["status"] == "linking":
            yield f"{video} is stuck"
        elif row["reason"] not in INTERRUPTED and str(row["media_id"]) not in may_be_broken:
            yield f"{video} failed ({row['reason']}), and its file was good all the time"


def retry_helps(rows: dict[str, Row], world: World) -> Iterator[str]:
    """After the storage is well again and everybody has pressed Retry."""
    for video, row in rows.items():
        is_bad = str(row["media_id"]) in world.bad
        if row["removed_at"] is None and (row["status"] == "failed") != is_bad:
            of_file = f"{row['file_name']}, which is {'bad' if is_bad else 'good'}"
            yield f"{video} is {row['status']} {row['reason']}, of {of_file}"


def order_is_that_of_picking(rows: dict[str, Row], ledger: Ledger) -> Iterator[str]:
    """2: but for those that somebody moved."""
    for batch in ledger.batches:
        there = [one for one in batch.videos if one in rows and one not in ledger.moved]
        for before, after in pairwise(there):
            if rows[before]["position"] >= rows[after]["position"]:
                yield f"{after} was picked after {before}, and stands before it"
    places = defaultdict(list)
    for video, row in rows.items():
        places[row["chapter_id"], row["position"]].append(video)
    yield from (f"{videos} share a place" for videos in places.values() if len(videos) > 1)


def texts_are_peoples(rows: dict[str, Row], ledger: Ledger) -> Iterator[str]:
    """3 and 9: each version of a text was made by the one attempt that had seen the one before it."""
    for text, attempts in (("title", ledger.renames), ("description", ledger.descriptions)):
        of_video: dict[str, list[Rename]] = defaultdict(list)
        for attempt in attempts:
            of_video[attempt.video].append(attempt)
        for video, row in rows.items():
            first = row["file_name"].removesuffix(".mp4") if text == "title" else ""
            yield from _text_is_peoples(text, video, row, first, of_video[video])


def _text_is_peoples(
    text: str, video: str, row: Row, first: str, attempts: list[Rename]
) -> Iterator[str]:
    now, version = row[text], row[f"{text}_version"]
    made = [one for one in attempts if one.outcome != "refused"]
    if version == 0 and now != first:
        yield f"the {text} of {video} is {now!r}, and nobody changed it"
    if version and not any((one.seen, one.title) == (version - 1, now) for one in made):
        yield f"the {text} of {video} is {now!r}, version {version}, which nobody asked for"
    confirmed = [one.seen for one in made if one.outcome == "done"]
    if len(confirmed) != len(set(confirmed)):
        yield f"the same version of the {text} of {video} was saved by two people"
    if any(seen >= version for seen in confirmed):
        yield f"a {text} of {video} is lost that was confirmed"


def drafts_are_peoples(rows: dict[str, Row], ledger: Ledger) -> Iterator[str]:
    """What was removed meanwhile could not be published, and is left out."""
    for video, wished in ledger.published.items():
        row = rows.get(video)
        if (
            row is None
            or video in ledger.wishes
            or str(row["chapter_id"]) in ledger.uncertain_cancels
        ):
            continue
        if row["published"] != wished:
            yield f"{video} was to be {'ready' if wished else 'a draft'}, and is not"


def chapters_are_peoples(studio: Studio, world: World, ledger: Ledger) -> Iterator[str]:
    """Those that people made: there once, called and removed as they were told."""
    rows = {str(row["id"]): row for row in studio.rows("SELECT * FROM courses_chapter")}
    for made in ledger.chapters:
        row = rows.pop(made.id, None)
        if row is None:
            yield f"the chapter {made.title!r} was confirmed, and is lost"
            continue
        now = (row["title"], row["title_version"], row["removed_at"] is not None)
        wished = (made.title, made.version, made.is_removed)
        if now != wished:
            yield f"the chapter {made.id} is {now}, and was to be {wished}"
    known = {chapter for room in world.rooms for chapter in room.chapters}
    yield from (f"the chapter {pk} was made by nobody" for pk in rows.keys() - known)


def removals_are_peoples(rows: dict[str, Row], ledger: Ledger) -> Iterator[str]:
    """6."""
    for video, row in rows.items():
        wishes = ledger.wishes.get(video, [])
        is_removed = row["removed_at"] is not None
        if wishes and wishes[-1][1] == "done":
            last = wishes[-1][0]
            if is_removed == (last == "remove"):
                continue
            if is_removed and str(row["chapter_id"]) in ledger.uncertain_cancels:
                continue
            yield f"the last wish for {video} was to {last} it, and it is {row['removed_at']}"
        elif is_removed and not wishes and str(row["chapter_id"]) not in ledger.uncertain_cancels:
            yield f"{video} was removed by nobody"


def revisions_are_told(studio: Studio, rows: dict[str, Row]) -> Iterator[str]:
    """4: what is newer than its course would never reach a page."""
    courses = {row["id"]: row["revision"] for row in studio.rows("SELECT * FROM courses_course")}
    yield from (
        f"{video} is of revision {row['revision']}, and its course of {courses[row['course_id']]}"
        for video, row in rows.items()
        if row["revision"] > courses[row["course_id"]]
    )


def space_is_that_of_the_files(studio: Studio) -> Iterator[str]:
    """No invariant of the design, but what the library promises of its ledger."""
    for row in studio.rows(_SPACE_DIFFERS):
        yield f"{row['owner']} has {row['too_much']} bytes more in the ledger than in files"


def pages_are_true(person: Instructor) -> Iterator[str]:
    """4 and 8: the page that stands open shows what a new one does, from wherever it went on."""
    for room in person.rooms:
        for page in (person.pages[room.course], *person.remembered[room.course]):
            since = page.since
            fresh = _fresh_as_of_now(person, room, page)
            if fresh is None:
                yield f"the page of {person.name} since {since} is never up to date"
                continue
            for difference in page.differs_from(fresh):
                yield f"the page of {person.name} since {since} differs: {difference}"


def _fresh_as_of_now(person: Instructor, room: Room, page: Page) -> Page | None:
    """Of one revision with the page that went on: the sweeper may still say that nobody waits any more."""
    for _ in range(20):
        if person.poll(room, page):
            fresh = person.fresh(room)
            if fresh.since == page.since:
                return fresh
    return None


def page_is_that_of_the_rows(person: Instructor, rows: dict[str, Row]) -> Iterator[str]:
    for room in person.rooms:
        for name, chapter in person.pages[room.course].chapters.items():
            live = [
                row
                for row in rows.values()
                if row["chapter_id"] == UUID(name) and row["removed_at"] is None
            ]
            live.sort(key=lambda row: row["position"])
            expected = [(str(row["id"]), row["status"], row["title"]) for row in live]
            shown = [(row.video, row.status, row.title) for row in chapter.in_order()]
            if shown != expected:
                yield f"{person.name} sees other rows in chapter {name} than there are"


def posters_are_there(person: Instructor, rows: dict[str, Row]) -> Iterator[str]:
    seen = set()
    for page in person.pages.values():
        for row in page.rows.values():
            if rows[row.video]["file"] == "ready" and not row.poster:
                yield f"{row.video} has no poster, and its file is ready"
            if row.poster and row.poster not in seen:
                seen.add(row.poster)
                answer = person.visitor.get(row.poster)
                if answer.status != 200 or not answer.body.startswith(b"\xff\xd8"):
                    yield f"{row.poster} is {answer.status}"
