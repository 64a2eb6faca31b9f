"""`.venv/bin/python -m tests.chaos --minutes 10 [--seed 7]`: round after round, then a summary.

On servers of its own, which are thrown away. If a promise is broken, the diary and all logs are kept.
"""

from __future__ import annotations

import argparse
import random
import time

from config.dev.signals import unwind_on_endings
from config.dev.trouble import run_command
from tests.chaos.ledger import Diary
from tests.chaos.run import Run
from tests.chaos.studio import studio
from tests.chaos.summary import summary


def chaos(given: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=random.randrange(1, 1_000_000))
    arguments = parser.parse_args(given)
    unwind_on_endings()
    with studio() as running:
        running.start()
        with Diary(running.var / "logs" / "diary.log", aloud=True) as diary:
            run = Run(running, running.world, arguments.seed, diary)
            print(f"Seed {run.seed}. The studio is in {running.var}.", flush=True)
            return _keep_on(run, 60 * arguments.minutes)


def _keep_on(run: Run, seconds: float) -> int:
    began = time.monotonic()
    try:
        while time.monotonic() - began < seconds:
            run.round()
    except AssertionError as broken:
        print(f"\n{broken}\n\n{run.studio.keep_logs(str(run.seed))}", flush=True)
        return 1
    print("\n" + summary(run, time.monotonic() - began), flush=True)
    return 0


if __name__ == "__main__":
    run_command(chaos)
