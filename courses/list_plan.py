"""What will become of a list: chapters as they will stand, and for each line the file that it means."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from accounts.models import User
from config.ids import uuid7
from config.template_tags import without_extension
from courses.lists import sameness
from courses.models import Course, Video
from media_library import naming
from media_library.models import MediaFile


@dataclass(frozen=True)
class Wish:
    """A line as somebody wants it. `media` is the file that they chose: None until they were asked."""

    chapter: UUID | None
    name: str
    title: str = ""
    media: str | None = None  # the id, or nothing for a line that is left out
    video: UUID = field(default_factory=uuid7)


@dataclass(frozen=True)
class Place:
    """A chapter of the plan: one of the course, or one that is to be made under this id."""

    id: UUID
    title: str
    is_new: bool


@dataclass(frozen=True)
class PlannedLine:
    wish: Wish
    files: list[MediaFile]
    chosen: UUID | None
    note: str  # what is to be known or decided
    is_open: bool = False  # nothing is chosen, and somebody should look

    @property
    def title(self) -> str:
        """What the title will be if nobody gives another."""
        chosen = next((media for media in self.files if media.pk == self.chosen), None)
        return without_extension(chosen.name if chosen else self.wish.name)


@dataclass(frozen=True)
class PlannedChapter:
    place: Place | None  # None for lines that name no chapter
    lines: list[PlannedLine]
    number: int | None = None  # among the places of the plan


@dataclass(frozen=True)
class ListPlan:
    chapters: list[PlannedChapter]

    @property
    def lines(self) -> list[PlannedLine]:
        return [line for chapter in self.chapters for line in chapter.lines]

    @property
    def chosen(self) -> int:
        return sum(line.chosen is not None for line in self.lines)

    @property
    def open(self) -> int:
        return sum(line.is_open for line in self.lines)

    @property
    def new_chapters(self) -> int:
        return sum(bool(one.place and one.place.is_new) for one in self.chapters)


def places_of(course: Course, titles: Sequence[str]) -> list[Place]:
    """For the chapters that a list names: those of the course where they are called so."""
    there: dict[str, Place] = {}
    for chapter_id, title in course.chapters.live().in_order().values_list("pk", "title"):
        there.setdefault(sameness(title), Place(chapter_id, title, is_new=False))
    return [there.get(sameness(title)) or Place(uuid7(), title, is_new=True) for title in titles]


def as_they_stand(course: Course, places: Sequence[Place]) -> list[Place]:
    """Chapters of a plan, some time later: what is new may be there by now, what was there be removed."""
    titles = dict(course.chapters.live().values_list("pk", "title"))
    removed = set(course.chapters.exclude(removed_at=None).values_list("pk", flat=True))
    return [
        Place(place.id, titles[place.id], is_new=False)
        if place.id in titles
        else Place(uuid7() if place.id in removed else place.id, place.title, is_new=True)
        for place in places
    ]


def plan(
    person: User, course: Course, places: Sequence[Place], wishes: Sequence[Wish], rest: UUID | None
) -> ListPlan:
    """`rest` is the chapter of lines that name none."""
    fitting = naming.meant_by(person, [wish.name for wish in wishes])
    chosen = _chosen_files(person, wishes)
    taken = _taken(course)
    lines: dict[UUID | None, list[PlannedLine]] = {place.id: [] for place in places}
    for wish in wishes:
        line = _line(wish, fitting[wish.name], chosen, taken, wish.chapter or rest)
        lines.setdefault(wish.chapter, []).append(line)
        if line.chosen:
            taken[wish.chapter or rest, line.chosen] += 1
    chapters = [
        PlannedChapter(place, lines[place.id], number) for number, place in enumerate(places)
    ]
    if None in lines:
        chapters.insert(0, PlannedChapter(None, lines[None]))
    return ListPlan(chapters)


def _chosen_files(person: User, wishes: Sequence[Wish]) -> Mapping[str, MediaFile]:
    """Those of the person's that can be linked; whatever else a form says is no choice."""
    ids = [wish.media for wish in wishes if wish.media]
    files = MediaFile.objects.owned_by(person).shelved().filter(pk__in=ids)
    return {str(media.pk): media for media in files if media.is_linkable}


def _taken(course: Course) -> Counter[tuple[UUID | None, UUID]]:
    """Which file stands in which chapter, how often."""
    videos = Video.objects.standing().filter(chapter__course=course)
    return Counter(videos.values_list("chapter", "media"))


def _line(
    wish: Wish,
    fitting: naming.Fitting,
    chosen_files: Mapping[str, MediaFile],
    taken: Counter[tuple[UUID | None, UUID]],
    chapter: UUID | None,
) -> PlannedLine:
    proposal, note = _proposal(fitting)
    is_open = proposal is None
    chosen = proposal if wish.media is None else chosen_files.get(wish.media)
    files = fitting.files if chosen is None or chosen in fitting.files else [chosen, *fitting.files]
    if chosen is not None and wish.media is not None:
        is_open, note = False, note if chosen == proposal else ""
    if chosen is not None and taken[chapter, chosen.pk]:
        note = "already in this chapter"
        chosen = chosen if wish.media else None  # twice only if somebody says so
    return PlannedLine(wish, files, chosen.pk if chosen else None, note, is_open)


def _proposal(fitting: naming.Fitting) -> tuple[MediaFile | None, str]:
    """The file that it must be, and what is to be known of that; or none, and what is to be done."""
    able = [media for media in fitting.files if media.is_linkable]
    if not able:
        what = "this file is broken" if fitting.files else "no such file"
        return None, f"{what}: look for another or leave it out"
    if len(able) > 1:
        return None, f"{len(able)} files fit: choose"
    if not (fitting.is_sure or fitting.is_near):
        return None, "1 file may fit: choose"
    return able[0], "" if fitting.is_sure else "a similar name"
