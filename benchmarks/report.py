"""What a benchmark says: a table for people, JSON for comparing."""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from config.dev.places import ROOT


def percentile(samples: Iterable[float], share: float) -> float:
    """0.95: no more than 5 % of the samples are larger."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median_ms(samples: Iterable[float]) -> float:
    return round(statistics.median(samples) * 1000, 1)


def row(
    question: str, case: str, samples: Sequence[float], unit: str, *, note: str = ""
) -> dict[str, Any]:
    """For questions whose answers come in different units."""
    digits = 2 if unit == "s" else 1
    return {
        "question": question,
        "case": case,
        "median": round(statistics.median(samples), digits),
        "best": round(min(samples), digits),
        "worst": round(max(samples), digits),
        "unit": unit,
        "note": note,
    }


def report(name: str, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    columns = list(rows[0])
    cells = [[str(row[column]) for column in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    for line in (columns, ["-" * width for width in widths], *cells):
        pairs = zip(line, widths, strict=True)
        first, *others = (text.ljust(width) for text, width in pairs)
        print("  ".join([first, *(text.strip().rjust(len(text)) for text in others)]))
    folder = ROOT / "var" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"on": _machine(), "rows": rows}, indent=2) + "\n")
    print(f"\nWritten to {path.relative_to(ROOT)}.")


def _machine() -> dict[str, Any]:
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
