"""The text of one caption, written anew: a few tags, each of them closed, and for the rest plain text."""

import html
import re

_TAG = re.compile(r"<([^<>\n]{0,300})>")
_PLAIN = re.compile(r"(/?)([biuc])(?:\.\S*)?\s*", re.IGNORECASE)
_SPEAKER = re.compile(r"v(?:\.\S*)?\s+(.+)", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"lang(?:\.\S*)?\s+([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,6})\s*", re.IGNORECASE
)
_END = re.compile(r"/(v|lang)\s*", re.IGNORECASE)
_FONT = re.compile(r"/?font(?:\s.*)?", re.IGNORECASE)
# What SSA has in braces, and programs that make SRT of it leave there.
_ORDERS = re.compile(r"\{\\[^{}\n]{0,300}\}")
_PLACE = re.compile(r"\\an([1-9])")
_TIMESTAMP = re.compile(r"(?:[0-9]+:)?[0-9]{2}:[0-9]{2}\.[0-9]{3}")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def without_orders(text: str) -> tuple[str, str]:
    """The text of SRT, and as a setting of WebVTT if it shall stand at the top or in the middle."""
    orders = "".join(_ORDERS.findall(text))
    place = _PLACE.search(orders)
    row = (int(place[1]) - 1) // 3 if place else 0
    return _ORDERS.sub("", text), ("", "line:50%", "line:0")[row]


def safe(text: str, *, has_entities: bool) -> str:
    """`&amp;` means & in WebVTT, and itself in SRT. Empty if nothing is left to read."""
    written: list[str] = []
    is_open: list[str] = []
    here = 0
    for tag in _TAG.finditer(text):
        written.append(_escaped(text[here : tag.start()], has_entities=has_entities))
        written.append(_tag(tag[1], is_open, has_entities=has_entities))
        here = tag.end()
    written.append(_escaped(text[here:], has_entities=has_entities))
    written += [f"</{name}>" for name in reversed(is_open)]
    # An empty line would end the caption, and what follows would be another one.
    lines = [line.strip() for line in "".join(written).split("\n")]
    whole = "\n".join(line for line in lines if line)
    return whole if _TAG.sub("", whole).strip() else ""


def _tag(inside: str, is_open: list[str], *, has_entities: bool) -> str:
    if match := _PLAIN.fullmatch(inside):
        end, name = match[1], match[2].lower()
        return _closed(name, is_open) if end else _opened(name, is_open, f"<{name}>")
    if match := _END.fullmatch(inside):
        return _closed(match[1].lower(), is_open)
    if match := _SPEAKER.fullmatch(inside):
        # Two hyphens and the end of the tag would be an arrow.
        name = _escaped(match[1], has_entities=has_entities).replace("--", "–").strip()
        return _opened("v", is_open, f"<v {name}>") if name else ""
    if match := _LANGUAGE.fullmatch(inside):
        return _opened("lang", is_open, f"<lang {match[1]}>")
    if _TIMESTAMP.fullmatch(inside) or _FONT.fullmatch(inside):  # karaoke, colours; the words stay
        return ""
    return _escaped(f"<{inside}>", has_entities=has_entities)


def _opened(name: str, is_open: list[str], tag: str) -> str:
    is_open.append(name)
    return tag


def _closed(name: str, is_open: list[str]) -> str:
    """With all that was opened inside of it; nothing if it is not open."""
    if name not in is_open:
        return ""
    written = ""
    while True:
        inner = is_open.pop()
        written += f"</{inner}>"
        if inner == name:
            return written


def _escaped(text: str, *, has_entities: bool) -> str:
    lines = text.split("\n")
    if has_entities:
        lines = [html.unescape(line) for line in lines]
    lines = [html.escape(_INVISIBLE.sub(" ", line), quote=False) for line in lines]
    return "\n".join(lines)
