"""Stories that hypothesis makes up: authors, workers that die or come late, crashes, calls that come twice.

All steps are one rule. Of many rules hypothesis switches some off in each story, and without requests or
claims a story says little: in sixty of them no video was ever completed.
"""

from __future__ import annotations

import sys
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.courses.story_judge import Studio
from tests.courses.video_story import LIKELY, MOST_VIDEOS, Story

chapters = st.integers(0, 1)
videos = workers = st.integers(0, 2 * LIKELY - 1)
outcomes = st.sampled_from(["complete", "complete", "damaged", "missing", "defer", "hang"])
new_ones = st.tuples(st.integers(0, 2), st.none())
odd_ones = st.tuples(st.integers(0, 4), st.none() | st.integers(0, MOST_VIDEOS))
places = st.tuples(st.just("to"), st.integers(1, 5)) | st.tuples(st.just("by"), st.integers(-3, 3))

# How often, what, and with what.
STEPS: list[tuple[int, str, *tuple[st.SearchStrategy[Any], ...]]] = [
    (1, "request", chapters, st.lists(new_ones, min_size=1, max_size=3)),
    (1, "request", chapters, st.lists(odd_ones, min_size=1, max_size=3)),
    (1, "request_again", st.integers(0, 5)),
    (4, "claim", videos),
    (1, "renew", workers),
    (4, "settle", workers, outcomes),
    (2, "claim_and_settle", videos, outcomes),
    (1, "claim_hang_and_lose", videos),
    (1, "claim_and_die_to_the_last", videos),
    (1, "give_up", videos),
    (2, "retry", videos),
    (1, "retry_failed", chapters),
    (1, "cancel", chapters),
    (1, "undo_cancel", st.integers(0, 3)),
    (1, "remove", videos),
    (3, "restore", videos),
    (3, "rename", videos, st.sampled_from("ABC"), st.sampled_from([None, 0, 0, 1, -1])),
    (3, "move", videos, st.sampled_from([0, 1, 0, 1, 2]), places),
    (1, "remove_chapter", chapters),
    (2, "restore_chapter", chapters),
    (1, "draw_chapter_anew", chapters),
    (1, "open_a_page"),
    (1, "lease_runs_out", videos),
    (1, "becomes_due", videos),
    (1, "crash_in_the_next_verb", st.integers(0, 4)),
    (1, "many_moves_use_up_the_room", chapters),
]


class VideoMachine(RuleBasedStateMachine):
    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.story = Story(studio)

    @initialize()
    def some_are_there(self) -> None:
        """And a page that shows them: most stories without begin by making some."""
        self.story.request(0, [(file, None) for file in range(2)])
        self.story.open_a_page()

    @rule(
        step=st.one_of(
            [st.tuples(st.just(name), *of) for often, name, *of in STEPS for _ in range(often)]
        )
    )
    def step(self, step: tuple[str, Any]) -> None:
        name, *of = step
        getattr(self.story, name)(*of)

    @invariant()
    def the_rows_are_as_they_must_be(self) -> None:
        self.story.check()

    def teardown(self) -> None:
        try:
            if sys.exception() is None:
                self.story.ends()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)
