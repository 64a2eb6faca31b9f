"""It survives: whatever the weather, in the end the page equals a fresh load and no draft is lost.

A schedule is drawn from one number. `LECTERN_SEED=… LECTERN_SCHEDULES=1 bin/test <this file>` plays one
again; with more schedules it is a longer run.
"""

import os

import pytest

from accounts.models import User
from tests.browser.conftest import OpenAs
from tests.browser.schedules import Wrong, draw
from tests.browser.stage import Stage, remembering_titles
from tests.factories import make_media

pytestmark = pytest.mark.django_db(transaction=True)

SEED = int(os.environ.get("LECTERN_SEED", "1"))
SCHEDULES = int(os.environ.get("LECTERN_SCHEDULES", "102"))
BATCHES = min(6, SCHEDULES)


@pytest.fixture
def stage(open_as: OpenAs, author: User, monkeypatch: pytest.MonkeyPatch) -> Stage:
    for name in ("alpha.mp4", "beta.mp4", "delta.mp4", "epsilon.mp4", "gamma.mp4"):
        make_media(author, name)
    with remembering_titles(monkeypatch) as accepted:
        return Stage(open_as(author, expect=".*"), author, accepted)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_page_survives_random_schedules(stage: Stage, batch: int) -> None:
    seeds = range(SEED + batch, SEED + SCHEDULES, BATCHES)
    print(f"seeds {list(seeds)}")
    found = [story for seed in seeds if (story := play(stage, seed))]
    if found:
        pytest.fail("\n\n".join(found), pytrace=False)


def play(stage: Stage, seed: int) -> str:
    """The story of what went wrong, if something did."""
    try:
        stage.play(draw(seed))
    except Wrong as wrong:
        again = f"LECTERN_SEED={seed} LECTERN_SCHEDULES=1"
        return "\n".join([f"seed {seed} ({again}):", *stage.journal, "", str(wrong)])
    return ""
