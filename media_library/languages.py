"""Languages of captions: tags of BCP 47, what people call them, and how they were written before Unicode."""

import re
from pathlib import PurePath

from django.conf.locale import LANG_INFO
from django.utils.translation.trans_real import parse_accept_lang_header

_AT_THE_END = re.compile(r"(?:^|[._])([A-Za-z]{2,3}(?:_[A-Z]{2}|-[A-Za-z]{2,4})?)$")
# do_it.srt is not Italian, to_be.vtt not Belarusian.
_WORDS_AT_THE_END = re.compile(r"_(?:be|he|hi|id|is|it|my|no)$")
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


def in_name(file_name: str) -> str:
    """Of captions, as people call them: talk.de.vtt, talk_en-US.srt. Empty if it says none.

    Countries that are not known with their language are in capitals: it-is.vtt is not Italian.
    """
    stem = PurePath(file_name).stem
    match = None if _WORDS_AT_THE_END.search(stem) else _AT_THE_END.search(stem)
    tag = normal(match[1]) if match else ""
    language, _, country = tag.partition("-")
    is_country = match is not None and len(country) == 2 and country in match[1]
    return tag if tag in NAMES or (language in NAMES and is_country) else ""


def name(tag: str) -> str:
    return NAMES.get(tag, tag)


def code_page(tag: str) -> str:
    """In which files are that are no Unicode."""
    return _CODE_PAGES.get(tag) or _CODE_PAGES.get(tag.partition("-")[0], "cp1252")


def offered(accepted: str) -> str:
    """The first that is known of those that a browser accepts, or English."""
    tags = [normal(tag) for tag, _ in parse_accept_lang_header(accepted)]
    wanted = (tag if tag in NAMES else tag.partition("-")[0] for tag in tags)
    return next((tag for tag in wanted if tag in NAMES), "en")


NAMES: dict[str, str] = {
    normal(code): str(info["name"]) for code, info in LANG_INFO.items() if "name" in info
}
# The ones that are asked for most stand first.
_FIRST = ("en", "es", "fr", "de", "it", "pt", "nl", "pl", "ar", "hi", "ja", "ko", "zh-Hans")
_IN_ORDER = [*_FIRST, *sorted(NAMES.keys() - set(_FIRST), key=name)]
CHOICES = [(tag, NAMES[tag]) for tag in _IN_ORDER]
_CODE_PAGES = {
    tag: code_page
    for code_page, tags in {
        "cp1250": "pl cs sk hu hr sl ro sq bs sr-Latn dsb hsb",
        "cp1251": "ru uk be bg sr mk kk ky mn tg",
        "cp1253": "el",
        "cp1254": "tr az",
        "cp1255": "he",
        "cp1256": "ar fa ur ug ckb",
        "cp1257": "et lv lt",
        "cp1258": "vi",
        "cp874": "th",
        "cp932": "ja",
        "cp949": "ko",
        "cp950": "zh-Hant",
        "gb18030": "zh",
    }.items()
    for tag in tags.split()
}
