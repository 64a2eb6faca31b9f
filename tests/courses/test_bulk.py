"""One edit of many videos: what can be done is done, the rest is told by cause, and it is taken back."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from config.ids import uuid7
from courses import bulk, positions
from courses.bulk_undo import undo
from courses.models import BulkEdit, Chapter, Course, Video
from tests.courses.invariants import Page, Snapshot
from tests.courses.meetings import meet
from tests.courses.scenes import Scene, committed, scene_of_two  # noqa: F401
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.fixture
def videos(chapter: Chapter) -> list[Video]:
    media = make_media(chapter.course.owner)
    return [make_video(chapter, media, title=title) for title in "abcdef"]


@pytest.fixture
def other(chapter: Chapter) -> Chapter:
    return make_chapter(chapter.course, "Optics")


@pytest.fixture
def bystander(other: Chapter, videos: list[Video]) -> Video:
    return make_video(other, videos[0].media, title="x")


class Bulk:
    """A page of the course, from which it is asked for."""

    def __init__(self, client: Client, course: Course) -> None:
        self.client = client
        self.address = f"/courses/{course.pk}/bulk/"
        self.status = 0
        self.page = ""

    def __call__(self, verb: str, videos: Sequence[object], **fields: Any) -> str:
        """What it says."""
        ids = [str(getattr(video, "pk", video)) for video in videos]
        answer = self.client.post(f"{self.address}{verb}/", {"video": ids, **fields}, headers=HTMX)
        self.status, self.page = answer.status_code, answer.content.decode()
        said = re.search(r"<p>(.*?)</p>|#live\" hx-swap=\"innerHTML\">(.*?)</hx", self.page)
        return (said[1] or said[2]) if said else ""

    def undo(self) -> int:
        found = re.search(r'action="([^"]+/undo/)"', self.page)
        assert found, "it offers no Undo"
        answer = self.client.post(found[1], headers=HTMX)
        self.page = answer.content.decode()
        return answer.status_code


@pytest.fixture
def do(ada: Client, chapter: Chapter) -> Bulk:
    return Bulk(ada, chapter.course)


def titles(chapter: Chapter) -> str:
    return "".join(video.title for video in chapter.videos.live().in_order())


def revision() -> int:
    return Course.objects.values_list("revision", flat=True).get()


def test_moved_they_stand_together_in_the_order_of_the_course(
    do: Bulk, chapter: Chapter, other: Chapter, bystander: Video, videos: list[Video]
) -> None:
    a, b, _, d, *_ = videos
    page, before = Page.loaded(chapter.course_id), revision()
    assert do("move", [d, a, b], chapter=other.pk, place=1) == "3 videos moved."
    assert (titles(chapter), titles(other)) == ("cef", "abdx")
    assert revision() == before + 1
    page.check()
    assert do.undo() == 200
    assert (titles(chapter), titles(other)) == ("abcdef", "x")
    page.check()
    assert do.client.post(f"{do.address}{BulkEdit.objects.get().pk}/undo/").status_code == 302
    assert titles(chapter) == "abcdef"


@pytest.mark.parametrize(
    ("moving", "place", "order"),
    [
        ("ab", 9, "cdefab"),
        ("ef", 1, "efabcd"),
        ("ace", 2, "bacedf"),
        ("bcd", 2, "abcdef"),
        ("abcdef", 3, "abcdef"),
        ("f", 6, "abcdef"),
    ],
)
def test_within_a_chapter(
    do: Bulk, chapter: Chapter, videos: list[Video], moving: str, place: int, order: str
) -> None:
    before = revision()
    chosen = [video for video in videos if video.title in moving]
    do("move", chosen, chapter=chapter.pk, place=place)
    assert titles(chapter) == order
    assert revision() == before + (order != "abcdef")
    if order != "abcdef":
        assert do.undo() == 200
        assert titles(chapter) == "abcdef"
    Snapshot.taken().check()


def test_before_the_one_that_was_seen_even_if_others_moved(
    do: Bulk, chapter: Chapter, videos: list[Video]
) -> None:
    videos[5].move(chapter, positions.to(1))
    do("move", videos[:2], chapter=chapter.pk, place=4, before=videos[4].pk)
    assert titles(chapter) == "fcdabe"


def test_without_room_the_chapter_is_spaced_anew_and_undone_all_the_same(
    do: Bulk, chapter: Chapter, other: Chapter, videos: list[Video]
) -> None:
    for place, video in enumerate(videos):
        Video.objects.filter(pk=video.pk).update(position=50 + place)
    page = Page.loaded(chapter.course_id)
    do("move", videos[3:], chapter=chapter.pk, place=2)
    assert titles(chapter) == "adefbc"
    page.check()
    assert do.undo() == 200
    assert titles(chapter) == "abcdef"
    page.check()


def test_undo_of_a_move_into_a_place_that_was_taken_since(
    do: Bulk, chapter: Chapter, other: Chapter, videos: list[Video]
) -> None:
    do("move", videos[1:3], chapter=other.pk, place=1)
    taken = videos[1].position
    Video.objects.filter(pk=videos[5].pk).update(position=taken)
    assert do.undo() == 200
    assert titles(chapter) == "abfcde"


def test_undo_leaves_alone_what_somebody_moved_since(
    do: Bulk, chapter: Chapter, other: Chapter, videos: list[Video]
) -> None:
    do("move", videos[:3], chapter=other.pk, place=1)
    Video.objects.get(pk=videos[0].pk).move(other, positions.to(3))
    assert do.undo() == 200
    assert "2 of 3 videos as before; the others have changed since." in do.page
    assert (titles(chapter), titles(other)) == ("bcdef", "a")


def test_removed_and_undone_but_for_what_others_removed(
    do: Bulk, chapter: Chapter, videos: list[Video], co_author: User
) -> None:
    page = Page.loaded(chapter.course_id)
    videos[0].remove(by=co_author)
    said = do("remove", videos[:3])
    assert said == "2 of 3 videos removed; 1 removed by Grace."
    assert titles(chapter) == "def"
    assert f'hx-target="#video-{videos[0].pk}" hx-swap="remove"' in do.page
    page.check()
    assert do.undo() == 200
    assert titles(chapter) == "bcdef"


def test_all_that_is_wrong_is_told_by_cause_and_nothing_of_others(
    do: Bulk, chapter: Chapter, videos: list[Video], co_author: User, stranger: User
) -> None:
    theirs = make_video(make_chapter(make_course(stranger)), make_media(stranger), title="secret")
    videos[0].remove(by=co_author)
    wanted = [*videos[:3], theirs, uuid7()]
    assert (
        do("unpublish", wanted)
        == "2 of 5 videos marked as draft; 1 removed by Grace, 2 not in this course."
    )
    assert do.status == 200
    assert "secret" not in do.page
    assert str(theirs.pk) not in do.page
    theirs.refresh_from_db()
    assert theirs.published
    assert do("remove", [theirs]) == "0 of 1 video removed; 1 not in this course."
    assert do.status == 409
    assert not BulkEdit.objects.filter(verb="remove").exists()


def test_taken_back_twice_it_is_told_again_and_done_once(
    do: Bulk, chapter: Chapter, videos: list[Video]
) -> None:
    do("remove", videos[:2])
    [edit] = BulkEdit.objects.all()
    address = f"{do.address}{edit.pk}/undo/"
    first = do.client.post(address, headers=HTMX)
    before = revision()
    Video.objects.get(pk=videos[0].pk).remove()
    again = do.client.post(address, headers=HTMX)
    assert (first.status_code, again.status_code, revision()) == (200, 200, before + 1)
    assert "2 videos as before." in again.content.decode()
    assert titles(chapter) == "bcdef"


def test_published_and_unpublished_and_undone(do: Bulk, videos: list[Video]) -> None:
    assert do("unpublish", videos[:3]) == "3 videos marked as draft."
    assert do("publish", videos[:2]) == "2 videos marked as ready."
    assert do.undo() == 200
    drafts = Video.objects.filter(published=False).in_order()
    assert [video.title for video in drafts] == ["a", "b", "c"]
    before = revision()
    assert do("unpublish", videos[:3]) == "3 videos marked as draft."
    assert revision() == before


def test_what_failed_is_tried_again(do: Bulk, chapter: Chapter, videos: list[Video]) -> None:
    failed = make_video(chapter, videos[0].media, status="failed", reason="damaged")
    said = do("retry", [failed, videos[0]])
    assert said == "1 of 2 videos tried again; 1 linked already."
    assert Video.objects.get(pk=failed.pk).status == "linking"
    assert do("retry", [failed]) == "1 video tried again."


def test_renamed_by_a_pattern_with_the_versions_that_were_seen(
    do: Bulk, chapter: Chapter, videos: list[Video]
) -> None:
    videos[1].rename("Somebody's")
    pattern = {
        "pattern": "Part {number}: {name}",
        "find": "",
        "replace": "",
        "start": 1,
        "digits": 2,
    }
    said = do("rename", [videos[2], videos[1], videos[0]], version=[0, 0, 0], **pattern)
    assert said == "2 of 3 videos renamed; 1 renamed since the preview."
    assert titles(chapter) == "Part 03: aSomebody'sPart 01: cdef"
    assert "Rename it all the same" in do.page
    toast = do.page[do.page.index("#toasts") :]
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', toast)
    again = {name: [value for other, value in fields if other == name] for name, _ in fields}
    address = re.search(r'action="([^"]+/bulk/rename/)"', toast)
    assert address
    do.client.post(address[1], again, headers=HTMX)
    assert titles(chapter) == "Part 03: aPart 02: Somebody'sPart 01: cdef"
    assert Video.objects.get(pk=videos[1].pk).title_version == 2


@pytest.mark.parametrize("versions", [[0], [0, 0, 0], ["x", 0]])
def test_without_what_was_seen_nothing_is_renamed(
    do: Bulk, chapter: Chapter, videos: list[Video], versions: list[object]
) -> None:
    fields = {"pattern": "{number}", "start": 1, "digits": 1, "version": versions}
    assert "preview" in do("rename", videos[:2], **fields)
    assert titles(chapter) == "abcdef"


def test_a_name_of_nothing_is_a_cause(do: Bulk, chapter: Chapter, videos: list[Video]) -> None:
    fields = {"pattern": "{name}", "find": "a", "replace": "", "start": 1, "digits": 1}
    said = do("rename", videos[:2], version=[0, 0], **fields)
    assert said == "1 of 2 videos renamed; 1 would be left without a title."


def test_sent_twice_it_is_done_once_and_told_again(
    do: Bulk, chapter: Chapter, videos: list[Video], other: Chapter
) -> None:
    edit = uuid7()
    fields = {"pattern": "{name}{name}", "start": 1, "digits": 1, "edit": edit}
    assert do("rename", videos[:2], version=[0, 0], **fields) == "2 videos renamed."
    before = revision()
    assert do("rename", videos[:2], version=[0, 0], **fields) == "2 videos renamed."
    assert titles(chapter) == "aabbcdef"
    assert revision() == before
    do("remove", videos[2:4], edit=(edit := uuid7()))
    do("remove", videos[2:4], edit=edit)
    assert do.undo() == 200
    assert titles(chapter) == "aabbcdef"


def test_the_id_of_an_edit_elsewhere_says_and_does_nothing(
    do: Bulk, chapter: Chapter, videos: list[Video], stranger: User
) -> None:
    course = make_course(stranger)
    theirs = BulkEdit.objects.create(
        course=course, verb="remove", revision=1, done=["secret"], causes={}, before={}
    )
    assert do("remove", videos[:1], edit=theirs.pk) == "1 video removed."
    assert BulkEdit.objects.filter(course=chapter.course).count() == 1
    answer = do.client.post(f"{do.address}{theirs.pk}/undo/", follow=True)
    assert "There is nothing left to take back." in answer.content.decode()  # as of any unknown id


def test_renamed_and_undone_but_for_what_has_another_title_since(
    do: Bulk, chapter: Chapter, videos: list[Video]
) -> None:
    seen = [video.title_version for video in videos[:3]]
    do("rename", videos[:3], version=seen, number=[1, 2, 3], pattern="{number}", start=1, digits=1)
    assert titles(chapter) == "123def"
    Video.objects.get(pk=videos[1].pk).rename("x")
    assert do.undo() == 200
    assert titles(chapter) == "axcdef"
    assert "2 of 3 videos as before" in do.page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose at least one video."),
        ({"video": ["x"]}, "could not be read"),
        ({"video": [str(uuid7()) for _ in range(501)]}, "That is 501 videos; choose 500"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    do: Bulk, fields: dict[str, object], said: str
) -> None:
    answer = do.client.post(f"{do.address}remove/", fields, headers=HTMX)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert do.client.post(f"{do.address}explode/", fields).status_code == 404


@pytest.mark.parametrize("place", [{}, {"place": 0}, {"steps": 1}, {"place": 1, "chapter": "x"}])
def test_a_move_says_where_to(do: Bulk, chapter: Chapter, videos: list[Video], place: Any) -> None:
    assert "Say a chapter" in do("move", videos[:1], **({"chapter": chapter.pk} | place))


def test_a_chapter_that_is_gone_or_elsewhere_takes_none(
    do: Bulk, chapter: Chapter, other: Chapter, videos: list[Video]
) -> None:
    elsewhere = make_chapter(make_course(chapter.course.owner))
    other.remove()
    for target in (other, elsewhere):
        assert "removed this chapter" in do("move", videos[:1], chapter=target.pk, place=1)
        assert do.status == 409
    assert titles(chapter) == "abcdef"


def test_as_plain_forms(ada: Client, chapter: Chapter, other: Chapter, videos: list[Video]) -> None:
    ids = [str(video.pk) for video in videos[:2]]
    address = f"/courses/{chapter.course_id}/bulk/"
    asked = ada.post(f"{address}move/ask/", {"video": ids}).content.decode()
    assert all(f'name="video" value="{pk}"' in asked for pk in ids)
    fields = {"video": ids, "chapter": str(other.pk), "place": "1"}
    page = ada.post(f"{address}move/", fields, follow=True).content.decode()
    assert "2 videos moved." in page
    undo_at = re.search(r'action="([^"]+/undo/)"', page)
    assert undo_at
    assert titles(other) == "ab"
    assert "2 videos as before." in ada.post(undo_at[1], follow=True).content.decode()
    asked = ada.post(f"{address}rename/ask/", {"video": ids}).content.decode()
    assert asked.count('name="version" value="0"') == 2
    typed: dict[str, Any] = {"video": ids, "pattern": "Part {number}", "start": 1, "digits": 1}
    typed["preview"] = 1
    assert "Part 2" in ada.post(f"{address}rename/ask/", typed).content.decode()
    fields = {**typed, "version": ["0", "0"]}
    assert (
        "2 videos renamed." in ada.post(f"{address}rename/", fields, follow=True).content.decode()
    )


def test_the_preview_says_what_they_would_be_called(do: Bulk, videos: list[Video]) -> None:
    query = f"video={videos[1].pk}&video={videos[0].pk}&pattern=Part+{{number}}&start=7&digits=2"
    page = do.client.get(f"{do.address}rename/preview/?{query}").content.decode()
    assert re.findall(r"Part \d+", page) == ["Part 07", "Part 08"]


@pytest.mark.parametrize("verb", ["move", "remove", "unpublish", "retry", "rename"])
def test_the_number_of_statements_does_not_grow(
    do: Bulk, chapter: Chapter, other: Chapter, videos: list[Video], verb: str
) -> None:
    counts = []
    media = videos[0].media
    for number in (2, 30):
        status = {"status": "failed", "reason": "damaged"} if verb == "retry" else {}
        many = [make_video(chapter, media, **status) for _ in range(number)]
        fields = {"chapter": other.pk, "place": 99, "pattern": "{number}", "start": 1, "digits": 1}
        with CaptureQueriesContext(
            connection,
        ) as queries:
            do(verb, many, version=[0] * number, **fields)
        assert do.status == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_stranger_finds_nothing(
    chapter: Chapter, videos: list[Video], stranger: User, client_of: ClientOf
) -> None:
    do = Bulk(client_of(stranger), chapter.course)
    for verb in ("remove", "move", "rename"):
        do(verb, videos)
        assert do.status == 404
    assert titles(chapter) == "abcdef"


@committed
@pytest.mark.parametrize("removal_comes_first", [True, False])
def test_many_are_removed_while_many_are_moved(
    scene: Scene, co_author: User, removal_comes_first: bool
) -> None:
    course_id = scene.chapter.course_id
    ids = list(Video.objects.filter(chapter=scene.chapter).in_order().values_list("pk", flat=True))
    move = partial(bulk.move, chapter=scene.other, target=positions.to(1))
    works = {
        "remove": partial(
            bulk.perform, course_id, co_author, "remove", bulk.remove, ids[:2], uuid7()
        ),
        "move": partial(bulk.perform, course_id, scene.media.owner, "move", move, ids[1:], uuid7()),
    }
    names = ["remove", "move"][:: 1 if removal_comes_first else -1]
    page = Page.loaded(course_id)
    outcomes = dict(zip(names, meet(Course.objects.all(), *(works[n] for n in names)), strict=True))
    assert outcomes["remove"].done == ids[:2]
    if removal_comes_first:
        assert outcomes["move"].done == ids[2:]
        assert outcomes["move"].causes == {"removed by Grace": [ids[1]]}
    else:
        assert outcomes["move"].done == ids[1:]
    Snapshot.taken().check()
    page.check()
    back, _ = undo(outcomes["remove"].edit)
    assert sorted(back) == sorted(ids[:2])
    page.check()


@committed
def test_the_same_edit_twice_at_once_is_one(scene: Scene) -> None:
    ids = list(Video.objects.filter(chapter=scene.chapter).values_list("pk", flat=True))
    remove = partial(
        bulk.perform,
        scene.chapter.course_id,
        scene.media.owner,
        "remove",
        bulk.remove,
        ids,
        uuid7(),
    )
    first, second = meet(Course.objects.all(), remove, remove)
    assert first.done == second.done == ids
    assert first.edit == second.edit == BulkEdit.objects.get()
