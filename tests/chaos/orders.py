"""What the storage and the web process of a chaos run are told, by files in its VAR_DIR. Knows no Django."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Mood = Literal["well", "slow", "refuses", "hangs", "full"]
Flaw = Literal["missing", "short", "ends early", "longer", "zeros"]


@dataclass(frozen=True)
class StorageOrders:
    """`flaws` are of files by their stored name, until the orders change."""

    mood: Mood = "well"
    seconds: float = 0.1  # at each call, of which a link makes three: so some are always under way
    flaws: dict[str, Flaw] = field(default_factory=dict)

    @classmethod
    def read(cls, var: Path) -> StorageOrders:
        return cls(**(_read(_storage(var)) or {}))

    def give(self, var: Path) -> None:
        _write(_storage(var), asdict(self))


@dataclass(frozen=True)
class Mishap:
    """What befalls the next request that makes or changes links, once."""

    moment: Literal["before the commit", "before the publish"]
    what: Literal["dies", "waits"]

    def arrange(self, var: Path) -> None:
        _write(_mishap(var), asdict(self))

    @classmethod
    def happens(cls, var: Path, moment: str) -> Mishap | None:
        """Of all who ask at once, one is told."""
        arranged = _read(_mishap(var))
        if arranged is None or arranged["moment"] != moment:
            return None
        try:
            _mishap(var).rename(waiting(var))
        except FileNotFoundError:
            return None
        return cls(**arranged)

    @staticmethod
    def call_off(var: Path) -> None:
        _mishap(var).unlink(missing_ok=True)


def waiting(var: Path) -> Path:
    """There from the moment of a mishap on; who waits goes on when it is removed."""
    return var / "mishap-happens"


def _storage(var: Path) -> Path:
    return var / "storage.json"


def _mishap(var: Path) -> Path:
    return var / "mishap.json"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return told


def _write(path: Path, told: dict[str, Any]) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(told))
    unfinished.replace(path)
