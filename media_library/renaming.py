"""New names for many files, by a pattern."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from media_library.names import label

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")  # as config.template_tags.without_extension
_PLACEHOLDER = re.compile(r"\{(name|number)\}")
_LIKE_A_PLACEHOLDER = re.compile(r"\{\w*\}")
_LONGEST = 255
_MOST = 1000  # of what is filled in: what comes later would be cut off in any case
NAMELESS = "It would be left without a name."


def unknown_in(pattern: str) -> list[str]:
    """What looks like a placeholder and is none."""
    return [
        found for found in _LIKE_A_PLACEHOLDER.findall(pattern) if not _PLACEHOLDER.match(found)
    ]


@dataclass(frozen=True)
class Pattern:
    """`find` becomes `replace` in each name, and what comes of it stands for {name}."""

    find: str = ""
    replace: str = ""
    pattern: str = "{name}"
    start: int = 1
    digits: int = 1

    def of(self, name: str, place: int) -> str:
        """The new name of the file at that place, counted from 1; empty if nothing would be left of it.

        The extension stays: it says what the file is, and not what it is about.
        """
        found = _EXTENSION.search(name)
        extension = found.group() if found and found.start() else ""
        stem = name.removesuffix(extension)
        text = self._filled(stem, place)
        # With an extension in any case: `label` calls what is nothing but one "Untitled".
        stand_in = extension or ".x"
        safe = label(f"{text}{stand_in}").removesuffix(stand_in).strip()
        return f"{safe}{extension}" if safe else ""

    def title(self, title: str, place: int) -> str:
        """Likewise of something that is no file, and has no extension."""
        return " ".join(self._filled(title, place).split())[:_LONGEST].strip()

    def _filled(self, stem: str, place: int) -> str:
        parts = {
            "name": (stem.replace(self.find, self.replace) if self.find else stem)[:_MOST],
            "number": str(self.start + place - 1).zfill(self.digits),
        }
        return _PLACEHOLDER.sub(lambda found: parts[found[1]], self.pattern)[:_MOST]

    @property
    def details(self) -> dict[str, Any]:
        return asdict(self)
