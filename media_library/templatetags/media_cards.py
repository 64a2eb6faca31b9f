"""Cards of a library, many at once: see `config.drawing`."""

from collections.abc import Iterable, Mapping
from html import escape
from types import SimpleNamespace
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from config.drawing import DURATION, IDS, NUMBERS, WORDS, Drawings
from config.template_tags import bytes_for_people, clock, poster_version
from media_library.models import MediaFile

register = template.Library()

_FILE, _ = IDS
_NAME, _POSTER, _ = WORDS
_WIDTH, _HEIGHT, _PERCENT = NUMBERS
_SIZE = 99_000_001 * 10**12
CARDS = Drawings(
    "media_library/_media_card.html",
    {
        _FILE: "file",
        _NAME: "name",
        _POSTER: "poster",
        str(_WIDTH): "width",
        str(_HEIGHT): "height",
        str(_PERCENT): "percent",
        bytes_for_people(_SIZE): "size",
        clock(DURATION): "time",
    },
)


@register.simple_tag(takes_context=True)
def media_cards(context: Context, files: Iterable[MediaFile]) -> SafeString:
    unused, uncaptioned = context["unused"], context["uncaptioned"]
    return SafeString(
        "".join(
            [_drawn(context, media, media.pk in unused, media.pk in uncaptioned) for media in files]
        )
    )


def _drawn(context: Context, media: MediaFile, is_unused: bool, is_uncaptioned: bool) -> str:
    look = (
        media.status,
        media.reason,
        media.video_codec,
        media.is_imported,
        bool(media.poster),
        media.duration and DURATION,
        media.trashed_at is None,
        is_unused,
        is_uncaptioned,
    )
    words = {
        "file": str(media.pk),
        "name": escape(media.name),
        "poster": escape(poster_version(media.poster.name)),
        "width": str(media.width),
        "height": str(media.height),
        "percent": str(media.percent),
        "size": bytes_for_people(media.size),
        "time": clock(media.duration),
    }
    return CARDS.draw(context, look, lambda: _like(media, is_unused, is_uncaptioned), words)


def _like(media: MediaFile, is_unused: bool, is_uncaptioned: bool) -> Mapping[str, Any]:
    """What looks as this file does, with marks for words."""
    like = SimpleNamespace(
        pk=_FILE,
        name=_NAME,
        status=media.status,
        sentence=media.sentence,
        is_imported=media.is_imported,
        percent=_PERCENT,
        size=_SIZE,
        duration=media.duration and DURATION,
        width=_WIDTH,
        height=_HEIGHT,
        video_codec=media.video_codec,
        poster=SimpleNamespace(name=f"-{_POSTER}.jpg") if media.poster else None,
        trashed_at=media.trashed_at,
    )
    return {
        "media": like,
        "unused": {_FILE} if is_unused else (),
        "uncaptioned": {_FILE} if is_uncaptioned else (),
    }
