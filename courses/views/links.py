"""Linking files into a chapter: the request that the studio is there for."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from config.answers import announcement, done, refused, toast
from config.ids import uuid7, uuid_of
from config.requests import Request
from config.template_tags import counted
from courses import link_errors
from courses.access import chapter_of
from courses.changes import only
from courses.linking import (
    ChapterGone,
    Pick,
    Refusal,
    Requested,
    cancel_links,
    request_links,
    restore_links,
    retry_failed_links,
)
from courses.views.addresses import CHAPTER_GONE, in_editor
from courses.views.fragments import fragments, of_revision
from media_library.models import MediaFile

MOST = 500


@require_POST
def link(request: Request, chapter_id: UUID) -> HttpResponse:
    chapter = chapter_of(request.user, chapter_id)
    media, videos = request.POST.getlist("media"), request.POST.getlist("video")
    if problem := _problem(media, videos):
        return refused(request, problem, back_to=in_editor(chapter))
    picks, unreadable = _picks(media, videos)
    try:
        requested = request_links(chapter, request.user, picks)
    except ChapterGone:
        return refused(request, CHAPTER_GONE, back_to=in_editor(chapter), status=409)
    complaints = _complaints(request, requested, unreadable)
    if not request.htmx:
        for complaint in complaints:
            messages.error(request, complaint)
        return redirect(in_editor(chapter))
    body = fragments(request, chapter.course, only(chapter, requested.standing))
    body += "".join(toast(request, complaint, failed=True) for complaint in complaints)
    if requested.standing:
        body += announcement(f"Linking {counted(len(requested.standing), 'video')}.")
    return HttpResponse(body, status=200 if requested.standing else 422)


@require_POST
def retry_failed(request: Request, chapter_id: UUID) -> HttpResponse:
    chapter = chapter_of(request.user, chapter_id)
    reason = request.POST.get("reason", "")
    if reason and reason not in link_errors.SENTENCES:
        said = "This form could not be read. Reload the page and try again."
        return refused(request, said, back_to=in_editor(chapter))
    retried = retry_failed_links(chapter, reason)
    return done(
        request,
        f"Trying {counted(len(retried), 'video')} again.",
        back_to=in_editor(chapter),
        fragments=lambda: fragments(request, chapter.course, only(chapter, retried)),
    )


@require_POST
def cancel(request: Request, chapter_id: UUID) -> HttpResponse:
    """What is not linked yet is taken away."""
    chapter = chapter_of(request.user, chapter_id)
    revision, cancelled = cancel_links(chapter, by=request.user)
    return done(
        request,
        f"{counted(cancelled, 'link')} cancelled.",
        back_to=in_editor(chapter),
        undo=reverse("courses:restore_links", args=[chapter.pk, revision]) if cancelled else "",
        fragments=lambda: of_revision(request, chapter.course, revision),
    )


@require_POST
def restore_cancelled(request: Request, chapter_id: UUID, cancelled_by: int) -> HttpResponse:
    chapter = chapter_of(request.user, chapter_id)
    try:
        restored = restore_links(chapter, cancelled_by)
    except ChapterGone:
        return refused(request, CHAPTER_GONE, back_to=in_editor(chapter), status=409)
    if not restored:
        gone = "There is nothing left to take up again."
        return refused(request, gone, back_to=in_editor(chapter), status=409)
    return done(
        request,
        f"{counted(len(restored), 'link')} taken up again.",
        back_to=in_editor(chapter),
        fragments=lambda: fragments(request, chapter.course, only(chapter, restored)),
    )


def _problem(media: Sequence[str], videos: Sequence[str]) -> str:
    """Why nothing of the request can be done."""
    if not media:
        return "Pick at least one video."
    if len(media) > MOST:
        return f"That is {len(media):,} videos; link {MOST} at a time at most."
    if videos and len(videos) != len(media):
        return "Every picked file wants one id for its row. Reload the page and pick again."
    return ""


def _picks(media: Sequence[str], videos: Sequence[str]) -> tuple[list[Pick], int]:
    """And how many could not be read."""
    picks = []
    for place, media_id in enumerate(media):
        file, video = uuid_of(media_id), uuid_of(videos[place]) if videos else uuid7()
        if file and video:
            picks.append(Pick(file, video))
    return picks, len(media) - len(picks)


def _complaints(request: Request, requested: Requested, unreadable: int) -> list[str]:
    """A sentence for each reason, with the names of the files that are the person's to know."""
    by_reason: dict[Refusal, list[UUID]] = defaultdict(list)
    for pick, refusal in requested.refused:
        by_reason[refusal].append(pick.media_id)
    names = {}
    if by_reason:
        files = MediaFile.objects.owned_by(request.user)
        names = dict(
            files.filter(pk__in=[pick.media_id for pick, _ in requested.refused]).values_list(
                "pk", "name"
            )
        )
    sentences = []
    for refusal, media_ids in by_reason.items():
        known = [names[media_id] for media_id in media_ids if media_id in names][:3]
        rest = len(media_ids) - len(known)
        who = ", ".join([*known, *([f"{rest} more"] if known and rest else [])])
        sentences.append(f"{who or counted(len(media_ids), 'file')}: {refusal}")
    if unreadable:
        sentences.append(f"{counted(unreadable, 'pick')} could not be read. Pick again.")
    return sentences
