"""What every template may use without loading it."""

from datetime import timedelta

from django import template

register = template.Library()


@register.filter
def clock(duration: timedelta | None) -> str:
    """How long a video plays, as players show it: 0:07, 12:03, 1:02:03."""
    if duration is None:
        return ""
    minutes, seconds = divmod(round(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
