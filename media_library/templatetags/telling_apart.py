"""Files among which somebody chooses."""

from collections import Counter
from collections.abc import Sequence

from django import template
from django.utils.formats import date_format
from django.utils.timezone import localtime

from config.template_tags import bytes_for_people, clock
from media_library.models import MediaFile

register = template.Library()


@register.filter
def told_apart(files: Sequence[MediaFile]) -> list[tuple[MediaFile, str]]:
    """Each with what it takes: nothing, unless another one has its name and plays for as long."""
    alike = Counter(map(_as_read, files))
    return [(media, _more_of(media) if alike[_as_read(media)] > 1 else "") for media in files]


def _as_read(media: MediaFile) -> tuple[str, str]:
    return media.name, clock(media.duration)


def _more_of(media: MediaFile) -> str:
    added = date_format(localtime(media.created_at), "j M Y, H:i")
    return f"{bytes_for_people(media.size)} · added {added}"
