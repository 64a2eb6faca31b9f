"""README and its neighbours name files that are there."""

import re

import pytest

from tests.dev.studios import ROOT

DOCUMENTS = [
    "README.md",
    "STYLE.md",
    "CHANGELOG.md",
    *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
]
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.\w+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
# Made when the studio runs, or by an example.
NOT_IN_THE_REPOSITORY = {
    "var/benchmarks/linking.json",
    "var/benchmarks/pages.json",
    "templates/components/_x.html",
    "static/css/x.css",
    "static/js/x.js",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_files_that_it_names_exist(name: str) -> None:
    document = ROOT / name
    text = document.read_text()
    named = set(FILE.findall(text)) - NOT_IN_THE_REPOSITORY
    assert {path for path in named if not (ROOT / path).exists()} == set()
    linked = LINK.findall(text)
    assert {path for path in linked if not (document.parent / path).exists()} == set()


def test_there_is_something_to_find() -> None:
    assert len(FILE.findall((ROOT / "STYLE.md").read_text())) > 10
    assert len(LINK.findall((ROOT / "README.md").read_text())) > 5
