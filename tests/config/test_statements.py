from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import F, QuerySet, Sum
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from config.statements import AnyOf, Prepared, found, rows_among
from courses.models import Course, Video
from media_library.models import Captions, MediaFile
from tests.factories import make_chapter, make_course, make_media, make_video

Videos = QuerySet[Video]


def shown(videos: Any) -> list[list[Any]]:
    return [
        [
            video.pk,
            video.title,
            video.about,
            video.is_captioned,
            video.media.duration,
            video.media.poster.name,
        ]
        for video in videos
    ]


def test_it_finds_what_the_queryset_finds(author: User) -> None:
    built = []

    def rows(chapter: UUID, since: int) -> Videos:
        built.append(chapter)
        return Video.objects.filter(chapter=chapter, revision__gt=since).for_rows()

    media = make_media(author)
    Captions.objects.create(media=media, language="en", text="WEBVTT")
    chapters = [make_chapter(make_course(author, title)) for title in ("One", "Other")]
    for chapter in chapters:
        for description in ("", "What it is of"):
            make_video(chapter, media, description=description)
        make_video(chapter, make_media(author, "Other.mp4"))
    prepared = Prepared(rows, UUID, int)
    for chapter in chapters:
        for since in (-1, 2, 99):
            asked = Video.objects.filter(chapter=chapter, revision__gt=since).for_rows()
            assert shown(prepared(chapter.pk, since)) == shown(asked)
    assert len(built) == 1


def test_what_is_not_asked_for_is_fetched_when_it_is_wanted(author: User) -> None:
    video = make_video(make_chapter(make_course(author)), make_media(author), description="Long")
    (found,) = Prepared(lambda pk: Video.objects.filter(pk=pk).for_rows(), UUID)(video.pk)
    assert found.get_deferred_fields() >= {"description"}
    assert found.description == "Long"


def test_columns_are_converted_as_django_does_it(author: User) -> None:
    def summed(pk: UUID) -> QuerySet[Course]:
        return Course.objects.filter(pk=pk).annotate(sum=Sum("chapters__position"))

    chapter = make_chapter(make_course(author))
    (course,) = Prepared[Any](summed, UUID)(chapter.course_id)
    assert (course.sum, type(course.sum)) == (chapter.position, int)
    assert Prepared[Any](summed, UUID)(uuid4()) == []


def test_it_takes_any_number_of_ids(author: User) -> None:
    videos = [make_video(make_chapter(make_course(author)), make_media(author)) for _ in range(3)]

    def these(pks: list[UUID]) -> Videos:
        return Video.objects.filter(AnyOf(F("pk"), pks)).for_rows()

    prepared = Prepared(these, list)
    for number in (2, 0, 3, 1):
        pks = [video.pk for video in videos[:number]]
        assert shown(prepared(pks)) == shown(Video.objects.filter(pk__in=pks).for_rows())


def test_what_is_joined_with_nothing_is_nothing(author: User) -> None:
    current = make_media(author)
    make_media(author, version_of=current)
    files = MediaFile.objects.select_related("version_of", "owner").order_by("pk")
    with CaptureQueriesContext(connection) as queries:
        read = found(files)
        assert [file.version_of for file in read] == [None, current]
        assert [file.owner for file in read] == [author, author]
    assert len(queries) == 1
    read[0].name = "Other.mp4"
    read[0].save()  # it is known to be in the database
    assert MediaFile.objects.get(pk=current.pk).name == "Other.mp4"


def test_among_none_it_finds_nothing(author: User) -> None:
    make_media(author)
    assert found(MediaFile.objects.filter(pk__in=[])) == []


def test_it_wants_as_many_values_as_it_was_promised() -> None:
    with pytest.raises(ValueError, match="zip"):
        Prepared(lambda pk: Course.objects.filter(pk=pk), UUID)()


def test_rows_among_some_are_those_that_are_wanted_of_them_in_their_order(author: User) -> None:
    for number in range(9):
        make_media(author, f"{number}.mp4", size=1 + number % 2)
    some = MediaFile.objects.filter(owner=author).order_by("-name")[:5]
    wanted = MediaFile.objects.filter(size=1).order_by("-name").values_list("name", "size")
    assert rows_among(some, wanted[:2]) == [("8.mp4", 1), ("6.mp4", 1)]
    assert rows_among(some, wanted) == [("8.mp4", 1), ("6.mp4", 1), ("4.mp4", 1)]
    assert not rows_among(some, wanted.filter(name="2.mp4"))
