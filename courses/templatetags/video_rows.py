"""Rows of videos, many at once: see `config.drawing`."""

from collections.abc import Iterable, Mapping
from html import escape
from types import SimpleNamespace
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from config.drawing import DURATION, IDS, NUMBERS, WORDS, Drawings
from config.template_tags import clock, poster_version
from courses.models import Video
from courses.models.video import MOST_OF_ABOUT

register = template.Library()

_VIDEO, _MEDIA = IDS
_TITLE, _POSTER, _ABOUT = WORDS
_POSITION, _REVISION, _VERSION = NUMBERS
ROWS = Drawings(
    "courses/_video_row.html",
    {
        _VIDEO: "video",
        _MEDIA: "media",
        _TITLE: "title",
        _POSTER: "poster",
        _ABOUT: "about",
        str(_POSITION): "position",
        str(_REVISION): "revision",
        str(_VERSION): "version",
        clock(DURATION): "time",
    },
)


@register.simple_tag(takes_context=True)
def video_rows(context: Context, videos: Iterable[Video]) -> SafeString:
    """All at once: the template's own loop takes as long for a row as drawing it."""
    refused: Video | None = context.get("refused_of")
    return SafeString(
        "".join(
            [
                # As it was sent: there is one of it.
                ROWS.drawn(context, _given(video))
                if refused is not None and refused.pk == video.pk
                else _drawn(context, video)
                for video in videos
            ]
        )
    )


def _drawn(context: Context, video: Video) -> str:
    media = video.media
    poster = media.poster.name
    look = (
        video.status,
        video.reason,
        video.deferrals,
        video.uploaded,
        bool(poster),
        video.is_captioned,
        video.published,
    )
    words = {
        "video": str(video.pk),
        "media": str(video.media_id),
        "title": escape(video.title),
        "about": escape(Truncator(video.about).chars(MOST_OF_ABOUT)) if video.about else "",
        "poster": escape(poster_version(poster)),
        "position": str(video.position),
        "revision": str(video.revision),
        "version": str(video.title_version),
        "time": clock(media.duration),
    }
    return ROWS.draw(context, look, lambda: _given(_like(video)), words)


def _given(video: object) -> Mapping[str, Any]:
    return {"video": video, "optimistic": False}


def _like(video: Video) -> SimpleNamespace:
    """Looks as this video does, with marks for words."""
    poster = SimpleNamespace(name=f"-{_POSTER}.jpg") if video.media.poster else None
    return SimpleNamespace(
        pk=_VIDEO,
        title=_TITLE,
        about=_ABOUT,
        title_version=_VERSION,
        position=_POSITION,
        revision=_REVISION,
        status=video.status,
        reason=video.reason,
        sentence=video.sentence,
        cause=video.cause,
        deferrals=video.deferrals,
        uploaded=video.uploaded,
        is_captioned=video.is_captioned,
        published=video.published,
        media=SimpleNamespace(pk=_MEDIA, poster=poster, duration=DURATION),
    )
