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
from tests.browser.weather import Broken
from tests.factories import make_media

pytestmark = pytest.mark.django_db(transaction=True)

SEED = int(os.environ.get("LECTERN_SEED", "1"))
SCHEDULES = int(os.environ.get("LECTERN_SCHEDULES", "204"))
BATCHES = min(12, SCHEDULES)


# Defects, each with the first of the default schedules that found it.
BROKEN = {
    "a guess is not taken back": (
        9,
        Broken("optimistic-rows.js", "for (const one of left) one.remove();", ""),
    ),
    "a second click sends the pick again": (
        4,
        Broken("optimistic-rows.js", "if (dialog && !dialog.open) return false;", ""),
    ),
    "an older answer overwrites a newer one": (
        22,
        Broken("keyed.js", "!(Number(fresh.dataset.revision) < Number(old.dataset.revision))", "1"),
    ),
    "a removal is applied twice": (
        17,
        Broken(
            "keyed.js",
            '"data-brought-back", true);\n  discard(element);\n',
            '"data-brought-back", true);\n  element.nextSibling?.remove();\n  discard(element);\n',
        ),
    ),
    "rows that moved into a new chapter stay in the old one": (
        1,
        Broken(
            "keyed.js",
            "inner?.replaceChildren();",
            "if (!old) return place(list, fresh), fresh; inner?.replaceChildren();",
        ),
    ),
    "the feed does not go back for what an answer overwrote": (
        16,
        Broken("feed.js", "feed.dataset.since = ctx.since;", ";"),
    ),
    "a draft is not marked": (
        1,
        Broken("title-field.js", "if (form) mark(form);", ""),
    ),
    "a draft is forgotten with its row": (
        12,
        Broken("drafts.js", "else sessionStorage.setItem(", "else void ("),
    ),
    "a saved title counts as a draft when its answer was lost": (
        4,
        Broken(
            "title-field.js", "if (input(mine).value === mine.dataset.latestTitle) rest(mine);", ""
        ),
    ),
    "what was removed in vain stays away": (
        1,
        Broken("marks.js", "filter((other) => other !== one)", "filter(() => true)"),
    ),
    "nobody says that an edit has failed": (
        1,
        Broken("edits.js", "if (status < 500 && ![401, 429].includes(status)) return;", "return;"),
    ),
    "the last of the same edits is dropped instead of the one before": (
        14,
        Broken("edits.js", "latest.isNeedless = true", "ctx.isNeedless = true"),
    ),
    "what was refused for its token is dropped": (
        6,
        Broken("csrf.js", "setTimeout(() => sendAgain(", "void (() => sendAgain("),
    ),
}


@pytest.fixture
def stage(open_as: OpenAs, author: User, co_author: User, monkeypatch: pytest.MonkeyPatch) -> Stage:
    people = [author, co_author]
    for name in ("alpha.mp4", "beta.mp4", "delta.mp4", "epsilon.mp4", "gamma.mp4"):
        for person in people:
            make_media(person, name)
    with remembering_titles(monkeypatch) as accepted:
        return Stage([open_as(person, expect=".*") for person in people], people, accepted)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_page_survives_random_schedules(stage: Stage, batch: int) -> None:
    seeds = range(SEED + batch, SEED + SCHEDULES, BATCHES)
    print(f"seeds {list(seeds)}")
    found = [story for seed in seeds if (story := play(stage, seed))]
    if found:
        pytest.fail("\n\n".join(found), pytrace=False)


@pytest.mark.parametrize("what", BROKEN)
def test_the_schedules_find_a_broken_page(stage: Stage, what: str) -> None:
    first, broken = BROKEN[what]
    stage.break_page(broken)
    found = next((seed for seed in range(first, first + 100) if play(stage, seed)), None)
    print(f"{what}: {found}")
    assert found


def play(stage: Stage, seed: int) -> str:
    """The story of what went wrong, if something did."""
    try:
        stage.play(draw(seed))
    except Wrong as wrong:
        again = f"LECTERN_SEED={seed} LECTERN_SCHEDULES=1"
        return "\n".join([f"seed {seed} ({again}):", *stage.journal, "", str(wrong)])
    return ""
