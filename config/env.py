"""Reading the environment: every setting of the studio comes from here. Standard library only:
bin/dev reads with it before anything is installed."""

from __future__ import annotations

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


class EnvironmentVariableError(Exception):
    """A variable is missing or cannot be understood; the message is one sentence for the operator."""


def load_dotenv(path: Path = BASE_DIR / ".env") -> None:
    """Read `NAME=value` lines; what the environment already says wins."""
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.removeprefix("export ").partition("=")
        if not equals or not name.strip().isidentifier():
            raise EnvironmentVariableError(f"{path}, line {number}: not of the form NAME=value.")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        os.environ.setdefault(name.strip(), value)


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if value in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return value in ("1", "true", "yes", "on") if value else default
    raise EnvironmentVariableError(f"{name} must be 1 or 0, not {value!r}.")


def whole(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    value = text(name, str(default))
    if value.isascii() and value.isdigit() and least <= int(value) <= (most or int(value)):
        return int(value)
    span = f"from {least}" if most is None else f"from {least} to {most}"
    raise EnvironmentVariableError(f"{name} must be a whole number {span}, not {value!r}.")


def size(name: str, default: str) -> int:
    """Bytes: 500M, 20G, 2T; each is 1,024 of the one before."""
    value = text(name, default).upper()
    number, unit = (value[:-1], value[-1]) if value[-1] in _UNITS else (value, "")
    if number.isascii() and number.isdigit():
        power = 1 + _UNITS.index(unit) if unit else 0
        return int(number) << 10 * power
    raise EnvironmentVariableError(f"{name} must be a size like 500M or 20G, not {value!r}.")


_UNITS = "KMGT"


def words(name: str) -> list[str]:
    """A list with commas between its items."""
    return [item.strip() for item in text(name).split(",") if item.strip()]


def one_of(name: str, *choices: str) -> str:
    """The first choice is the default."""
    value = text(name, choices[0])
    if value not in choices:
        raise EnvironmentVariableError(
            f"{name} must be one of {', '.join(choices)}, not {value!r}."
        )
    return value


def required(name: str, why: str) -> str:
    if value := text(name):
        return value
    raise EnvironmentVariableError(f"{name} is not set: {why}")
