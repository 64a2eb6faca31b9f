"""Reading lists as people have them: pasted lines, and tables out of Excel and Sheets."""

import csv
import io
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.lists import (
    MOST_BYTES,
    MOST_CHAPTERS,
    Line,
    ListRefused,
    VideoList,
    read_file,
    read_text,
)


def lines(read: VideoList) -> list[tuple[str, ...]]:
    return [(line.chapter, line.name, line.title) for line in read.lines]


def test_pasted_lines_are_names_below_chapters() -> None:
    read = read_text(
        "before.mp4\n\n# Beginnings\n 01  Welcome.mp4 \r\n02 The loom\n\nThe engine:\n03, the mill\n## Deep\n"
    )
    assert lines(read) == [
        ("", "before.mp4", ""),
        ("Beginnings", "01 Welcome.mp4", ""),
        ("Beginnings", "02 The loom", ""),
        ("The engine", "03, the mill", ""),
    ]
    assert read.chapters == ["Beginnings", "The engine", "Deep"]


def test_a_chapter_that_comes_again_is_the_same() -> None:
    read = read_text("# One\na\n# Two\nb\none:\nc")
    assert read.chapters == ["One", "Two"]
    assert lines(read)[2] == ("One", "c", "")


def test_cells_that_were_copied_from_a_spreadsheet_are_a_table() -> None:
    assert lines(read_text("One\ta.mp4\tThe first\n\tb.mp4\t\nTwo\tc.mp4\t\n")) == [
        ("One", "a.mp4", "The first"),
        ("One", "b.mp4", ""),  # an empty cell means the one above
        ("Two", "c.mp4", ""),
    ]


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_with_a_header(between: str, encoding: str) -> None:
    out = io.StringIO()
    rows = [
        ["Title", "Notes", "File name", "CHAPTER"],
        ["Größe, Maße; and more", "x", "a.mp4", "Übung"],
        ['He said "hi"', "two\nlines", "b.mp4", ""],
    ]
    csv.writer(out, delimiter=between).writerows(rows)
    assert lines(read_file(out.getvalue().encode(encoding))) == [
        ("Übung", "a.mp4", "Größe, Maße; and more"),
        ("Übung", "b.mp4", 'He said "hi"'),
    ]


@pytest.mark.parametrize(
    ("table", "read"),
    [
        (b"a.mp4\nb.mp4\n", [("", "a.mp4", ""), ("", "b.mp4", "")]),
        (b'"a, the first.mp4"\n', [("", "a, the first.mp4", "")]),
        (b"One,a.mp4\nTwo,b.mp4\n", [("One", "a.mp4", ""), ("Two", "b.mp4", "")]),
        (b"One;a.mp4;First\n;b.mp4;\n", [("One", "a.mp4", "First"), ("One", "b.mp4", "")]),
        (b"video\na.mp4\n", [("", "a.mp4", "")]),
        (b"Name\r\na.mp4\r\n\r\nb.mp4\r\n", [("", "a.mp4", ""), ("", "b.mp4", "")]),
        (b"# One\na.mp4\n", [("One", "a.mp4", "")]),
        (b"module,video\nOne,a.mp4,and more\n", [("One", "a.mp4", "")]),
        (b"chapter,file\nOne,\n,a.mp4\n", [("One", "a.mp4", "")]),
    ],
)
def test_tables_without_much_ado(table: bytes, read: list[tuple[str, ...]]) -> None:
    assert lines(read_file(table)) == read


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"", "The list is empty"),
        (b" \n,,\n", "The list is empty"),
        (b"a,b,c,d\n", "4 columns and does not say which is what"),
        (b"x" * (MOST_BYTES + 1), "larger than 256 kB"),
        (b"PK\x03\x04\0\0", "no text"),
        (b"a\n" * 501, "more than 500 videos"),
        (b"x" * 256, "longer than 255 letters"),
        (b"# " + b"x" * 201, "longer than 200 letters"),
        (b"# " + b"x" * 2000, "longer than 255 letters"),
        (b'"' + b"x" * 200_000 + b'"', "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(table: bytes, said: str) -> None:
    with pytest.raises(ListRefused, match=said):
        read_file(table)


def test_five_hundred_chapters_are_read_and_one_more_is_refused() -> None:
    for table in ("#{}", "{},"):
        lines = [table.format(number) for number in range(MOST_CHAPTERS + 1)]
        header = "chapter,file\n" if "," in table else ""
        assert len(read_text(header + "\n".join(lines[1:])).chapters) == MOST_CHAPTERS
        with pytest.raises(ListRefused, match="more than 500 chapters"):
            read_text(header + "\n".join(lines))


def test_a_pasted_list_that_is_too_long_is_refused() -> None:
    for text in ("a\n" * 501, "x" * (MOST_BYTES + 1), "", "\n \n"):
        with pytest.raises(ListRefused):
            read_text(text)


_ONE_QUOTED = '"' + "x\n" * 60_000 + '"'
_MARKS = "a" + "\u0301\u0316" * 50_000  # to sort them takes the square of their number
_EVIL = {
    "headings": "\n".join(f"#{number:x}" for number in range(40_000)),
    "one heading": "#a\n" * 80_000,
    "empty headings": "#\n" * 130_000,
    "chapters without a video": "chapter,file\n" + "\n".join(f"c{n}," for n in range(30_000)),
    "a chapter without a video": "chapter,file\n" + "a,\n" * 80_000,
    "empty lines": "\n" * MOST_BYTES,
    "separators": ",\t;" * 80_000 + "a",
    "empty cells": ",\n" * 130_000 + "a",
    "columns": ",".join(f"{number:x}" for number in range(40_000)) + ",file",
    "quotes": '"' * 100_000,
    "quoted cells": '"",' * 80_000,
    "one cell": "x" * 130_000,
    "one quoted cell": _ONE_QUOTED,
    "spaces": ("a" + " " * 100_000) * 2,
    "colons": ": " * 60_000,
    "marks": _MARKS,
    "marks of a chapter": f"#{_MARKS}",
    "marks in a cell": f"chapter,file\n{_MARKS},a",
    "marks of many": "\n".join(["a" + "\u0301\u0316" * 500] * 255),
    "joiners": "a\u200d" * 60_000,
}


@pytest.mark.parametrize("what", _EVIL)
def test_no_list_takes_longer_than_its_length(what: str) -> None:
    """The worst takes a second; headings and marks took minutes."""
    for read in (read_text, lambda text: read_file(text.encode()[:MOST_BYTES])):
        began = time.process_time()
        with suppress(ListRefused):
            read(_EVIL[what])
        assert time.process_time() - began < 10


def test_nothing_invisible_comes_in() -> None:
    assert lines(read_text("a\u202eb\0\u200bc.mp4")) == [("", "abc.mp4", "")]


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    try:
        read = read_file(content)
    except ListRefused:
        return
    _judge(read)


@given(st.text(alphabet='ab#:,;\t\n\r" \0é', max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = read_text(text)
    except ListRefused:
        return
    _judge(read)


def _judge(read: VideoList) -> None:
    for line in read.lines:
        assert line.name == line.name.strip() != ""
        assert not line.chapter or line.chapter in read.chapters
    assert len(set(read.chapters)) == len(read.chapters)


_CELL = st.text(alphabet='ab ,;"é', min_size=1, max_size=8).map(str.strip).filter(bool)


@given(
    st.lists(st.tuples(_CELL, _CELL, _CELL), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_a_spreadsheet_writes_is_what_is_read(
    rows: list[tuple[str, str, str]], between: str
) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=between).writerows([("chapter", "file", "title"), *rows])
    read = read_file(out.getvalue().encode())
    assert [(line.name, line.title) for line in read.lines] == [
        (" ".join(name.split()), " ".join(title.split())) for _, name, title in rows
    ]
    chapters = [" ".join(chapter.split()).casefold() for chapter, _, _ in rows]
    assert [line.chapter.casefold() for line in read.lines] == chapters


def test_a_line_is_a_value() -> None:
    assert Line("a", "b") == Line("a", "b", "")
