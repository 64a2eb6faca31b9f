"""A video in every state in which two may meet at it, and what they may be about to do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from unittest.mock import Mock

import pytest

from accounts.models import User
from courses import linking as courses_linking
from courses import positions
from courses.linking import (
    ChapterGone,
    Pick,
    cancel_links,
    request_links,
    restore_link,
    restore_links,
    retry_failed_links,
    retry_link,
)
from courses.models import Chapter, Course, Video
from media_library.models import MediaFile
from tests.courses.link_stories import claimed, let_lease_run_out, linking
from tests.factories import make_chapter, make_course, make_media, make_video


@dataclass
class Scene:
    """Two chapters of a course; in the first, the video that it is about stands between two others."""

    chapter: Chapter
    media: MediaFile
    other: Chapter = field(init=False)
    video: Video = field(init=False)  # as both saw it
    worker: Video = field(init=False)  # who has the lease, or had it last
    late: Video = field(init=False)  # who had it before

    def __post_init__(self) -> None:
        self.other = make_chapter(self.chapter.course, "Other")
        make_video(self.other, self.media)
        make_video(self.chapter, self.media)
        self.video = linking(self.chapter, self.media, title="As picked")
        make_video(self.chapter, self.media)
        self.worker = self.late = self.video


# Committed, for threads. Only these apps are emptied after each test: all of them take ten times as long.
committed = pytest.mark.django_db(
    transaction=True, available_apps=["accounts", "courses", "media_library"]
)


@pytest.fixture(name="scene")
def scene_of_two(author: User, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(courses_linking, "wake", Mock())
    return Scene(make_chapter(make_course(author)), make_media(author))


State = Callable[[Scene], None]
Verb = Callable[[Scene], object]  # what it answers is true if it won


def waiting(_: Scene) -> None:
    pass


def leased(scene: Scene) -> None:
    scene.worker = claimed(scene.video)


def overdue(scene: Scene) -> None:
    scene.worker = scene.late = claimed(scene.video)
    let_lease_run_out(scene.video)


def taken_over(scene: Scene) -> None:
    overdue(scene)
    scene.worker = claimed(scene.video)


def spent(scene: Scene) -> None:
    """Three workers have died over it."""
    for _ in range(3):
        overdue(scene)


def failed(scene: Scene) -> None:
    leased(scene)
    scene.worker.fail("damaged")


def linked(scene: Scene) -> None:
    leased(scene)
    scene.worker.complete()


def removed(scene: Scene) -> None:
    """While a worker was at it."""
    leased(scene)
    scene.video.remove()


def cancelled(scene: Scene) -> None:
    leased(scene)
    cancel_links(scene.chapter)


def claim(scene: Scene) -> object:
    return Video.objects.claim(scene.video.pk)


def renew(scene: Scene) -> object:
    return scene.worker.renew_lease()


def complete(scene: Scene) -> object:
    return scene.worker.complete()


def complete_late(scene: Scene) -> object:
    return scene.late.complete()


def fail(scene: Scene) -> object:
    return scene.worker.fail("damaged")


def defer(scene: Scene) -> object:
    return scene.worker.defer()


def give_up(scene: Scene) -> object:
    return scene.video.give_up()


def retry(scene: Scene) -> object:
    return retry_link(scene.video)


def retry_failed(scene: Scene) -> object:
    return retry_failed_links(scene.chapter)


def cancel(scene: Scene) -> object:
    _, cancelled = cancel_links(scene.chapter)
    return cancelled


def undo_cancel(scene: Scene) -> object:
    return restore_links(scene.chapter, Course.objects.get().revision)


def remove(scene: Scene) -> object:
    return scene.video.remove()


def restore(scene: Scene) -> object:
    return restore_link(scene.video)


def rename(scene: Scene) -> object:
    return scene.video.rename("As typed", 0)


def rename_too(scene: Scene) -> object:
    return scene.video.rename("As typed by another", 0)


def describe(scene: Scene) -> object:
    return scene.video.describe("As written", 0)


def describe_too(scene: Scene) -> object:
    return scene.video.describe("As written by another", 0)


def move(scene: Scene) -> object:
    return scene.video.move(scene.other, positions.to(1))


def move_up(scene: Scene) -> object:
    return scene.video.move(scene.chapter, positions.to(1))


def request_again(scene: Scene) -> object:
    pick = Pick(scene.media.pk, scene.video.pk)
    with suppress(ChapterGone):
        return request_links(scene.chapter, scene.media.owner, [pick]).standing
    return None


def remove_chapter(scene: Scene) -> object:
    return scene.chapter.remove()


def restore_chapter(scene: Scene) -> object:
    return scene.chapter.restore()


def remove_the_other_chapter(scene: Scene) -> object:
    return scene.other.remove()
