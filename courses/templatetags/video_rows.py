"""Drawing many rows from one template.

A row has some 40 look-ups, which cost Django's templates a quarter of a millisecond: too much for an
editor of 1,000 rows. But rows look alike. So `_video_row.html` is drawn once for each look that occurs
on a page, with marks in the place of what differs from row to row; each row is that drawing with its own
words put in. A test holds every row against the template's own drawing of it.
"""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from html import escape
from operator import itemgetter
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from django import template
from django.template import Context, Template
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from config.template_tags import clock, poster_version
from courses.models import Video
from courses.models.video import MOST_OF_ABOUT

register = template.Library()

TEMPLATE = "courses/_video_row.html"
_VIDEO, _MEDIA = (str(UUID(int=0xA << 120 | number)) for number in range(2))
_TITLE, _POSTER, _ABOUT = "\ue000title\ue001", "\ue000poster\ue001", "\ue000about\ue001"
_POSITION, _REVISION, _VERSION = (
    99_000_000_000_000_001,
    99_000_000_000_000_002,
    99_000_000_000_000_003,
)
_DURATION = timedelta(days=99_000_001)
_MARKS = {
    _VIDEO: "video",
    _MEDIA: "media",
    _TITLE: "title",
    _POSTER: "poster",
    _ABOUT: "about",
    str(_POSITION): "position",
    str(_REVISION): "revision",
    str(_VERSION): "version",
    clock(_DURATION): "time",
}
_MARK = re.compile("|".join(re.escape(mark) for mark in _MARKS))

# Text to put words into, and which.
Drawing = tuple[str, Callable[[dict[str, str]], tuple[str, ...]]]


@register.simple_tag(takes_context=True)
def video_rows(context: Context, videos: Iterable[Video]) -> SafeString:
    """All at once: the template's own loop takes as long for a row as drawing it."""
    refused: Video | None = context.get("refused_of")
    of_this_page: dict[Any, Any] = context.render_context.dicts[0]
    drawings: dict[object, Drawing] = of_this_page.setdefault("video_rows", {})
    return SafeString(
        "".join(
            [
                # As it was sent: there is one of it.
                _template_drawn(context, video)
                if refused is not None and refused.pk == video.pk
                else _drawn(context, drawings, video)
                for video in videos
            ]
        )
    )


def _drawn(context: Context, drawings: dict[object, Drawing], video: Video) -> str:
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
    if look not in drawings:
        drawings[look] = _drawing(_template_drawn(context, _like(video)))
    text, words = drawings[look]
    return text % words(
        {
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
    )


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
        media=SimpleNamespace(pk=_MEDIA, poster=poster, duration=_DURATION),
    )


def _template_drawn(context: Context, video: object) -> SafeString:
    engine = cast(Template, context.template).engine
    with context.push(video=video, optimistic=False):
        return engine.get_template(TEMPLATE).render(context)


def _drawing(html: str) -> Drawing:
    words = itemgetter(*[_MARKS[mark] for mark in _MARK.findall(html)])
    return _MARK.sub("%s", html.replace("%", "%%")), words
