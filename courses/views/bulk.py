"""Many videos of a course at once: what it takes is asked, what became of each is told, and undone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config.answers import Again, announcement, done, refused, toast
from config.ids import uuid7, uuid_of
from config.requests import Request
from config.template_tags import counted
from courses import bulk
from courses.access import course_of
from courses.bulk_undo import UNDOES, undo
from courses.changes import Changes, with_figures
from courses.forms import BulkMoveForm
from courses.linking import ChapterGone
from courses.models import BulkEdit, Course, Video
from courses.views.addresses import CHAPTER_GONE, in_editor
from courses.views.fragments import fragments, of_revision
from media_library.forms import RenameForm
from media_library.renaming import Pattern

_PREVIEWED = 20
_DID = {
    "move": "moved",
    "remove": "removed",
    "publish": "marked as ready",
    "unpublish": "marked as draft",
    "retry": "tried again",
    "rename": "renamed",
}
_PLAIN: dict[str, bulk.Verb] = {
    "remove": bulk.remove,
    "publish": partial(bulk.publish, published=True),
    "unpublish": partial(bulk.publish, published=False),
    "retry": bulk.retry,
}


class NotAsked(Exception):
    """Nothing of the request can be done, for this reason."""


_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Chosen:
    """In the order of choosing, with what the preview of their new titles said."""

    ids: list[UUID]
    versions: list[int]
    numbers: list[int]

    @classmethod
    def read(cls, request: Request) -> "Chosen":
        texts = request.POST.getlist("video")
        if not texts:
            raise NotAsked("Choose at least one video.")
        if len(texts) > bulk.MOST:
            raise NotAsked(f"That is {len(texts):,} videos; choose {bulk.MOST} at a time at most.")
        ids = [found for text in texts if (found := uuid_of(text))]
        versions, numbers = (
            [int(text) for text in request.POST.getlist(name) if _NUMBER.fullmatch(text)]
            for name in ("version", "number")
        )
        chosen = cls(list(dict.fromkeys(ids)), versions, numbers or [*range(1, len(ids) + 1)])
        if len(chosen.ids) < len(texts):
            raise NotAsked("A chosen video could not be read. Reload the page and choose again.")
        return chosen

    @property
    def seen(self) -> Mapping[UUID, bulk.Seen]:
        if not len(self.ids) == len(self.versions) == len(self.numbers):
            raise NotAsked("Look at the preview again.")
        pairs = map(bulk.Seen, self.versions, self.numbers)
        return dict(zip(self.ids, pairs, strict=True))


@require_POST
def perform(request: Request, course_id: UUID, verb: str) -> HttpResponse:
    course = course_of(request.user, course_id)
    if verb not in _DID:
        raise Http404
    try:
        chosen = Chosen.read(request)
        work, back_to = _work(request, course, verb, chosen)
        edit_id = uuid_of(request.POST.get("edit", "")) or uuid7()
        outcome = bulk.perform(course.pk, request.user, verb, work, chosen.ids, edit_id)
    except NotAsked as problem:
        return refused(request, str(problem), back_to=in_editor(course))
    except ChapterGone:
        return refused(request, CHAPTER_GONE, back_to=in_editor(course), status=409)
    return _told(request, course, verb, chosen, outcome, back_to)


def _work(request: Request, course: Course, verb: str, chosen: Chosen) -> tuple[bulk.Verb, str]:
    if verb == "move":
        move = BulkMoveForm(request.POST)
        if not move.is_valid():
            raise NotAsked("Say a chapter, and a place counted from 1.")
        chapter = course.chapters.filter(pk=move.cleaned_data["chapter"]).first()
        if chapter is None:
            raise ChapterGone
        return partial(bulk.move, chapter=chapter, target=move.target), in_editor(chapter)
    if verb == "rename":
        form = RenameForm(request.POST)
        if not form.is_valid():
            raise NotAsked(" ".join(str(one) for field in form.errors.values() for one in field))
        pattern = Pattern(**form.cleaned_data)
        return partial(bulk.rename, pattern=pattern, seen=chosen.seen), in_editor(course)
    return _PLAIN[verb], in_editor(course)


def _told(
    request: Request,
    course: Course,
    verb: str,
    chosen: Chosen,
    outcome: bulk.Outcome,
    back_to: str,
) -> HttpResponse:
    """All in one sentence; what can be tried again has a button for each cause."""
    said = _sentence(verb, outcome)
    undo_at = ""
    if outcome.edit and verb in UNDOES:
        undo_at = reverse("courses:undo_bulk", args=[course.pk, outcome.edit.pk])
    failed = bool(outcome.causes)
    if not request.htmx:
        return done(request, said, back_to=back_to, undo=undo_at, failed=failed)
    body = _changed(request, course, outcome)
    if not failed and not undo_at:
        return HttpResponse(body + announcement(said))
    again = _again(request, course, chosen, outcome)
    elsewhere = set(outcome.causes.get(bulk.NOT_HERE, []))
    missed = [pk for pk in outcome.missed if pk not in elsewhere]
    body += toast(request, said, undo=undo_at, failed=failed, again=again, missed=missed)
    return HttpResponse(body, status=200 if outcome.done else 409)


def _sentence(verb: str, outcome: bulk.Outcome) -> str:
    number = len(outcome.done)
    if not outcome.causes:
        return f"{counted(number, 'video')} {_DID[verb]}."
    causes = ", ".join(f"{len(of_cause)} {cause}" for cause, of_cause in outcome.causes.items())
    total = number + len(outcome.missed)
    return f"{number} of {counted(total, 'video')} {_DID[verb]}; {causes}."


def _changed(request: Request, course: Course, outcome: bulk.Outcome) -> str:
    """Also that what somebody has removed is gone: the page has just put it back."""
    body = of_revision(request, course, outcome.edit.revision) if outcome.edit else ""
    here = Video.objects.filter(pk__in=outcome.missed, chapter__course=course)
    gone = list(here.exclude(removed_at=None).values_list("pk", flat=True))
    return body + fragments(request, course, Changes([], [], [], gone)) if gone else body


def _again(request: Request, course: Course, chosen: Chosen, outcome: bulk.Outcome) -> list[Again]:
    """Of all causes it is another title that does not stand in the way once it has been seen."""
    renamed = outcome.causes.get(bulk.RENAMED, [])
    if not renamed:
        return []
    numbers = dict(zip(chosen.ids, chosen.numbers, strict=True))
    versions = dict(Video.objects.filter(pk__in=renamed).values_list("pk", "title_version"))
    fields = [(name, request.POST.get(name, "")) for name in RenameForm.base_fields]
    for pk in renamed:
        fields += [("video", str(pk)), ("version", str(versions[pk])), ("number", str(numbers[pk]))]
    address = reverse("courses:bulk", args=[course.pk, "rename"])
    return [Again(f"Rename {'it' if len(renamed) == 1 else 'them'} all the same", address, fields)]


@require_POST
def take_back(request: Request, course_id: UUID, edit_id: UUID) -> HttpResponse:
    course = course_of(request.user, course_id)
    edit = BulkEdit.objects.filter(course=course, pk=edit_id).first()
    back, revision = undo(edit) if edit and edit.verb in UNDOES else ([], 0)
    if edit is None or not back:
        gone = "There is nothing left to take back."
        return refused(request, gone, back_to=in_editor(course), status=409)
    total = len(edit.before)
    said = f"{counted(len(back), 'video')} as before."
    if len(back) < total:
        said = f"{len(back)} of {counted(total, 'video')} as before; the others have changed since."
    return done(
        request,
        said,
        back_to=in_editor(course),
        fragments=lambda: of_revision(request, course, revision),
    )


@require_POST
def ask(request: Request, course_id: UUID, verb: str) -> HttpResponse:
    """What it takes besides the videos: changes nothing, but they are more than an address can hold."""
    course = course_of(request.user, course_id)
    if verb not in ("move", "rename"):
        raise Http404
    try:
        chosen = Chosen.read(request)
    except NotAsked as problem:
        return refused(request, str(problem), back_to=in_editor(course))
    context: dict[str, Any] = {"room": "courses", "course": course, "verb": verb}
    context["number"] = len(chosen.ids)
    if verb == "move":
        context["ids"] = chosen.ids
        context["chapters"] = with_figures(course.chapters.live().in_order())
    else:
        form = RenameForm(request.POST if "preview" in request.POST else None)
        context |= _previewed(course, chosen.ids, form)
        context["number"] = len(context["videos"])
    if not request.htmx:
        return render(request, "courses/ask_bulk.html", context)
    inside = render_to_string("courses/_ask_bulk.html", context, request)
    return HttpResponse(
        f'<hx-partial hx-target="#asking-body" hx-swap="innerHTML">{inside}</hx-partial>'
    )


@require_safe
def preview(request: Request, course_id: UUID) -> HttpResponse:
    """What the first of them would be called."""
    course = course_of(request.user, course_id)
    texts = request.GET.getlist("video")[:_PREVIEWED]
    ids = [found for text in texts if (found := uuid_of(text))]
    context = _previewed(course, ids, RenameForm(request.GET))
    return render(request, "media_library/_rename_preview.html", context)


def _previewed(course: Course, ids: Sequence[UUID], form: RenameForm) -> dict[str, Any]:
    """With the versions of the titles that are seen. Before something is typed they stay as they are."""
    there = Video.objects.standing().filter(chapter__course=course).in_bulk(list(ids))
    videos = [there[pk] for pk in ids if pk in there]
    context = {"form": form, "videos": videos}
    if form.is_bound and not form.is_valid():
        return context | {"problems": [text for field in form.errors.values() for text in field]}
    pattern = Pattern(**form.cleaned_data) if form.is_bound else Pattern()
    context["of"] = "\n".join(str(field.value()) for field in form)  # see static/js/rows-guesses.js
    first = list(enumerate(videos, 1))[:_PREVIEWED]
    return context | {
        "renamed": [(video.title, pattern.title(video.title, number)) for number, video in first],
        "more": len(videos) - len(first),
    }
