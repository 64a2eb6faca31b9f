"""Titles and descriptions of courses, chapters and videos: their versions, their forms, and conflicts."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import User
from config.texts import Described
from courses.models import Chapter, Course, Video
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf
from tests.texts import check_that_fields_do_not_meet, check_versions, text_of, write

HTMX = {"HX-Request": "true"}
KINDS = ["course", "chapter", "video"]
TEXTS = ["title", "description"]


@pytest.fixture
def course(author: User, co_author: User) -> Course:
    course = make_course(author)
    course.add_co_author(co_author)
    return course


@pytest.fixture
def video(course: Course, author: User) -> Video:
    return make_video(make_chapter(course), make_media(author, "Loom.mp4"))


@pytest.fixture
def things(course: Course, video: Video) -> dict[str, Described]:
    return {"course": course, "chapter": video.chapter, "video": video}


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.fixture
def grace(co_author: User, client_of: ClientOf) -> Client:
    return client_of(co_author)


def address(kind: str, thing: Described, name: str) -> str:
    return f"/{kind}s/{thing.pk}/{name}/"


def sent_back(page: str, name: str) -> str:
    """What stands in the field."""
    if name == "title":
        found = re.search(r'name="title" value="([^"]*)" [^>]*aria-invalid="true"', page)
    else:
        found = re.search(r'<textarea name="description"[^>]*>\s?([^<]*)</textarea>', page)
    assert found is not None
    return unescape(found[1])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_saved_upon_the_version_that_was_seen(
    things: dict[str, Described], kind: str, name: str
) -> None:
    check_versions(things[kind], name)


@pytest.mark.parametrize("kind", KINDS)
def test_title_and_description_do_not_meet(things: dict[str, Described], kind: str) -> None:
    check_that_fields_do_not_meet(things[kind], "title", "description")


def test_what_is_saved_is_told_to_open_pages_and_what_stands_there_already_is_not(
    course: Course, things: dict[str, Described]
) -> None:
    for thing in things.values():
        course.refresh_from_db()
        before = course.revision
        thing.describe("One", 0)
        thing.describe("One", 0)
        thing.describe("Two", 0)
        course.refresh_from_db()
        assert course.revision == before + 1
        thing.refresh_from_db()
        assert getattr(thing, "revision") == course.revision  # noqa: B009 - of three models


def test_what_is_removed_is_not_written_to(things: dict[str, Described]) -> None:
    for kind in ("video", "chapter"):
        getattr(things[kind], "remove")()  # noqa: B009
        assert things[kind].rename("New") is None
        assert things[kind].describe("New") is None
        things[kind].refresh_from_db()
        assert things[kind].description == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", TEXTS)
def test_a_conflict_shows_both_texts_and_loses_none(
    ada: Client, grace: Client, things: dict[str, Described], kind: str, name: str
) -> None:
    thing = things[kind]
    url = address(kind, thing, name)
    grace.post(url, {name: "Grace's <b>", "version": "0"}, headers=HTMX)
    fragment = ada.post(url, {name: "Ada's", "version": "0"}, headers=HTMX)
    assert fragment.status_code == 409
    assert "Grace" in fragment.content.decode()
    page = ada.post(url, {name: "Ada's", "version": "0"})
    assert page.status_code == 409
    text = page.content.decode()
    assert "Grace changed it" in text
    assert "Grace&#x27;s &lt;b&gt;" in text
    assert sent_back(text, name) == "Ada's"
    for choice in ("Keep mine", "Take theirs"):
        assert choice in text
    assert text_of(thing, name) == ("Grace's <b>", 1)
    assert 'name="version"' in text
    saved = ada.post(url, {name: "Ada's", "version": "1"})
    assert saved.status_code == 302
    assert text_of(thing, name) == ("Ada's", 2)


@pytest.mark.parametrize("kind", KINDS)
def test_a_title_in_conflict_is_told_beside_its_field_with_how_it_stands_now(
    ada: Client, things: dict[str, Described], kind: str
) -> None:
    thing = things[kind]
    thing.rename("Theirs")
    answer = ada.post(
        address(kind, thing, "title"), {"title": "Mine", "version": "0"}, headers=HTMX
    ).content.decode()
    assert f'hx-target="#{kind}-{thing.pk}-title-error"' in answer
    assert "Somebody changed it to “Theirs” meanwhile." in answer
    assert f'id="{kind}-{thing.pk}-title" name="title" value="Theirs"' in answer
    new_version = f'name="version" id="{kind}-{thing.pk}-version" value="1"'
    assert answer.count(new_version) == 2, "in the form, and by itself if that is being typed in"


@pytest.mark.parametrize("kind", KINDS)
def test_a_description_in_conflict_comes_as_a_toast_that_leads_to_both_texts(
    ada: Client, things: dict[str, Described], kind: str
) -> None:
    thing = things[kind]
    url = address(kind, thing, "description")
    thing.describe("Theirs")
    answer = ada.post(url, {"description": "Mine", "version": "0"}, headers=HTMX).content.decode()
    assert f'<a class="button" href="{url}" data-opens-form>Show both</a>' in answer
    assert f'id="{kind}-{thing.pk}-about">Theirs</p>' in answer
    form = ada.get(url, headers=HTMX).content.decode()
    assert "<html" not in form
    assert sent_back(form, "description") == "Theirs"
    assert 'name="version" value="1"' in form
    assert "data-conflict hidden" in form, "until the page knows of an older text"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", TEXTS)
def test_who_wants_what_stands_there_already_is_in_no_conflict(
    ada: Client, grace: Client, things: dict[str, Described], kind: str, name: str
) -> None:
    for client in (grace, ada):
        for headers, status in ((HTMX, 200), ({}, 302)):
            url = address(kind, things[kind], name)
            answer = client.post(url, {name: "The same", "version": "0"}, headers=headers)
            assert answer.status_code == status
    assert text_of(things[kind], name) == ("The same", 1)


def test_ones_own_text_from_another_window_is_called_that(ada: Client, video: Video) -> None:
    url = address("video", video, "title")
    ada.post(url, {"title": "One", "version": "0"})
    answer = ada.post(url, {"title": "Two", "version": "0"}, headers=HTMX).content.decode()
    assert "You changed it to “One” meanwhile, in another window." in answer


@pytest.mark.parametrize("kind", KINDS)
def test_a_description_is_written_as_a_page_of_its_own(
    ada: Client, things: dict[str, Described], kind: str
) -> None:
    thing = things[kind]
    url = address(kind, thing, "description")
    page = ada.get(url).content.decode()
    assert "<html" in page
    assert "hx-post" not in page.partition("<main")[2].partition("</main>")[0]
    answer = ada.post(
        url, {"description": " One\r\n\r\n  two <i>\r\n", "version": "0"}, follow=True
    )
    assert "Description saved." in answer.content.decode()
    assert f'id="{kind}-{thing.pk}-about">One\n\n  two &lt;i&gt;</p>' in answer.content.decode()
    assert text_of(thing, "description") == ("One\n\n  two <i>", 1)
    ada.post(url, {"description": "", "version": "1"})
    assert text_of(thing, "description") == ("", 2)


def test_a_description_has_5000_characters_and_each_end_of_a_line_is_one(
    ada: Client, video: Video
) -> None:
    url = address("video", video, "description")
    longest = "x\r\n" * 2500
    assert ada.post(url, {"description": f"{longest}xx"}).status_code == 422
    shown = ada.post(url, {"description": f"{longest}xx"}, headers=HTMX)
    assert (shown.status_code, "is too long" in shown.content.decode()) == (422, True)
    assert ada.post(url, {"description": longest}).status_code == 302
    assert text_of(video, "description")[0] == ("x\n" * 2500).strip()


def test_rows_show_how_a_description_begins(ada: Client, course: Course, video: Video) -> None:
    video.describe("y" * 500)
    page = ada.get(f"/courses/{course.pk}/").content.decode()
    assert f'id="video-{video.pk}-about">{"y" * 159}…</p>' in page


def test_what_somebody_removed_meanwhile_is_told(ada: Client, course: Course, video: Video) -> None:
    for kind, thing in (("video", video), ("chapter", video.chapter)):
        thing.remove()
        for name in TEXTS:
            url = address(kind, thing, name)
            assert ada.post(url, {name: "New"}, headers=HTMX).status_code == 409
            page = ada.post(url, {name: "New"}, follow=True).content.decode()
            gone = "was removed by somebody meanwhile, so “New” is not saved."
            assert (gone if name == "title" else "Somebody removed") in page


def test_a_refused_title_is_not_saved_upon_a_version_that_was_not_seen(
    ada: Client, course: Course
) -> None:
    chapter = make_chapter(course)
    chapter.rename("Theirs")
    page = ada.post(address("chapter", chapter, "title"), {"title": "", "version": "0"})
    assert page.status_code == 422
    assert f'id="chapter-{chapter.pk}-version" value="0"' in page.content.decode()


def test_a_writer_whose_account_is_gone_is_somebody(
    ada: Client, grace: Client, co_author: User, video: Video
) -> None:
    url = address("video", video, "title")
    grace.post(url, {"title": "Hers"})
    co_author.delete()
    answer = ada.post(url, {"title": "Mine", "version": "0"}, headers=HTMX).content.decode()
    assert "Somebody changed it to “Hers”" in answer


def test_staff_raises_the_versions(staff: User, client_of: ClientOf, video: Video) -> None:
    chapter: Chapter = video.chapter
    form = {"title": "New", "description": "About it"}
    client_of(staff).post(f"/admin/courses/chapter/{chapter.pk}/change/", form)
    assert text_of(chapter, "title") == ("New", 1)
    assert text_of(chapter, "description") == ("About it", 1)
    assert chapter.title_by == staff
    assert write(chapter, "title", "Mine", 0) is None
