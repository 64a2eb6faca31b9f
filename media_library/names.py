"""What people call a file."""

import re
import unicodedata

LONGEST = 255
_CHARACTERS = 4  # of one letter, as it may be typed
_MOST, _EXTENSIONS = _CHARACTERS * LONGEST, 20
_EXTENSION = re.compile(r"(?<=[^/])\.[^./]{1,19}$")
# Of Persian words and of emoji that are one picture; elsewhere nobody would see that they are there.
_JOINERS = "\u200c\u200d"
_JOINED = {"L", "M", "S"}


def label(name: str) -> str:
    """As somebody typed it, as something to read: it is no path, whatever is in it."""
    typed = name if len(name) <= _MOST else name[:_MOST] + name[-_EXTENSIONS:]
    words = readable(typed, _MOST + _EXTENSIONS)
    extension = match.group() if (match := _EXTENSION.search(words)) else ""
    stem = words.removesuffix(extension)[: LONGEST - len(extension)]
    return stem.rstrip(_JOINERS) + extension or "Untitled"


def label_of_path(path: str) -> str:
    """Of what a browser or a folder calls so: the last part of it."""
    return label(path.replace("\\", "/").rsplit("/", 1)[-1])


def readable(text: str, most: int) -> str:
    """One line of so many letters, with nothing invisible in it.

    What cannot be part of it is cut before it costs anything: NFC takes quadratic time for stacked accents.
    """
    visible = [
        character
        for character in unicodedata.normalize("NFC", text[: _CHARACTERS * most])
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
        or character.isspace()
        or character in _JOINERS
    ]
    kept = (
        character
        for place, character in enumerate(visible)
        if character not in _JOINERS or _joins(visible, place)
    )
    return " ".join("".join(kept).split())[:most].rstrip(_JOINERS + " ")


def _joins(text: list[str], place: int) -> bool:
    beside = text[place - 1 : place] + text[place + 1 : place + 2]
    return len(beside) == 2 and all(unicodedata.category(one)[0] in _JOINED for one in beside)


def saved_as(name: str, extension: str) -> str:
    """On the disk of whoever downloads it: what it is called, and what it is."""
    flat = re.sub(r"[/\\]", "_", name)
    return flat if flat.lower().endswith(extension) else flat + extension
