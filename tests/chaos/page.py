"""An editor as it stands open in a browser: read once, then changed by the fragments that answers bring.

Merges as static/js/keyed.js does. All that is drawn is kept, so that two pages can be compared whole.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Drawn = tuple[Any, ...]

_VOID = {"br", "hr", "img", "input", "link", "meta", "use", "path"}
# Of the moment, not of the course: when to ask again, and tokens, which differ at each drawing.
_PASSING = {"data-since", "data-poll"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.attributes.get("id", "")

    @property
    def elements(self) -> list[Element]:
        return [child for child in self.children if isinstance(child, Element)]

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.elements:
            yield from child.walk()

    def find(self, **attributes: str) -> Element | None:
        wanted = attributes.items()
        return next((one for one in self.walk() if wanted <= one.attributes.items()), None)

    def text(self) -> str:
        return " ".join(part if isinstance(part, str) else part.text() for part in self.children)

    def drawn(self) -> Drawn:
        shown = {n: v for n, v in self.attributes.items() if n not in _PASSING}
        inside = [
            child if isinstance(child, str) else child.drawn()
            for child in self.children
            if isinstance(child, str) or child.attributes.get("name") != "csrfmiddlewaretoken"
        ]
        return self.tag, tuple(sorted(shown.items())), *inside

    def put(self, fresh: Element) -> bool:
        """In the place of what has its id; False if nothing has."""
        for place, child in enumerate(self.children):
            if isinstance(child, Element):
                if child.id == fresh.id:
                    self.children[place] = fresh
                    return True
                if child.put(fresh):
                    return True
        return False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if words := " ".join(data.split()):
            self._open[-1].children.append(words)


def read(html: str) -> Element:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


@dataclass
class Row:
    video: str
    position: int
    revision: int
    status: str
    title: str
    version: int
    drawn: Drawn
    poster: str

    @classmethod
    def of(cls, item: Element) -> Row:
        video = item.id.removeprefix("video-")
        version = item.find(name="version")
        title = item.find(name="title")
        picture = next((one for one in item.walk() if one.tag == "img"), None)
        assert version is not None
        assert title is not None
        return cls(
            video,
            int(item.attributes["data-pos"]),
            int(item.attributes["data-revision"]),
            item.attributes["data-status"],
            title.attributes["value"],
            int(version.attributes["value"]),
            item.drawn(),
            picture.attributes["src"] if picture else "",
        )


@dataclass
class Chapter:
    """`shell` is all of it but the rows."""

    shell: Element
    rows: dict[str, Row]

    @property
    def position(self) -> int:
        return int(self.shell.attributes["data-pos"])

    @property
    def revision(self) -> int:
        return int(self.shell.attributes["data-revision"])

    @classmethod
    def of(cls, section: Element) -> Chapter:
        chapter = section.id
        videos = section.find(id=f"{chapter}-videos")
        assert videos is not None
        rows = [Row.of(item) for item in videos.elements]
        videos.children.clear()
        return cls(section, {row.video: row for row in rows})

    def in_order(self) -> list[Row]:
        return sorted(self.rows.values(), key=lambda row: row.position)


@dataclass
class Page:
    since: int
    course_head: Element
    outline: Element
    chapters: dict[str, Chapter]

    @classmethod
    def loaded(cls, html: str) -> Page:
        root = read(html)
        feed, head, outline, chapters = (
            root.find(id=name) for name in ("feed", "course-head", "outline", "chapters")
        )
        assert feed is not None
        assert head is not None
        assert outline is not None
        assert chapters is not None
        shown = [Chapter.of(section) for section in chapters.elements]
        since = int(feed.attributes["data-since"])
        return cls(since, head, outline, {one.shell.id[8:]: one for one in shown})

    def as_it_is(self) -> Page:
        return copy.deepcopy(self)

    @property
    def rows(self) -> dict[str, Row]:
        return {
            row.video: row for chapter in self.chapters.values() for row in chapter.rows.values()
        }

    def chapter_of(self, video: str) -> str:
        return next(name for name, chapter in self.chapters.items() if video in chapter.rows)

    def merge(self, html: str) -> Element:
        """The answer, as it was read."""
        answer = read(html)
        for partial in answer.elements:
            if partial.tag == "hx-partial":
                self._swap(partial.attributes["hx-target"][1:], partial)
        return answer

    def _swap(self, target: str, partial: Element) -> None:
        kind, _, rest = target.partition("-")
        match partial.attributes["hx-swap"]:
            case "keyed" if target == "chapters":
                for section in partial.elements:
                    self._merge_chapter(Chapter.of(section))
            case "keyed":
                for item in partial.elements:
                    self._merge_row(rest.removesuffix("-videos"), Row.of(item))
            case "remove" if kind == "video":
                for chapter in self.chapters.values():
                    chapter.rows.pop(rest, None)
            case "remove":
                self.chapters.pop(rest, None)
            case "outerMorph":
                self._put(partial.elements[0])
            case "innerHTML" if target == "in-trash" or kind == "outline":
                shown_in = self.course_head if target == "in-trash" else self.outline
                number = shown_in.find(id=target)
                if number is not None:
                    number.children = partial.children

    def _put(self, fresh: Element) -> None:
        if fresh.id == "course-head":
            self.course_head = fresh
        elif fresh.id == "outline":
            self.outline = fresh
        else:
            any(chapter.shell.put(fresh) for chapter in self.chapters.values())

    def _merge_chapter(self, fresh: Chapter) -> None:
        name = fresh.shell.id[8:]
        old = self.chapters.get(name)
        if old is None:
            self.chapters[name] = fresh
            return
        if fresh.revision >= old.revision:
            old.shell = fresh.shell
        for row in fresh.rows.values():
            self._merge_row(name, row)

    def _merge_row(self, chapter: str, fresh: Row) -> None:
        """An answer that was overtaken by another one brings nothing new."""
        old = self.rows.get(fresh.video)
        if old is None or fresh.revision >= old.revision:
            for other in self.chapters.values():
                other.rows.pop(fresh.video, None)
            if chapter in self.chapters:
                self.chapters[chapter].rows[fresh.video] = fresh

    def differs_from(self, other: Page) -> list[str]:
        """What is shown otherwise, in words."""
        differences = []
        if self.course_head.drawn() != other.course_head.drawn():
            pair = self.course_head.drawn(), other.course_head.drawn()
            differences.append(f"the head of the course: {_first_difference(*pair)}")
        if self.outline.drawn() != other.outline.drawn():
            pair = self.outline.drawn(), other.outline.drawn()
            differences.append(f"the outline: {_first_difference(*pair)}")
        mine = sorted(self.chapters, key=lambda name: self.chapters[name].position)
        others = sorted(other.chapters, key=lambda name: other.chapters[name].position)
        if mine != others:
            return [*differences, f"the chapters: {mine} / {others}"]
        for name in mine:
            differences += _differences(name, self.chapters[name], other.chapters[name])
        return differences


def _differences(name: str, one: Chapter, other: Chapter) -> Iterator[str]:
    if one.shell.drawn() != other.shell.drawn():
        yield f"chapter {name}: {_first_difference(one.shell.drawn(), other.shell.drawn())}"
    mine, others = one.in_order(), other.in_order()
    if [row.video for row in mine] != [row.video for row in others]:
        only_mine = one.rows.keys() - other.rows.keys()
        only_others = other.rows.keys() - one.rows.keys()
        yield f"chapter {name} has other rows: {only_mine} / {only_others}, or another order"
        return
    for row, its_other in zip(mine, others, strict=True):
        if row.drawn != its_other.drawn:
            yield f"video {row.video}: {_first_difference(row.drawn, its_other.drawn)}"


def _first_difference(one: Any, other: Any) -> str:
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        pairs = zip(one, other, strict=True)
        return next(_first_difference(*pair) for pair in pairs if pair[0] != pair[1])
    return f"{one!r} / {other!r}"
