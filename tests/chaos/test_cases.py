"""Cases of docs/reliability.md one by one, each at its exact moment, in a studio of real processes."""

from __future__ import annotations

import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

import pytest

from config.ids import uuid7
from tests.chaos import faults, history
from tests.chaos.faults import Fault
from tests.chaos.ledger import Batch, Diary, Ledger
from tests.chaos.names import Room, World
from tests.chaos.orders import Mishap, StorageOrders, waiting
from tests.chaos.people import Instructor
from tests.chaos.programs import children_of
from tests.chaos.studio import CONCURRENCY, Studio

WITHIN = (
    100  # a lease, a sweep and the run itself take 25 s, on a machine that has nothing else to do
)
Row = dict[str, Any]


@dataclass
class Author:
    """Picks files in a chapter of their own, and looks what became of it."""

    studio: Studio
    person: Instructor
    room: Room
    batches: list[Batch] = field(default_factory=list)

    def pick(self, number: int, file: str = "") -> Batch:
        """Posted once, whatever the answer."""
        media = [file or self.person.library.good[0]] * number
        ids = [str(uuid7()) for _ in media]
        batch = Batch(self.person.name, self.room.course, self.room.chapters[0], media, ids)
        self.batches.append(batch)
        self.person.post(batch)
        return batch

    def rows(self, batch: Batch) -> list[Row]:
        query = "SELECT * FROM courses_video WHERE id = ANY(%s::uuid[]) ORDER BY position"
        return self.studio.rows(query, batch.videos)

    def held(self, batch: Batch) -> list[str]:
        """Of which some worker has a lease."""
        return [str(row["id"]) for row in self.rows(batch) if row["lease_token"] is not None]

    def waits_for_links(self, batch: Batch) -> list[Row]:
        """All of them, in the order of picking, by writes that are all allowed."""
        self.studio.wait_until(
            lambda: {row["status"] for row in self.rows(batch)} == {"linked"},
            within=WITHIN,
            otherwise=lambda: self.rows(batch),
        )
        rows = self.rows(batch)
        assert [str(row["id"]) for row in rows] == batch.videos
        writes = self.studio.rows("SELECT * FROM chaos_history ORDER BY number")
        assert history.no_verbs(history.read(writes)) == []
        return rows


@pytest.fixture(scope="module")
def diary(studio: Studio) -> Iterator[Diary]:
    with Diary(studio.var / "logs" / "diary.log") as diary:
        yield diary


@pytest.fixture(scope="module")
def edsger(studio: Studio, world: World, diary: Diary) -> Instructor:
    """Signed in once: passwords are slow on purpose."""
    rooms = [room for room in world.rooms if "edsger" in room.authors]
    visitor, library = studio.visitor(), world.libraries["edsger"]
    person = Instructor("edsger", visitor, library, rooms, Ledger(diary), Random(0))
    person.begin()
    return person


@pytest.fixture
def author(studio: Studio, edsger: Instructor) -> Iterator[Author]:
    """Both workers are there; whatever a test broke is whole again after it."""
    studio.wait_until(lambda: studio.ready_workers == len(studio.workers))
    yield Author(studio, edsger, edsger.rooms[0])
    studio.cure()
    for program in studio.programs.values():
        program.signal(signal.SIGCONT)
        program.held = False


@pytest.fixture
def strike(studio: Studio, world: World) -> Iterator[Callable[[type[Fault]], Fault]]:
    struck: list[Fault] = []

    def strike(kind: type[Fault]) -> Fault:
        struck.append(kind(studio, world, Random(0)))
        struck[-1].begin()
        return struck[-1]

    yield strike
    for server in (studio.servers.postgres, studio.servers.valkey):
        if not server.is_running:
            server.start()


Strike = Callable[[type[Fault]], Fault]


def slow(studio: Studio, seconds: float) -> None:
    StorageOrders("slow", seconds).give(studio.var)


def test_1_a_probe_that_is_killed_is_made_again(studio: Studio, author: Author) -> None:
    slow(studio, 1)
    batch = author.pick(4)
    probes: list[int] = []

    def are_probing() -> bool:
        probers = [p for worker in studio.workers for p in children_of(worker.pid)]
        probes[:] = [probe for prober in probers for probe in children_of(prober)]
        return bool(probes)

    studio.wait_until(are_probing)
    for probe in probes:
        faults.kill(probe)
    assert {row["attempts"] for row in author.waits_for_links(batch)} == {1}


def test_2_and_5_links_of_a_killed_and_of_a_frozen_worker_are_made_once_by_another(
    studio: Studio, author: Author
) -> None:
    frozen, killed = studio.workers
    slow(studio, 1)
    batch = author.pick(2 * CONCURRENCY)
    # Of one person's links no worker has more than so many at once: both have some.
    studio.wait_until(lambda: len(author.held(batch)) > CONCURRENCY)
    frozen.signal(signal.SIGSTOP)
    killed.kill()
    held = set(author.held(batch))
    studio.cure()
    rows = author.waits_for_links(batch)
    assert 2 in {row["attempts"] for row in rows} <= {1, 2}
    assert {str(row["id"]) for row in rows if row["attempts"] == 2} <= held
    killed.held = True
    killed.kill()
    frozen.signal(signal.SIGCONT)
    author.waits_for_links(author.pick(2 * CONCURRENCY))  # by the one that was frozen
    assert author.rows(batch) == rows


def test_3_without_any_worker_links_wait_and_no_attempt_is_used_up(
    studio: Studio, author: Author, strike: Strike
) -> None:
    away = strike(faults.AllWorkersAway)
    batch = author.pick(3)
    studio.write(
        "UPDATE courses_video SET due_at = due_at - interval '10 minutes' WHERE id = ANY(%s::uuid[])",
        batch.videos,
    )
    studio.redis.delete("celery")
    studio.wait_until(lambda: studio.redis.llen("celery"))
    assert {(row["status"], row["attempts"]) for row in author.rows(batch)} == {("linking", 0)}
    away.end()
    assert {row["attempts"] for row in author.waits_for_links(batch)} == {1}


def test_4_a_deployment_costs_a_link_one_attempt_at_most(
    studio: Studio, author: Author, strike: Strike
) -> None:
    slow(studio, 0.5)
    batch = author.pick(3 * CONCURRENCY)
    studio.wait_until(lambda: author.held(batch))
    strike(faults.Deployment)
    assert {row["attempts"] for row in author.waits_for_links(batch)} <= {1, 2}


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [(faults.RedisStopped, 5), (faults.RedisFrozen, 8), (faults.RedisFull, 5)],
    ids=["8 refuses", "9 frozen", "11 full"],
)
def test_8_9_11_without_redis_a_pick_is_answered_and_linked_later(
    studio: Studio, author: Author, strike: Strike, kind: type[Fault], seconds: float
) -> None:
    away = strike(kind)
    author.person.visitor.patience = seconds
    try:
        batch = author.pick(3)
    finally:
        author.person.visitor.patience = 10
    assert batch.outcome == "done"
    assert len(batch.standing) == len(author.rows(batch)) == 3
    away.end()
    author.waits_for_links(batch)


def test_10_calls_that_are_lost_with_redis_are_made_again(studio: Studio, author: Author) -> None:
    """Emptied in mid-batch; then restarted, with nothing left of what it had."""
    slow(studio, 0.3)
    batch = author.pick(3 * CONCURRENCY)
    studio.wait_until(lambda: author.held(batch))
    studio.redis.flushall()
    valkey = studio.servers.valkey
    faults.end_server(valkey, signal.SIGKILL)
    shutil.rmtree(valkey.home / "data")
    valkey.start()
    author.waits_for_links(batch)


@pytest.mark.parametrize(("moment", "rows"), [("before the commit", 0), ("before the publish", 5)])
def test_13_a_database_that_dies_in_a_submit_has_all_rows_or_none(
    studio: Studio,
    author: Author,
    strike: Strike,
    moment: Literal["before the commit", "before the publish"],
    rows: int,
) -> None:
    Mishap(moment, "waits").arrange(studio.var)
    picking = threading.Thread(target=author.pick, args=[5])
    picking.start()
    studio.wait_until(lambda: waiting(studio.var).exists())
    crashed = strike(faults.PostgresCrashed)
    waiting(studio.var).unlink()
    crashed.end()
    picking.join()
    (batch,) = author.batches
    assert len(author.rows(batch)) == rows
    author.person.post(batch)
    assert batch.standing == batch.videos
    author.waits_for_links(batch)


def test_14_an_outcome_that_a_dead_database_could_not_take_is_written_later(
    studio: Studio, author: Author, strike: Strike
) -> None:
    slow(studio, 1)
    batch = author.pick(CONCURRENCY)
    studio.wait_until(lambda: len(author.held(batch)) == CONCURRENCY)
    said = [worker.log.read_text().count("is written in") for worker in studio.workers]
    crashed = strike(faults.PostgresCrashed)
    studio.wait_until(
        lambda: said != [worker.log.read_text().count("is written in") for worker in studio.workers]
    )
    crashed.end()
    author.waits_for_links(batch)
    writes = studio.rows(
        "SELECT * FROM chaos_history WHERE after->>'id' = ANY(%s) ORDER BY number", batch.videos
    )
    assert history.verbs(history.read(writes))["complete"] == CONCURRENCY


def test_15_a_web_process_that_dies_before_the_commit_leaves_nothing(
    studio: Studio, author: Author
) -> None:
    Mishap("before the commit", "dies").arrange(studio.var)
    batch = author.pick(5)
    assert (batch.outcome, author.rows(batch)) == ("unknown", [])
    author.person.post(batch)
    assert batch.standing == batch.videos
    author.waits_for_links(batch)


def test_16_a_web_process_that_dies_before_the_publish_leaves_links_that_are_made(
    studio: Studio, author: Author
) -> None:
    Mishap("before the publish", "dies").arrange(studio.var)
    batch = author.pick(5)
    assert (batch.outcome, len(author.rows(batch))) == ("unknown", 5)
    author.waits_for_links(batch)
    author.person.post(batch)
    assert batch.standing == batch.videos
    assert {row["attempts"] for row in author.rows(batch)} == {1}


def test_26_a_workers_clock_does_not_matter(studio: Studio, author: Author) -> None:
    for worker, wrong_by in zip(studio.workers, ("3600", "-3600"), strict=True):
        worker.kill()
        worker.env = studio.env | {"CLOCK_WRONG_BY": wrong_by}
    studio.wait_until(lambda: studio.ready_workers == len(studio.workers))
    slow(studio, 1)
    batch = author.pick(2 * CONCURRENCY)
    # Again, more than one worker may have: both have some.
    studio.wait_until(lambda: len(author.held(batch)) > CONCURRENCY, within=WITHIN)
    leases = studio.rows(
        "SELECT extract(epoch FROM lease_until - now()) AS seconds FROM courses_video"
        " WHERE lease_until IS NOT NULL"
    )
    assert all(-1 < lease["seconds"] < 16 for lease in leases)
    studio.cure()
    assert {row["attempts"] for row in author.waits_for_links(batch)} == {1}
    for worker in studio.workers:
        worker.kill()
        worker.env = studio.env


@pytest.mark.parametrize("mood", ["full", "refuses"], ids=["28 full", "29 away"])
def test_28_29_without_storage_a_link_waits_says_so_and_uses_up_no_attempt(
    studio: Studio, author: Author, mood: Literal["full", "refuses"]
) -> None:
    """A file that nobody has examined yet: its poster wants space."""
    StorageOrders(mood).give(studio.var)
    good = author.person.library.good
    batch = author.pick(1, studio.take_in_a_copy(good[0]))

    def is_tried_again() -> bool:
        (row,) = author.rows(batch)
        return bool(row["deferrals"] > 1 and row["lease_token"] is None)

    studio.wait_until(is_tried_again, within=WITHIN)
    assert [row["attempts"] for row in author.rows(batch)] == [0]
    shown = author.person.fresh(author.room).rows[batch.videos[0]]
    assert "Trying again…" in str(shown.drawn)
    studio.cure()
    (row,) = author.waits_for_links(batch)
    assert row["attempts"] == 1
    shown = author.person.fresh(author.room).rows[batch.videos[0]]
    assert author.person.visitor.get(shown.poster).body.startswith(b"\xff\xd8")
