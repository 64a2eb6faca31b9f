"""What must be: the videos of a course as a person would keep them on paper."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from courses.linking import Pick, Refusal, Requested
from courses.models.video import MOST_ATTEMPTS
from courses.positions import Target
from tests.courses.invariants import Columns, Snapshot


@dataclass
class Expected:
    """One video. Its lease is running until the machine says that it ran out; time stands still else."""

    chapter: UUID
    media: UUID
    title: str
    title_version: int = 0
    status: str = "linking"
    reason: str = ""
    removed: bool = False
    attempts: int = 0
    deferrals: int = 0
    token: UUID | None = None
    lease_is_running: bool = False
    due: bool = True

    @property
    def under_way(self) -> bool:
        return not self.removed and self.status == "linking"

    @property
    def is_cancelled(self) -> bool:
        return self.removed and self.status == "linking"

    @property
    def waiting(self) -> bool:
        return self.under_way and not self.lease_is_running

    @property
    def claimable(self) -> bool:
        return self.waiting and self.due and self.attempts < MOST_ATTEMPTS

    @property
    def given_up(self) -> bool:
        return self.waiting and self.attempts >= MOST_ATTEMPTS

    @property
    def failed(self) -> bool:
        return not self.removed and self.status == "failed"

    def leased_by(self, token: UUID | None) -> bool:
        return self.lease_is_running and self.token == token

    def claim(self, token: UUID | None) -> None:
        self.token, self.lease_is_running = token, True
        self.attempts += 1

    def let_go(self) -> None:
        self.token, self.lease_is_running = None, False

    def settle(self, status: str, reason: str = "") -> None:
        self.status, self.reason = status, reason
        self.let_go()

    def defer(self) -> None:
        self.let_go()
        self.attempts -= 1
        self.deferrals += 1
        self.due = False

    def retry(self) -> None:
        self.status, self.reason = "linking", ""
        self.attempts = self.deferrals = 0
        self.due = True

    def remove(self) -> None:
        self.removed = True
        self.let_go()

    def restore(self) -> None:
        self.removed = False
        self.attempts = 0
        self.due = True

    def rename(self, title: str) -> None:
        self.title = title
        self.title_version += 1

    def check(self, row: Columns) -> None:
        assert self.title == row["title"], "only a person writes titles"
        assert self.removed == (row["removed_at"] is not None), "only a person removes and restores"
        for column, expected in {
            "chapter_id": self.chapter,
            "media_id": self.media,
            "title_version": self.title_version,
            "status": self.status,
            "reason": self.reason,
            "attempts": self.attempts,
            "deferrals": self.deferrals,
            "lease_token": self.token,
        }.items():
            assert row[column] == expected, f"{column} is {row[column]!r} instead of {expected!r}"


@dataclass
class Model:
    """`orders` has the places of removed videos too: they may come back to them."""

    orders: dict[UUID, list[UUID]]
    titles: dict[UUID, str]  # of the files that the author may link
    refusals: dict[UUID, Refusal]  # of those that she may not
    foreign: Collection[UUID]  # videos in the courses of others
    removed_chapters: set[UUID] = field(default_factory=set)
    videos: dict[UUID, Expected] = field(default_factory=dict)

    def live_order(self, chapter_id: UUID) -> list[UUID]:
        return [pk for pk in self.orders[chapter_id] if not self.videos[pk].removed]

    def under_way(self, chapter_id: UUID) -> list[UUID]:
        return [pk for pk in self.orders[chapter_id] if self.videos[pk].under_way]

    def failed(self, chapter_id: UUID) -> list[UUID]:
        return [pk for pk in self.orders[chapter_id] if self.videos[pk].failed]

    def new_ones(self, picks: Collection[Pick]) -> dict[UUID, Pick]:
        """Those that a request makes; of two with one id the first."""
        new: dict[UUID, Pick] = {}
        for pick in picks:
            taken = pick.video_id in self.videos or pick.video_id in self.foreign
            if not taken and pick.media_id in self.titles:
                new.setdefault(pick.video_id, pick)
        return new

    def request(self, chapter_id: UUID, picks: Collection[Pick]) -> Requested:
        for video_id, pick in self.new_ones(picks).items():
            title = self.titles[pick.media_id]
            self.videos[video_id] = Expected(chapter_id, pick.media_id, title)
            self.orders[chapter_id].append(video_id)
        standing: dict[UUID, None] = {}
        refused = []
        for pick in picks:
            video = self.videos.get(pick.video_id)
            if video is None or (video.chapter, video.media) != (chapter_id, pick.media_id):
                refused.append((pick, self.refusals.get(pick.media_id, Refusal.TAKEN)))
            elif video.removed:
                refused.append((pick, Refusal.REMOVED))
            else:
                standing[pick.video_id] = None
        return Requested(list(standing), refused)

    def may_move(self, video_id: UUID, chapter_id: UUID) -> bool:
        video = self.videos[video_id]
        lives = not video.removed and video.chapter not in self.removed_chapters
        return lives and chapter_id in self.orders and chapter_id not in self.removed_chapters

    def moved(self, video_id: UUID, chapter_id: UUID, target: Target) -> list[UUID]:
        """The new order of the chapter: right before the one that has the place now, or at the end."""
        others = [pk for pk in self.live_order(chapter_id) if pk != video_id]
        is_here = self.videos[video_id].chapter == chapter_id
        here = self.live_order(chapter_id).index(video_id) if is_here else len(others)
        there = min(max(target(here, others), 0), len(others))
        if is_here and there == here:
            return self.orders[chapter_id]
        order = [pk for pk in self.orders[chapter_id] if pk != video_id]
        before = order.index(others[there]) if there < len(others) else len(order)
        return [*order[:before], video_id, *order[before:]]

    def check(self, now: Snapshot) -> None:
        assert set(now.videos) == set(self.videos) | set(self.foreign), "a pick is one row"
        for video_id, expected in self.videos.items():
            expected.check(now.videos[video_id])
        for chapter_id in self.orders:
            removed = now.chapters[chapter_id]["removed_at"] is not None
            assert removed == (chapter_id in self.removed_chapters)
            assert now.live_order(chapter_id) == self.live_order(chapter_id), "the order is another"
