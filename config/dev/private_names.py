"""Whether a file names a package registry or somebody's home: such a file works on one machine only."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from config.dev.places import ROOT

# Put together here, so that this file is not the one that it looks for.
_REGISTRY_HOSTS = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com")
_FORBIDDEN = re.compile(
    "|".join(
        (
            *map(re.escape, _REGISTRY_HOSTS),
            r"--(extra-)?index-url\b",
            r"\bregistry *= *http",
            r"(?<![\w.])/(root|home/\w[\w.-]*|Users/\w[\w.-]*)/",
        )
    ).encode()
)
_LOOKED_AT_FOR_BINARY = 8192


def complaints() -> Iterator[str]:
    for path in _files():
        content = path.read_bytes()
        if b"\0" in content[:_LOOKED_AT_FOR_BINARY]:
            continue
        for number, line in enumerate(content.splitlines(), start=1):
            if found := _FORBIDDEN.search(line):
                words = found.group().decode(errors="replace")
                yield f"{path.relative_to(ROOT)}, line {number}: {words}"


def _files() -> Iterator[Path]:
    """All but what .gitignore names (whole folders and single files of ours; no git is needed)."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    skipped = {ROOT / ".git", *(ROOT / line.strip("/") for line in ignored if line.startswith("/"))}
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            name for name in folders if name != "__pycache__" and Path(folder, name) not in skipped
        ]
        for name in files:
            path = Path(folder, name)
            if path not in skipped and path.is_file():
                yield path


if __name__ == "__main__":
    found = list(complaints())
    print("\n".join(found))
    sys.exit(bool(found))
