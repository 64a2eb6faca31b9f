"""Everything that can break breaks while people work, and nothing is lost."""

from __future__ import annotations

import os

from tests.chaos import faults
from tests.chaos.ledger import Diary
from tests.chaos.names import World
from tests.chaos.run import Run
from tests.chaos.studio import Studio


def test_nothing_is_lost(studio: Studio, world: World) -> None:
    seed = int(os.environ.get("CHAOS_SEED", "0")) or int.from_bytes(os.urandom(3))
    with Diary(studio.var / "logs" / "diary.log", aloud=True) as diary:
        run = Run(studio, world, seed, diary)
        try:
            run.round()
        except AssertionError:
            print(studio.keep_logs(f"test-{seed}"))
            raise
    assert run.struck.keys() == {kind.name for kind in faults.KINDS}
    assert run.verbs["complete"] > 20
