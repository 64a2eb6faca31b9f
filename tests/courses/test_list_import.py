"""A list becomes chapters and videos: what is shown before, what comes of it, and twice is once."""

import re
import time
from datetime import UTC, datetime
from functools import partial
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.models import User
from config.ids import uuid7
from courses.changes import changes_since
from courses.linking import Pick, Refusal
from courses.list_import import Batch, import_list
from courses.list_plan import Place
from courses.models import Chapter, Course, Video
from media_library.models import MediaFile
from tests.courses.link_stories import at_once
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video
from tests.people import ClientOf

_FIELD = re.compile(
    r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"|<select[^>]*name="(\w+)"(.*?)</select>',
    re.DOTALL,
)
_CHOSEN = re.compile(r'value="([^"]*)" selected')


@pytest.fixture
def course(author: User) -> Course:
    return make_course(author)


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.fixture
def files(author: User) -> dict[str, MediaFile]:
    names = ("welcome.mp4", "loom.mp4", "mill.mp4", "Take.mp4", "take.mov")
    return {name: make_media(author, name) for name in names}


def previewed(client: Client, course: Course, text: str, **fields: Any) -> Any:
    return client.post(f"/courses/{course.pk}/import/", {"list": text, **fields})


def fields_of(answer: Any) -> dict[str, list[str]]:
    """What a browser would send if nobody touched anything."""
    page = answer.content.decode()
    page = page[page.index('class="list-plan"') :]
    fields: dict[str, list[str]] = {}
    for name, value, select, options in _FIELD.findall(page):
        chosen = _CHOSEN.search(options)
        value = value if name else chosen[1] if chosen else ""
        fields.setdefault(name or select, []).append(unescape(value))
    del fields["csrfmiddlewaretoken"]
    return fields


def send(client: Client, course: Course, fields: dict[str, list[str]], to: str = "go") -> Any:
    return client.post(f"/courses/{course.pk}/import/{to}/", fields, follow=True)


def outline(course: Course) -> dict[str, list[str]]:
    return {
        chapter.title: [video.title for video in chapter.videos.live().in_order()]
        for chapter in course.chapters.live().in_order()
    }


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_a_list_becomes_chapters_and_videos(
    ada: Client, course: Course, files: dict[str, MediaFile]
) -> None:
    make_video(make_chapter(course, "Engines"), files["welcome.mp4"], title="was there")
    preview = previewed(ada, course, "# Looms\nloom.mp4\nWELCOME\n# engines\nmill.mp4")
    assert preview.status_code == 200
    page = preview.content.decode()
    assert "3 of 3 videos will be linked, 1 chapter made." in page
    assert page.count("new chapter") == 1
    assert outline(course) == {"Engines": ["was there"]}
    answer = send(ada, course, fields_of(preview))
    assert outline(course) == {"Engines": ["was there", "mill"], "Looms": ["loom", "welcome"]}
    assert said(answer) == ["3 videos are being linked."]
    looms = Chapter.objects.get(title="Looms")
    assert answer.redirect_chain == [(f"/courses/{course.pk}/#chapter-{looms.pk}", 302)]
    page = answer.content.decode()
    for video in Video.objects.filter(status="linking"):
        assert f'id="video-{video.pk}" data-status="linking"' in page


def test_titles_of_the_list_are_those_of_the_videos(
    ada: Client, course: Course, files: dict[str, MediaFile]
) -> None:
    table = b'chapter,file,title\nOne,welcome.mp4,Hello &  "you"\nOne,loom.mp4,\n'
    table = b'chapter,file,title\nOne,welcome.mp4,"Hello &  ""you"""\nOne,loom.mp4,\n'
    preview = previewed(ada, course, "", file=SimpleUploadedFile("list.csv", table))
    fields = fields_of(preview)
    send(ada, course, fields)
    assert outline(course) == {"One": ['Hello & "you"', "loom"]}
    assert set(Video.objects.values_list("title_version", flat=True)) == {0}


def test_the_same_form_twice_adds_once(
    ada: Client, course: Course, files: dict[str, MediaFile]
) -> None:
    fields = fields_of(previewed(ada, course, "# One\nwelcome\nloom"))
    send(ada, course, fields)
    before = (outline(course), set(Video.objects.values_list("pk", flat=True)))
    again = send(ada, course, fields)
    assert again.status_code == 200
    assert (outline(course), set(Video.objects.values_list("pk", flat=True))) == before


@pytest.mark.django_db(transaction=True)
def test_the_same_list_at_once_adds_once(
    author: User, course: Course, files: dict[str, MediaFile]
) -> None:
    picks = [Pick(media.pk, uuid7()) for media in files.values()]
    batches = [Batch(Place(uuid7(), "One", is_new=True), picks)]
    results = at_once(partial(import_list, course, author, batches), 4)
    assert [result.standing for result in results] == [5] * 4
    assert Chapter.objects.count() == 1
    assert Video.objects.count() == 5


def test_the_number_of_queries_does_not_grow_with_the_videos(author: User, course: Course) -> None:
    media = make_media(author)

    def queries(videos: int) -> int:
        picks = [Pick(media.pk, uuid7()) for _ in range(videos)]
        with CaptureQueriesContext(connection) as captured:
            import_list(course, author, [Batch(Place(uuid7(), "One", is_new=True), picks)])
        return len(captured)

    assert queries(1) == queries(500)


def test_nor_does_it_with_the_chapters(author: User, course: Course) -> None:
    media = make_media(author)

    def queries(chapters: int) -> int:
        batches = [
            Batch(Place(uuid7(), f"Chapter {number}", is_new=True), [Pick(media.pk, uuid7())])
            for number in range(chapters)
        ]
        with CaptureQueriesContext(connection) as captured:
            import_list(course, author, batches)
        return len(captured)

    assert queries(1) == queries(50)


def test_the_feed_tells_of_each_chapter_and_video(ada: Client, course: Course) -> None:
    media = make_media(course.owner)
    make_chapter(course)
    course.refresh_from_db()
    before = course.revision
    batches = [
        Batch(
            Place(uuid7(), title, is_new=True), [Pick(media.pk, uuid7()), Pick(media.pk, uuid7())]
        )
        for title in ("One", "Two", "Three")
    ]
    import_list(course, course.owner, batches)
    told = changes_since(course, before)
    assert [chapter.title for chapter in told.heads] == ["One", "Two", "Three"]
    assert [[row.pk for row in chapter.rows] for chapter in told.heads] == [
        [pick.video_id for pick in batch.picks] for batch in batches
    ]


def test_an_id_that_is_taken_elsewhere_makes_no_chapter_and_the_others_are_made(
    course: Course, stranger: User, files: dict[str, MediaFile]
) -> None:
    theirs = make_chapter(make_course(stranger), "Theirs")
    taken = Place(theirs.pk, "Taken", is_new=True)
    imported = import_list(
        course,
        course.owner,
        [
            Batch(taken, [Pick(files["welcome.mp4"].pk, uuid7())]),
            Batch(Place(uuid7(), "Mine", is_new=True), [Pick(files["loom.mp4"].pk, uuid7())]),
        ],
    )
    assert (imported.standing, imported.gone) == (1, [taken])
    assert outline(course) == {"Mine": ["loom"]}
    assert outline(theirs.course) == {"Theirs": []}


def test_five_hundred_lines_go_through_the_form(ada: Client, course: Course, author: User) -> None:
    names = [f"{'Ünïcode ' * 8}{number}" for number in range(500)]
    MediaFile.objects.bulk_create(
        MediaFile(owner=author, name=f"{name}.mp4", size=1, status="processing") for name in names
    )
    lines = "\n".join(
        f"{'' if number % 5 else f'# Chapter {number}'}\n{name}"
        for number, name in enumerate(names)
    )
    preview = previewed(ada, course, lines)
    assert "500 of 500 videos will be linked, 100 chapters made." in preview.content.decode()
    fields = fields_of(preview)
    assert sum(map(len, fields.values())) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    send(ada, course, fields)
    assert Video.objects.count() == 500
    assert list(outline(course).values())[1] == names[5:10]


def test_what_is_there_already_is_left_out_unless_it_is_wanted(
    ada: Client, course: Course, files: dict[str, MediaFile]
) -> None:
    make_video(make_chapter(course, "One"), files["welcome.mp4"])
    preview = previewed(ada, course, "# One\nwelcome\nloom\nloom.mp4\n# Two\nwelcome")
    assert preview.content.decode().count("already in this chapter") == 2
    fields = fields_of(preview)
    assert [bool(media) for media in fields["media"]] == [False, True, False, True]
    fields["media"][0] = str(files["welcome.mp4"].pk)
    again = send(ada, course, fields, "look")
    assert fields_of(again)["media"] == fields["media"]
    send(ada, course, fields)
    assert outline(course) == {"One": ["welcome", "welcome", "loom"], "Two": ["welcome"]}


def test_two_files_that_fit_are_a_choice(
    ada: Client, course: Course, files: dict[str, MediaFile]
) -> None:
    preview = previewed(ada, course, "# One\nTAKE")
    page = preview.content.decode()
    assert "2 files fit: choose" in page
    assert "1 line wants a choice" in page
    fields = fields_of(preview)
    assert fields["media"] == [""]
    refused = send(ada, course, fields | {"chapter": []} | {"line": [fields["line"][0].split()[0]]})
    assert "Nothing is chosen." in refused.content.decode()
    fields["media"] = [str(files["take.mov"].pk)]
    send(ada, course, fields)
    assert Video.objects.get().media == files["take.mov"]


def test_files_of_one_name_are_told_apart(ada: Client, course: Course, author: User) -> None:
    for size, day in ((1_200_000, 1), (3_400_000, 2)):
        added = datetime(2026, 3, day, 14, 5, tzinfo=UTC)
        make_media(author, "twice.mp4", size=size, created_at=added)
    options = re.findall(r"<option[^>]*>([^<]+)", previewed(ada, course, "# One\ntwice").text)
    assert sorted(options) == [
        "Leave out",
        "twice.mp4 · 1:30 · 1.2 MB · added 1 Mar 2026, 14:05",
        "twice.mp4 · 1:30 · 3.4 MB · added 2 Mar 2026, 14:05",
    ]


def test_what_nothing_is_called_can_be_looked_for_under_another_name(
    ada: Client, course: Course, files: dict[str, MediaFile]
) -> None:
    preview = previewed(ada, course, "# One\nzebra\nloom")
    assert "no such file" in preview.content.decode()
    fields = fields_of(preview)
    fields["name"][0] = "mill"
    fields["title"][0] = "The mill"
    found = send(ada, course, fields, "look")
    for answer in (found, send(ada, course, fields)):  # what nobody has seen is not linked
        assert not Video.objects.exists()
        assert fields_of(answer)["media"] == [str(files["mill.mp4"].pk), str(files["loom.mp4"].pk)]
    found_fields = fields_of(found)
    assert found_fields["line"] == fields["line"]
    send(ada, course, found_fields | {"title": ["The mill", ""]})
    assert outline(course) == {"One": ["The mill", "loom"]}


def test_what_wants_a_choice_says_so_until_it_has_one(
    ada: Client, course: Course, files: dict[str, MediaFile]
) -> None:
    fields = fields_of(previewed(ada, course, "# One\nTAKE\nzebra\nloom"))
    again = send(ada, course, fields, "look")
    assert "2 lines want a choice" in again.content.decode()
    fields["media"][0] = str(files["take.mov"].pk)
    fields["media"][2] = ""
    again = send(ada, course, fields, "look")
    assert "1 line wants a choice" in again.content.decode()
    assert fields_of(again)["media"] == [str(files["take.mov"].pk), "", ""]


def test_a_broken_file_cannot_be_chosen(ada: Client, course: Course, author: User) -> None:
    broken = make_media(author, "broken.mp4", status="broken", reason="damaged")
    preview = previewed(ada, course, "# One\nbroken")
    page = preview.content.decode()
    assert "this file is broken" in page
    assert re.search(rf'value="{broken.pk}"[^>]* disabled', page)
    fields = fields_of(preview) | {"media": [str(broken.pk)]}
    answer = send(ada, course, fields)
    assert said(answer) == [f"broken: {Refusal.BROKEN}"]
    assert not Video.objects.exists()


def test_what_is_still_coming_is_linked_when_it_is_there(
    ada: Client, course: Course, author: User
) -> None:
    make_upload(author, "later.mp4")
    send(ada, course, fields_of(previewed(ada, course, "# One\nlater")))
    assert outline(course) == {"One": ["later"]}


def test_a_file_that_is_deleted_meanwhile_is_told_by_name_and_the_others_are_linked(
    ada: Client, course: Course, files: dict[str, MediaFile]
) -> None:
    fields = fields_of(previewed(ada, course, "# One\nwelcome\nloom\nmill"))
    files["loom.mp4"].delete()
    MediaFile.objects.filter(pk=files["mill.mp4"].pk).update(trashed_at=Now())
    answer = send(ada, course, fields)
    assert outline(course) == {"One": ["welcome"]}
    assert said(answer) == ["1 video is being linked.", f"loom, mill: {Refusal.UNKNOWN}"]


def test_a_chapter_that_is_removed_meanwhile_stays_so_and_the_others_are_linked(
    ada: Client, course: Course, files: dict[str, MediaFile]
) -> None:
    chapter = make_chapter(course, "One")
    fields = fields_of(previewed(ada, course, "# One\nwelcome\n# Two\nloom"))
    place = Place(chapter.pk, "One", is_new=False)
    chapter.remove()
    imported = import_list(
        course,
        course.owner,
        [Batch(place, [Pick(files["welcome.mp4"].pk, uuid7())])],
    )
    assert (imported.standing, imported.gone) == (0, [place])
    shown = send(ada, course, fields, "look").content.decode()
    assert shown.count("new chapter") == 2
    send(ada, course, fields)
    assert outline(course) == {"One": ["welcome"], "Two": ["loom"]}
    assert Chapter.objects.get(pk=chapter.pk).removed_at is not None


def test_lines_without_a_chapter_go_to_a_chosen_one(
    ada: Client, course: Course, files: dict[str, MediaFile]
) -> None:
    first, last = make_chapter(course, "First"), make_chapter(course, "Last")
    assert fields_of(previewed(ada, course, "welcome"))["rest"] == [str(last.pk)]
    fields = fields_of(previewed(ada, course, "welcome", **{"for": str(first.pk)}))
    assert fields["rest"] == [str(first.pk)]
    send(ada, course, fields)
    fields = fields_of(previewed(ada, course, "loom\n# First\nmill"))
    fields |= {"rest": ["new"], "rest_title": ["  Quite   new "]}
    looked = send(ada, course, fields, "look")
    assert fields_of(looked)["rest_title"] == ["Quite new"]
    send(ada, course, fields)
    send(ada, course, fields)
    assert outline(course) == {"First": ["welcome", "mill"], "Last": [], "Quite new": ["loom"]}


def test_a_course_without_chapters_gets_one(
    ada: Client, course: Course, files: dict[str, MediaFile]
) -> None:
    fields = fields_of(previewed(ada, course, "welcome"))
    assert fields["rest"] == ["new"]
    send(ada, course, fields)
    assert outline(course) == {"Videos": ["welcome"]}


def test_a_chapter_without_videos_is_made_too(ada: Client, course: Course) -> None:
    send(ada, course, fields_of(previewed(ada, course, "# One\n# Two")))
    assert outline(course) == {"One": [], "Two": []}


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        ({"list": ""}, "The list is empty"),
        ({"list": "a\n" * 501}, "more than 500 videos"),
        ({"file": SimpleUploadedFile("x.csv", b"a,b,c,d")}, "4 columns"),
        ({"list": "a", "for": "nonsense"}, "Begin anew"),
    ],
)
def test_what_cannot_be_read_is_told_and_what_was_pasted_stays(
    ada: Client, course: Course, sent: dict[str, Any], what: str
) -> None:
    answer = ada.post(f"/courses/{course.pk}/import/", sent)
    assert answer.status_code == 422
    assert what in answer.content.decode()
    assert escape(sent.get("list", "").strip()) in answer.content.decode()


@pytest.mark.parametrize(
    "damage",
    [
        {"line": ["nonsense"]},
        {"line": [f"{uuid7()} 7"]},
        {"media": ["nonsense"]},
        {"media": []},
        {"chapter": ["nonsense"]},
        {"chapter": [f"{uuid7()} One"] * 501},
        {"rest": ["nonsense"]},
        {"rest_id": ["nonsense"]},
    ],
)
def test_a_form_that_makes_no_sense_adds_nothing(
    ada: Client, course: Course, files: dict[str, MediaFile], damage: dict[str, list[str]]
) -> None:
    fields = fields_of(previewed(ada, course, "# One\nwelcome"))
    for to in ("look", "go"):
        answer = send(ada, course, fields | damage, to)
        assert answer.status_code == 422
        assert "Begin anew" in answer.content.decode()
    assert not Chapter.objects.exists()


def test_a_form_costs_no_more_than_its_length(ada: Client, course: Course) -> None:
    marks = "a" + "\u0301\u0316" * 50_000  # to sort them takes the square of their number: 100 s
    began = time.process_time()
    send(ada, course, {"rest": ["new"], "rest_title": [marks], "chapter": [f"{uuid7()} {marks}"]})
    assert time.process_time() - began < 10
    (title,) = outline(course)
    assert len(title) == 200


def test_files_of_others_are_neither_found_nor_linked(
    ada: Client, course: Course, stranger: User
) -> None:
    theirs = make_media(stranger, "theirs.mp4")
    preview = previewed(ada, course, "# One\ntheirs")
    assert str(theirs.pk) not in preview.content.decode()
    fields = fields_of(preview) | {"media": [str(theirs.pk)]}
    assert str(theirs.pk) not in send(ada, course, fields, "look").content.decode()
    send(ada, course, fields)
    assert not Video.objects.exists()


def test_a_chapter_of_another_course_is_not_written_to(
    ada: Client, course: Course, stranger: User, files: dict[str, MediaFile]
) -> None:
    theirs = make_chapter(make_course(stranger), "Theirs")
    fields = fields_of(previewed(ada, course, "# One\nwelcome"))
    send(ada, course, fields | {"chapter": [f"{theirs.pk} One"]})
    send(ada, course, fields | {"line": [fields["line"][0][:36]], "rest": [str(theirs.pk)]})
    assert not theirs.videos.exists()
    assert Video.objects.filter(chapter__course=course).count() <= 1


def test_a_co_author_adds_files_of_their_own(
    course: Course, co_author: User, client_of: ClientOf, files: dict[str, MediaFile]
) -> None:
    course.add_co_author(co_author)
    mine = make_media(co_author, "welcome.mp4")
    grace = client_of(co_author)
    send(grace, course, fields_of(previewed(grace, course, "# One\nwelcome")))
    assert Video.objects.get().media == mine


def test_the_editor_leads_there(ada: Client, course: Course) -> None:
    chapter = make_chapter(course)
    page = ada.get(f"/courses/{course.pk}/").content.decode()
    assert f'href="/courses/{course.pk}/import/"' in page
    assert f'href="/courses/{course.pk}/import/?chapter={chapter.pk}"' in page
    form = ada.get(f"/courses/{course.pk}/import/?chapter={chapter.pk}").content.decode()
    assert f'name="for" value="{chapter.pk}"' in form
