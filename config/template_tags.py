"""What every template may use without loading it."""

import re
from datetime import datetime, timedelta
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from accounts.models import User

register = template.Library()


@register.filter
def clock(duration: timedelta | None) -> str:
    """How long a video plays, as players show it: 0:07, 12:03, 1:02:03."""
    if duration is None:
        return ""
    minutes, seconds = divmod(round(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def seconds_clock(seconds: float) -> str:
    return clock(timedelta(seconds=seconds))


@register.filter
def known_as(codec: str) -> str:
    """A codec or container, as people write it."""
    return _KNOWN_AS.get(codec, codec.upper())


_KNOWN_AS = {
    "h264": "H.264",
    "mov": "QuickTime",
    "webm": "WebM",
    "matroska": "Matroska",
    "opus": "Opus",
    "vorbis": "Vorbis",
}


@register.filter
def ago(moment: datetime) -> str:
    """Roughly: "3 hours ago"."""
    roughly = timesince(moment, depth=1)
    return "just now" if roughly.startswith("0") else f"{roughly} ago"


@register.filter
def bytes_for_people(size: int) -> str:
    """1.4 MB: powers of ten, as the file managers of today count."""
    amount = float(size)
    units = ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount /= 1000
        units.pop(0)
    unit = units[0]
    return f"{amount:.0f} {unit}" if amount >= 10 or unit == "bytes" else f"{amount:.1f} {unit}"


@register.simple_tag
@cache  # a long page has thousands of them
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
@cache
def script(name: str, part: str = "") -> SafeString:
    """A module of the page; `part` is what stops working if it breaks, as people call it."""
    source = static(f"js/{name}.js")
    if not part:
        return format_html('<script type="module" src="{}"></script>', source)
    return format_html('<script type="module" src="{}" data-part="{}"></script>', source, part)


@register.filter
def initials(person: User) -> str:
    words = str(person).split()
    return "".join(word[0] for word in words[:1] + words[1:][-1:])


@register.filter
def counted(number: int, noun: str) -> str:
    """`3|counted:"video"`: 3 videos."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"


def counted_are(number: int, noun: str) -> str:
    """3 videos are"""
    return f"{counted(number, noun)} {'is' if number == 1 else 'are'}"


@register.filter
def poster_version(name: str | None) -> str:
    """Part of a poster's address, so that browsers keep each one for ever."""
    return (name or "").rpartition("-")[2].removesuffix(".jpg")


@register.filter
def without_extension(name: str) -> str:
    """As linking names a video: see `courses.linking`."""
    return re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name).strip() or name
