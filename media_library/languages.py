"""Languages of captions: tags of BCP 47, and what people call them."""

import re

from django.conf.locale import LANG_INFO

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def normal(text: str) -> str:
    """`PT_br` is pt-BR; empty if it is no tag."""
    tag = text.strip().replace("_", "-")
    if not _TAG.fullmatch(tag):
        return ""
    language, *others = tag.lower().split("-")
    return "-".join([language, *map(_subtag, others)])


def _subtag(text: str) -> str:
    """Scripts are written Hans, countries CH."""
    if len(text) == 4 and text.isalpha():
        return text.title()
    return text.upper() if len(text) == 2 else text


def name(tag: str) -> str:
    return NAMES.get(tag, tag)


NAMES: dict[str, str] = {
    normal(code): str(info["name"]) for code, info in LANG_INFO.items() if "name" in info
}
# The ones that are asked for most stand first.
_FIRST = ("en", "es", "fr", "de", "it", "pt", "nl", "pl", "ar", "hi", "ja", "ko", "zh-Hans")
CHOICES = [
    ("", "Choose…"),
    *((tag, NAMES[tag]) for tag in _FIRST),
    *sorted(
        ((tag, said) for tag, said in NAMES.items() if tag not in _FIRST), key=lambda one: one[1]
    ),
]
