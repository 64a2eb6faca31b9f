"""Lists of videos as people have them: lines of names, or a table out of Excel or Sheets. No Django here."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from media_library.names import LONGEST, readable

MOST_BYTES = 256 * 1024
MOST_LINES = 500
MOST_CHAPTERS = 500
_LONGEST_CHAPTER = 200
# As it was typed, where one letter may be several characters. More is refused, not cut.
_LONGEST_TYPED = 4 * LONGEST
_EMPTY = "The list is empty: paste names of files, or choose a file."
_BEFORE_HEADING = re.compile(r"#+")
_COLUMNS = {
    "chapter": ("chapter", "chapter title", "section", "module", "unit", "part", "lesson"),
    "name": ("file", "file name", "filename", "name", "video", "video file", "media"),
    "title": ("title", "video title", "label", "caption"),
}
Row = Sequence[str]


class ListRefused(Exception):
    """No list that can be read; the message is a sentence that says what to do."""


@dataclass(frozen=True)
class Line:
    """A video. Without a chapter it is for whoever reads it to say where it goes."""

    chapter: str
    name: str
    title: str = ""


@dataclass(frozen=True)
class VideoList:
    lines: list[Line]
    chapters: list[str]  # in their order, also those without a video


def read_file(content: bytes) -> VideoList:
    """As Excel, Sheets or an editor has saved it."""
    if len(content) > MOST_BYTES:
        raise ListRefused(
            "The file is larger than 256 kB. Split it, and add one part after the other."
        )
    text = _decoded(content)
    if "\0" in text:
        raise ListRefused("This is no text. Save the table as CSV, and choose that file.")
    if not text.strip(' ,;"\t\r\n'):
        raise ListRefused(_EMPTY)
    rows = _table(text, ("\t", ";", ","))
    return _of_rows(rows) if rows else _of_lines(_unquoted(text))


def read_text(text: str) -> VideoList:
    """As it was pasted: lines of names, or cells of a table, which have tabs between them."""
    if len(text) > MOST_BYTES:
        raise ListRefused(
            "The list is longer than 256 kB. Split it, and add one part after the other."
        )
    text = text.replace("\0", "")
    rows = _table(text, ("\t",)) or _table(text, (";", ","), only_with_header=True)
    return _of_rows(rows) if rows else _of_lines(text.splitlines())


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's "Unicode text"
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _unquoted(text: str) -> list[str]:
    """A table of one column."""
    return [row[0] if row else "" for row in _parsed(text, "\t")]


def _parsed(text: str, between: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=between))
    except csv.Error:
        raise ListRefused("The table cannot be read. Save it as CSV once more.") from None


def _table(
    text: str, separators: Iterable[str], *, only_with_header: bool = False
) -> list[list[str]]:
    """Its rows, read by whatever stands between its cells; none if it is no table of several columns."""
    ways = [
        [row for row in _parsed(text, between) if any(cell.strip() for cell in row)]
        for between in separators
    ]
    with_header = [rows for rows in ways if rows and _header(rows[0])]
    if with_header:
        widest = max(with_header, key=lambda rows: len(rows[0]))
        return widest if len(widest[0]) > 1 or not only_with_header else []
    if only_with_header:
        return []
    wide = (rows for rows in ways if sum(len(row) > 1 for row in rows) > len(rows) * 0.8)
    return next(wide, [])


def _header(row: Row) -> dict[str, int]:
    """Which column is what, if the row says so: that of the names must be among them."""
    words = [" ".join(cell.casefold().replace("_", " ").replace("-", " ").split()) for cell in row]
    found = {
        what: words.index(next(known for known in names if known in words))
        for what, names in _COLUMNS.items()
        if set(names) & set(words)
    }
    return found if "name" in found and len(words) == len(set(words)) else {}


def _of_rows(rows: list[list[str]]) -> VideoList:
    """An empty cell for the chapter means the one above, as in a table for people."""
    columns = _header(rows[0])
    width = max(len(row) for row in rows)
    if columns:
        rows = rows[1:]
    elif width == 2:
        columns = {"chapter": 0, "name": 1}
    elif width == 3:
        columns = {"chapter": 0, "name": 1, "title": 2}
    else:
        raise ListRefused(
            f"This table has {width} columns and does not say which is what: call them chapter, file and"
            " title in its first line."
        )
    made = _Making()
    for row in rows:
        cells = {
            what: _words(row[place]) if place < len(row) else "" for what, place in columns.items()
        }
        if cells.get("chapter"):
            made.begin(cells["chapter"])
        if cells["name"]:
            made.add(cells["name"], cells.get("title", ""))
    return made.list()


def _of_lines(lines: Iterable[str]) -> VideoList:
    """A line that ends with a colon or begins with # is the title of a chapter; the others are names."""
    made = _Making()
    for line in map(_words, lines):
        if line.startswith("#"):
            made.begin(_BEFORE_HEADING.sub("", line, count=1).strip())
        elif line.endswith(":"):
            made.begin(line.rstrip(": "))
        elif line:
            made.add(line)
    return made.list()


def _words(typed: str) -> str:
    words = " ".join(typed.split())
    if len(words) > _LONGEST_TYPED:
        raise _too_long(readable(words, 40))
    # Most are so, and a list may have 100,000 of them.
    return words if words.isascii() and words.isprintable() else readable(words, _LONGEST_TYPED)


def _too_long(text: str) -> ListRefused:
    return ListRefused(f"“{text[:40]}…” is longer than {LONGEST} letters.")


class _Making:
    """Refuses what is too much as soon as it is: a list of 256 kB has a hundred times as many lines."""

    def __init__(self) -> None:
        self._chapter = ""
        self._chapters: dict[str, str] = {}  # by what makes them the same
        self._lines: list[Line] = []

    def begin(self, chapter: str) -> None:
        if len(chapter) > _LONGEST_CHAPTER:
            raise ListRefused(
                f"The title of the chapter “{chapter[:40]}…” is longer than {_LONGEST_CHAPTER} letters."
            )
        self._chapter = self._chapters.setdefault(sameness(chapter), chapter) if chapter else ""
        if len(self._chapters) > MOST_CHAPTERS:
            raise ListRefused(
                f"The list has more than {MOST_CHAPTERS} chapters. Split it, and add one part after the"
                " other."
            )

    def add(self, name: str, title: str = "") -> None:
        for text in (name, title):
            if len(text) > LONGEST:
                raise _too_long(text)
        self._lines.append(Line(self._chapter, name, title))
        if len(self._lines) > MOST_LINES:
            raise ListRefused(
                f"The list has more than {MOST_LINES} videos. Split it, and add one part after the other."
            )

    def list(self) -> VideoList:
        if not self._lines and not self._chapters:
            raise ListRefused(_EMPTY)
        return VideoList(self._lines, list(self._chapters.values()))


def sameness(title: str) -> str:
    """Of a chapter: two that share it are one."""
    return title.casefold()
