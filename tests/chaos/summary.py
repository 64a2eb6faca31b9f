"""What a run did and how the studio took it, as tables for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.chaos import judgement
from tests.chaos.faults import KINDS
from tests.chaos.run import Run


def summary(run: Run, seconds: float) -> str:
    rows = judgement.rows_of(run.studio).values()
    live = [row for row in rows if row["removed_at"] is None]
    states = Counter(row["status"] for row in live)
    slowest, after = max(run.recoveries, default=(0.0, "nothing"))
    cases = {kind.name: kind.cases for kind in KINDS}
    tried = run.failures.total()
    facts = [
        ("seed", run.seed),
        ("minutes", f"{seconds / 60:.1f}"),
        ("rounds, each with every kind of fault", len(run.recoveries)),
        ("faults", run.struck.total()),
        ("links requested", len(rows)),
        ("of these linked in the end", states["linked"]),
        ("failed in the end, all of bad files", states["failed"]),
        ("removed by people", len(rows) - len(live)),
        ("lost", states["linking"]),
        ("failures on the way, by reason", f"{tried}: {_counted(run.failures)}"),
        ("links made at attempt 1, 2, 3", ", ".join(str(run.attempts[n]) for n in (1, 2, 3))),
        ("writes to videos, all of them verbs", f"{run.verbs.total()}: {_counted(run.verbs)}"),
        ("slowest recovery", f"{slowest:.1f} s, the last fault being: {after}"),
        ("recovery of each round", ", ".join(f"{taken:.0f}" for taken, _ in run.recoveries) + " s"),
    ]
    faults = ((name, cases[name], times) for name, times in sorted(run.struck.items()))
    return "\n\n".join(
        (
            _table(("what", "how much"), facts),
            _table(("fault", "cases", "times"), faults),
            _table(("action", "done", "refused", "unknown"), _actions(run)),
        )
    )


def _actions(run: Run) -> Iterable[tuple[object, ...]]:
    told = run.ledger.actions
    for action in sorted({action for action, _ in told}):
        yield action, told[action, "done"], told[action, "refused"], told[action, "unknown"]


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {times}" for name, times in counter.most_common()) or "none"


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)
