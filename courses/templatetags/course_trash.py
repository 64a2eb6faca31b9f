from django import template

from courses import trash
from courses.models import Course

register = template.Library()


@register.filter
def trash_count(course: Course) -> int:
    """Of a course that `trash.counted` found it is known already."""
    known: int | None = getattr(course, "in_trash", None)
    return trash.count(course.pk) if known is None else known
