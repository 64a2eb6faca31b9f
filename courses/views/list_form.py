"""The form in which a person looks at a list, adjusts it, and lets it go: as it comes back from the page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.http import QueryDict

from config.ids import uuid7
from courses import list_plan
from courses.linking import Pick
from courses.list_import import Batch
from courses.list_plan import Place, Wish
from courses.lists import MOST_CHAPTERS, MOST_LINES, VideoList
from courses.models import Course
from media_library.names import LONGEST, readable

_NEW = "new"


class FormUnreadable(Exception):
    """It is none that this studio has drawn."""


@dataclass(frozen=True)
class Rest:
    """Where lines go that name no chapter: to one of the course, or to a new one."""

    place: Place
    new_id: UUID
    new_title: str


@dataclass(frozen=True)
class ListForm:
    places: list[Place]
    wishes: list[Wish]
    rest: Rest
    has_new_names: bool = False  # which nobody has looked for yet

    @property
    def batches(self) -> list[Batch]:
        """What was chosen, by chapters; also new chapters without a video."""
        picks: dict[UUID, list[Pick]] = {}
        for wish in self.wishes:
            if wish.media:
                chapter = wish.chapter or self.rest.place.id
                picks.setdefault(chapter, []).append(Pick(UUID(wish.media), wish.video, wish.title))
        places = [self.rest.place, *self.places] if self.rest.place.id in picks else self.places
        unique = {place.id: place for place in places}.values()
        batches = [Batch(place, picks.get(place.id, [])) for place in unique]
        return [batch for batch in batches if batch.picks or batch.place.is_new]


def first(course: Course, read: VideoList, chapter: str) -> ListForm:
    """Of a list that was just read; the course's last chapter is for lines that name none."""
    places = list_plan.places_of(course, read.chapters)
    ids = {title: place.id for title, place in zip(read.chapters, places, strict=True)}
    wishes = [Wish(ids.get(line.chapter), line.name, line.title) for line in read.lines]
    last = course.chapters.live().order_by("position").last()
    return ListForm(places, wishes, _rest(course, chapter or (str(last.pk) if last else _NEW)))


def sent(course: Course, post: QueryDict) -> ListForm:
    chapters = post.getlist("chapter")
    fields = [post.getlist(name) for name in ("line", "name", "was", "media", "title")]
    if len({len(values) for values in fields}) != 1:
        raise FormUnreadable
    if len(fields[0]) > MOST_LINES or len(chapters) > MOST_CHAPTERS:
        raise FormUnreadable
    places = list_plan.as_they_stand(course, [_place(text) for text in chapters])
    lines = list(zip(*fields, strict=True))
    return ListForm(
        places,
        [_wish(places, *line) for line in lines],
        _rest(course, post.get("rest", ""), post.get("rest_id", ""), post.get("rest_title", "")),
        has_new_names=any(readable(name, LONGEST) != was for _, name, was, _, _ in lines),
    )


def _place(text: str) -> Place:
    """`id title`."""
    chapter_id, _, title = text.partition(" ")
    title = readable(title, 200)
    if not title:
        raise FormUnreadable
    return Place(_uuid(chapter_id), title, is_new=True)


def _wish(places: Sequence[Place], line: str, name: str, was: str, media: str, title: str) -> Wish:
    """`line` is the id of the video, and which of the chapters it is for. Another name is looked for anew."""
    video, _, number = line.partition(" ")
    if number and not (number.isascii() and number.isdigit() and int(number) < len(places)):
        raise FormUnreadable
    name, was = readable(name, LONGEST), readable(was, LONGEST)
    return Wish(
        chapter=places[int(number)].id if number else None,
        name=name or was,
        title=readable(title, LONGEST),
        media=None if name not in ("", was) else str(_uuid(media)) if media else "",
        video=_uuid(video),
    )


def _rest(course: Course, chosen: str, new_id: str = "", new_title: str = "") -> Rest:
    new = Place(
        _uuid(new_id) if new_id else uuid7(), readable(new_title, 200) or "Videos", is_new=True
    )
    (new,) = list_plan.as_they_stand(course, [new])
    place = new
    if chosen and chosen != _NEW:
        (there,) = list_plan.as_they_stand(course, [replace(new, id=_uuid(chosen))])
        place = new if there.is_new else there
    return Rest(place, new.id, new.title if new_title or place.is_new else "")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise FormUnreadable from None
