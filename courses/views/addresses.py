"""Where a person finds a thing in the editor."""

from django.urls import reverse

from courses.models import Chapter, Course, Video

CHAPTER_GONE = "Somebody removed this chapter meanwhile."


def in_editor(thing: Course | Chapter | Video) -> str:
    match thing:
        case Course():
            return reverse("courses:editor", args=[thing.pk])
        case Chapter():
            return f"{reverse('courses:editor', args=[thing.course_id])}#chapter-{thing.pk}"
        case Video():
            return f"{reverse('courses:editor', args=[thing.chapter.course_id])}#video-{thing.pk}"
