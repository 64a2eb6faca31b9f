"""docs/reliability.md says which test holds which case: the tests that it names are there."""

import re

from tests.chaos.faults import KINDS
from tests.dev.studios import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def test_every_test_that_it_names_exists() -> None:
    assert len(NAMED) > 50
    gone = [
        f"{path}::{name}"
        for path, name in NAMED
        if not (ROOT / path).exists() or f"def {name}(" not in (ROOT / path).read_text()
    ]
    assert gone == []


def test_every_case_has_a_line() -> None:
    cases = re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)
    assert [int(case) for case in cases] == list(range(1, 51))
    struck = {case for kind in KINDS for case in kind.cases.split(", ") if case}
    assert struck <= set(cases)
