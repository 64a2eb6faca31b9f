"""What people call a file."""

import unicodedata
from pathlib import PurePath

_LONGEST = 255


def label(name: str) -> str:
    """What a browser sent as a file's name, as something to read: no folders, nothing invisible."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = (
        character
        for character in unicodedata.normalize("NFC", last)
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs"} or character.isspace()
    )
    words = " ".join("".join(visible).split())
    extension = PurePath(words).suffix
    if len(extension) > 20:
        extension = ""
    stem = words.removesuffix(extension)
    return stem[: _LONGEST - len(extension)] + extension or "Untitled"


def saved_as(name: str, extension: str) -> str:
    """On the disk of whoever downloads it: what it is called, and what it is."""
    return name if name.lower().endswith(extension) else name + extension
