"""Many files of the library into one chapter, as a batch."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from django import forms

from accounts.models import User
from courses.linking import ChapterGone, Pick, Refusal, request_links
from courses.media_uses import in_each_course
from courses.models import Chapter, Course, Video
from courses.models.chapter import ChapterQuerySet
from courses.models.video import VideoQuerySet
from courses.revisions import CourseGone
from courses.views.addresses import in_editor
from media_library.batch_verbs import Outcomes, Verb
from media_library.models import Batch, BatchItem, MediaFile

CHAPTER_GONE = "The chapter is gone, or no longer yours to change."
_AT_ONCE = 100


class ChapterForm(forms.Form):
    chapter = forms.ChoiceField(
        widget=forms.Select(attrs={"class": "input", "autofocus": True}),
        error_messages={
            "required": "Choose a chapter.",
            "invalid_choice": "There is no such chapter.",
        },
    )

    def __init__(self, owner: User, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self._chapters = list(_of_author(owner))
        field: Any = self.fields["chapter"]
        field.choices = list(_by_course(self._chapters))

    @property
    def details(self) -> dict[str, Any]:
        chosen = self.cleaned_data["chapter"]
        (chapter,) = (one for one in self._chapters if str(one.pk) == chosen)
        return {"chapter": chosen, "to": chapter.title, "address": in_editor(chapter)}


def _of_author(owner: User) -> ChapterQuerySet:
    courses = Course.objects.of_author(owner)
    chapters = Chapter.objects.live().filter(course__in=courses).select_related("course")
    return chapters.order_by("course__title", "course", "position")


def _by_course(chapters: Sequence[Chapter]) -> Iterator[tuple[str, object]]:
    """For a select: the chapters of each course below its title."""
    yield "", "Choose a chapter"
    for _, group in groupby(chapters, key=lambda chapter: chapter.course_id):
        here = list(group)
        yield here[0].course.title, [(str(one.pk), one.title) for one in here]


def _link(batch: Batch, chosen: Sequence[tuple[BatchItem, MediaFile]]) -> Outcomes:
    """The id of an item is the id of its video: done twice, it is there once, in the order of choosing."""
    chapter = _of_author(batch.owner).filter(pk=batch.details["chapter"]).first()
    if chapter is None:
        return [CHAPTER_GONE] * len(chosen)
    picks = [Pick(media.pk, item.pk) for item, media in chosen]
    try:
        requested = request_links(chapter, batch.owner, picks)
    except (ChapterGone, CourseGone):
        return [CHAPTER_GONE] * len(chosen)
    reasons = {pick.video_id: str(refusal) for pick, refusal in requested.refused}
    return [reasons.get(item.pk, "") for item, _ in chosen]


def _unlink(batch: Batch, chosen: Sequence[tuple[BatchItem, MediaFile]]) -> Outcomes:
    """The videos that a batch made, wherever they were moved to in their course."""
    video_ids = [item.details["undoes"] for item, _ in chosen]
    made = Video.objects.live().filter(pk__in=video_ids)
    in_each_course(made, batch.owner, partial(VideoQuerySet.remove, by=batch.owner))
    return [""] * len(chosen)


LINK = Verb(
    name="link",
    room="library",
    label="Link to chapter…",
    icon="link",
    doing="Linking",
    did="linked",
    perform=_link,
    at_once=_AT_ONCE,
    lasting=[CHAPTER_GONE, Refusal.UNKNOWN, Refusal.BROKEN],
    undone_by="unlink",
    asks="courses/_ask_link.html",
    form=ChapterForm,
)
UNLINK = Verb(
    name="unlink",
    room="",
    label="",
    icon="",
    doing="Taking out",
    did="taken out again",
    perform=_unlink,
    at_once=_AT_ONCE,
)
