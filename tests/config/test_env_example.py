"""`.env.example` names every variable that the code reads, with the default that the code has."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.dev.studios import ROOT

READERS = {"text", "flag", "size", "whole", "words", "one_of", "required"}
NOT_READ_BY_SETTINGS = {"POSTGRES_PASSWORD": "compose.yaml", "CHROMIUM": "bin/test"}
UNKNOWN = object()


class Read(NamedTuple):
    name: str
    default: object  # UNKNOWN if it is computed


def reads() -> Iterator[Read]:
    for path in (ROOT / "config").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in READERS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "env"
            ):
                first = node.args[0]
                assert isinstance(first, ast.Constant), f"{path.name}, line {node.lineno}"
                yield Read(str(first.value), default_of(node))


def default_of(call: ast.Call) -> object:
    """As it would stand in the file."""
    assert isinstance(call.func, ast.Attribute)
    given = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "default")]
    if call.func.attr == "required" or not given:
        return "0" if call.func.attr == "flag" else ""
    default = given[0]
    if isinstance(default, ast.IfExp):  # under DEBUG … else
        default = default.orelse
    if not isinstance(default, ast.Constant):
        return UNKNOWN
    return str(int(default.value) if isinstance(default.value, bool) else default.value)


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    found = [match for line in lines if (match := re.fullmatch(r"(?:# )?([A-Z_]+)=(.*)", line))]
    names = [match[1] for match in found]
    assert len(names) == len(set(names))
    return {match[1]: match[2] for match in found}


def test_there_is_something_to_compare() -> None:
    assert {"SECRET_KEY", "WEB_THREADS", "STATEMENT_TIMEOUT"} <= {read.name for read in reads()}


def test_every_variable_is_there_and_no_other() -> None:
    assert example().keys() == {read.name for read in reads()} | NOT_READ_BY_SETTINGS.keys()


def test_the_defaults_are_those_of_the_code() -> None:
    told = example()
    known = [read for read in reads() if read.default is not UNKNOWN]
    assert len(known) > 15
    for name, default in known:
        assert told[name] == default, name


def test_each_has_a_line_that_says_why() -> None:
    """Right above it, or above the ones that it stands together with."""
    for paragraph in (ROOT / ".env.example").read_text().split("\n\n"):
        lines = paragraph.strip().splitlines()
        if any(re.match(r"(?:# )?[A-Z_]+=", line) for line in lines):
            assert re.match(r"# [A-Za-z0-9]", lines[0]), paragraph
            assert not re.match(r"# [A-Z_]+=", lines[0]), paragraph
