"""A chaos run: rounds of people at work while things break, each with its judgement."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import psycopg
import redis

from tests.chaos import faults, history, judgement
from tests.chaos.faults import Fault
from tests.chaos.history import Write
from tests.chaos.ledger import Diary, Ledger
from tests.chaos.names import World
from tests.chaos.people import Instructor
from tests.chaos.studio import Studio

# A lease, the longest pause of a deferred link, a sweep, the queue: on a machine that has other work.
PATIENCE = 120.0
_BETWEEN_FAULTS = (0.1, 0.8)


class NotSurvived(AssertionError):
    """Says what is wrong, and how to do it again."""


@dataclass
class Run:
    studio: Studio
    world: World
    seed: int
    diary: Diary
    ledger: Ledger = field(init=False)
    people: list[Instructor] = field(init=False)
    struck: Counter[str] = field(default_factory=Counter)
    recoveries: list[tuple[float, str]] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    verbs: Counter[str] = field(default_factory=Counter)
    attempts: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    _flawed: set[str] = field(default_factory=set)
    _read_to: int = 0

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.diary)
        self._chance = Random(self.seed)
        self.people = [
            Instructor(
                name,
                self.studio.visitor(),
                library,
                [room for room in self.world.rooms if name in room.authors],
                self.ledger,
                Random(f"{self.seed} {name}"),
            )
            for name, library in self.world.libraries.items()
        ]
        for person in self.people:
            person.begin()

    def round(self, kinds: Sequence[type[Fault]] = faults.KINDS) -> float:
        """Every kind once; the seconds from the end of the last one until everything was quiet."""
        over = threading.Event()
        workers = [threading.Thread(target=self._work, args=[one, over]) for one in self.people]
        for worker in workers:
            worker.start()
        try:
            last = self._break(kinds)
        finally:
            over.set()
            while any(worker.is_alive() for worker in workers):
                self.studio.attend()
                time.sleep(0.05)
        recovery = self._become_quiet()
        self.recoveries.append((recovery, last))
        self.diary.note("studio", f"is quiet {recovery:.1f} s after the last fault", aloud=True)
        self._judge_outcomes()
        self._tidy_up()
        self._become_quiet()
        self._judge_everything()
        return recovery

    def _work(self, person: Instructor, over: threading.Event) -> None:
        try:
            person.work(over)
        except Exception as error:
            self.ledger.promise_broken(person.name, f"cannot go on: {error!r}")
            raise

    def _break(self, kinds: Sequence[type[Fault]]) -> str:
        """One after the other, as soon as what it strikes is free. The name of the last to end."""
        to_come = [kind(self.studio, self.world, self._chance) for kind in kinds]
        self._chance.shuffle(to_come)
        under_way: list[tuple[float, Fault]] = []
        next_at = time.monotonic()
        last = ""
        try:
            while to_come or under_way:
                now = time.monotonic()
                for ends, fault in list(under_way):
                    if (now >= ends or fault.is_over) and self._has_ended(fault):
                        under_way.remove((ends, fault))
                        last = fault.name
                struck = {target for _, fault in under_way for target in fault.targets}
                fit = now >= next_at and self._next(to_come, struck)
                if fit:
                    to_come.remove(fit)
                    self._strike(fit)
                    ends = time.monotonic() + self._chance.uniform(*fit.lasts)
                    under_way.append((ends, fit))
                    next_at = time.monotonic() + self._chance.uniform(*_BETWEEN_FAULTS)
                self.studio.attend()
                time.sleep(0.02)
        finally:
            for _, fault in under_way:
                with suppress(Exception):  # what broke off the run is to be told, not this
                    fault.end()
        return last

    def _next(self, to_come: list[Fault], struck: set[str]) -> Fault | None:
        free = (one for one in to_come if not one.targets & struck)
        return next((one for one in free if one.finds_work), None)

    def _strike(self, fault: Fault) -> None:
        self.struck[fault.name] += 1
        self.diary.note("fault", f"{fault.name} {fault.about}".rstrip(), aloud=True)
        self._nudge_somebody()
        fault.begin()
        if isinstance(fault, faults.StorageWrong):
            self._flawed |= fault.flawed

    def _nudge_somebody(self) -> None:
        """So that there is always something to interrupt."""
        for person in self._chance.sample(self.people, k=2):
            with suppress(psycopg.OperationalError):
                good = self._chance.choice(person.library.good)
                person.to_pick_now.append(self.studio.take_in_a_copy(good))

    def _has_ended(self, fault: Fault) -> bool:
        """Its cure may need something that is broken itself just now."""
        try:
            fault.end()
        except (redis.RedisError, psycopg.OperationalError):
            return False
        self.diary.note("cure", f"{fault.name} {fault.about}".rstrip())
        return True

    def _become_quiet(self) -> float:
        return self.studio.wait_until(
            lambda: not self.studio.rows(judgement.UNDER_WAY),
            within=PATIENCE,
            otherwise=lambda: f"seed {self.seed}: {self.studio.rows(judgement.UNDER_WAY)} wait",
        )

    def _tidy_up(self) -> None:
        """Everything works again: who has no answer yet gets one, and what failed is tried again."""
        for person in self.people:
            for room in person.rooms:
                person.poll(room)
            deadline = time.monotonic() + PATIENCE
            while person.has_unfinished_business and time.monotonic() < deadline:
                person.finish_business()
                self.studio.attend()
            for room in person.rooms:
                person.press_again(room)
                person.retry_failed(room)

    def _judge_outcomes(self) -> None:
        self._read_history()
        rows = judgement.rows_of(self.studio)
        wrong = [
            *history.no_verbs(self.writes),
            *judgement.outcomes_are_true(rows, self._may_be_broken),
            *judgement.revisions_are_told(self.studio, rows),
            *judgement.space_is_that_of_the_files(self.studio),
        ]
        for person in self.people:
            wrong += judgement.pages_are_true(person)
            wrong += judgement.page_is_that_of_the_rows(person, rows)
        self._complain(wrong)

    def _judge_everything(self) -> None:
        self._judge_outcomes()
        rows = judgement.rows_of(self.studio)
        wrong = [
            *judgement.picks_have_outcomes(rows, self.ledger),
            *judgement.refusals_are_just(rows, self.ledger, self._may_be_broken),
            *judgement.retry_helps(rows, self.world),
            *judgement.order_is_that_of_picking(rows, self.ledger),
            *judgement.texts_are_peoples(rows, self.ledger),
            *judgement.drafts_are_peoples(rows, self.ledger),
            *judgement.chapters_are_peoples(self.studio, self.world, self.ledger),
            *judgement.removals_are_peoples(rows, self.ledger),
            *(
                f"{one.name} waits for an answer"
                for one in self.people
                if one.has_unfinished_business
            ),
            *self.ledger.broken_promises,
        ]
        for person in self.people:
            wrong += judgement.posters_are_there(person, rows)
        self._complain(wrong)

    @property
    def _may_be_broken(self) -> set[str]:
        return self.world.bad | self._flawed

    def _read_history(self) -> None:
        query = "SELECT * FROM chaos_history WHERE number > %s ORDER BY number"
        rows = self.studio.rows(query, self._read_to)
        if rows:
            self._read_to = rows[-1]["number"]
        self.writes = history.read(rows)
        self.verbs += history.verbs(self.writes)
        self.failures.update(
            write.after["reason"] for write in self.writes if write.verb() in ("fail", "give up")
        )
        self.attempts.update(
            write.after["attempts"] for write in self.writes if write.verb() == "complete"
        )

    def _complain(self, wrong: list[str]) -> None:
        if wrong:
            for sentence in wrong:
                self.diary.note("judge", sentence)
            shown = "\n".join(wrong[:20])
            raise NotSurvived(f"seed {self.seed}: {len(wrong)} promises are broken\n{shown}")
