"""Rows that did not come with the editor, and what becomes of those that cannot be drawn."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from courses import rows as courses_rows
from courses.models import Chapter, Course, Video
from courses.templatetags import video_rows
from courses.views import editor as editor_view
from courses.views import rows as rows_view
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf

HTMX = {"HX-Request": "true"}


@pytest.fixture
def course(author: User) -> Course:
    return make_course(author)


@pytest.fixture
def first(course: Course, author: User) -> Chapter:
    return filled(course, author, "First", 3)


@pytest.fixture
def second(first: Chapter, course: Course, author: User) -> Chapter:
    return filled(course, author, "Second", 4)


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    """In a browser that runs our scripts."""
    client = client_of(author)
    client.cookies[editor_view.RUNS_SCRIPTS] = "1"
    return client


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (editor_view, rows_view, courses_rows):
        monkeypatch.setattr(module, "AT_ONCE", 5)


def filled(course: Course, author: User, title: str, number: int) -> Chapter:
    chapter = make_chapter(course, title)
    for n in range(number):
        make_video(chapter, make_media(author, f"{title} {n}.mp4"))
    return chapter


def shown(html: str) -> list[str]:
    """Titles of rows, in the order of the page; the one without is the template of guesses."""
    return [
        title
        for title in re.findall(r'id="video-[^"]+-title" name="title" value="([^"]*)"', html)
        if title
    ]


def wanted(html: str) -> list[tuple[str, str]]:
    """Addresses that bring more, and how many rows."""
    return re.findall(r'data-rows="([1-9]\d*)"[^§]*?href="([^"]+)"', html)


def fetch(client: Client, address: str) -> Any:
    return client.get(address, headers=HTMX)


def test_a_small_course_comes_whole(ada: Client, course: Course, first: Chapter) -> None:
    page = ada.get(f"/courses/{course.pk}/").content.decode()
    assert len(shown(page)) == 3
    assert not wanted(page)
    assert "?whole" not in page


def test_a_large_one_begins_with_its_first_rows(
    ada: Client, course: Course, second: Chapter
) -> None:
    page = ada.get(f"/courses/{course.pk}/").content.decode()
    assert shown(page) == ["First 0", "First 1", "First 2", "Second 0", "Second 1"]
    [(number, address)] = wanted(page)
    assert number == "2"
    assert '<noscript><meta http-equiv="refresh" content="0; url=?whole"></noscript>' in page
    answer = fetch(ada, address)
    assert shown(answer.content.decode()) == ["Second 2", "Second 3"]
    assert not wanted(answer.content.decode())


def test_rows_that_are_not_there_yet_are_those_of_whole_chapters_too(
    ada: Client, course: Course, second: Chapter, author: User
) -> None:
    filled(course, author, "Third", 1)
    make_chapter(course, "Empty")
    filled(course, author, "Fifth", 6)
    page = ada.get(f"/courses/{course.pk}/").content.decode()
    places = wanted(page)
    assert [number for number, _ in places] == ["2", "1", "6"]
    third = re.findall("/chapters/([^/]+)/", places[1][1])[0]
    both = fetch(ada, f"{places[0][1]}&also={third}").content.decode()
    assert shown(both) == ["Second 2", "Second 3", "Third 0"]
    fifth = fetch(ada, places[2][1]).content.decode()
    assert shown(fifth) == [f"Fifth {n}" for n in range(5)]
    [(number, address)] = wanted(fifth)
    assert number == "1"
    assert shown(fetch(ada, address).content.decode()) == ["Fifth 5"]


def test_the_contract_holds_for_programs_and_without_scripts(
    client_of: ClientOf, author: User, course: Course, second: Chapter
) -> None:
    page = client_of(author).get(f"/courses/{course.pk}/").content.decode()
    assert len(shown(page)) == 7
    assert not wanted(page)


def test_whole_is_whole_and_stays_so(ada: Client, course: Course, second: Chapter) -> None:
    """A browser whose scripts were turned off is sent there by <noscript>."""
    assert len(shown(ada.get(f"/courses/{course.pk}/?whole").content.decode())) == 7
    assert len(shown(ada.get(f"/courses/{course.pk}/").content.decode())) == 7


def test_a_plain_request_for_rows_leads_to_the_whole_page(
    ada: Client, course: Course, second: Chapter
) -> None:
    answer = ada.get(f"/chapters/{second.pk}/rows/?after=7")
    assert answer["Location"] == f"/courses/{course.pk}/?whole#chapter-{second.pk}"


def test_a_co_author_gets_rows_and_a_stranger_does_not(
    course: Course, first: Chapter, co_author: User, stranger: User, client_of: ClientOf
) -> None:
    course.add_co_author(co_author)
    address = f"/chapters/{first.pk}/rows/"
    assert len(shown(fetch(client_of(co_author), address).content.decode())) == 3
    assert fetch(client_of(stranger), address).status_code == 404


def test_rows_of_another_course_come_with_none(
    ada: Client, first: Chapter, co_author: User
) -> None:
    theirs = filled(make_course(co_author), co_author, "Theirs", 2)
    answer = fetch(ada, f"/chapters/{first.pk}/rows/?also={theirs.pk}&also=nonsense&after=-1")
    assert len(shown(answer.content.decode())) == 3


def test_it_says_as_of_which_revision_it_is(ada: Client, course: Course, first: Chapter) -> None:
    course.refresh_from_db()
    assert fetch(ada, f"/chapters/{first.pk}/rows/")["HX-PTag"] == str(course.revision)


def test_a_removed_chapter_goes(ada: Client, first: Chapter, second: Chapter) -> None:
    first.remove()
    answer = fetch(ada, f"/chapters/{first.pk}/rows/?also={second.pk}").content.decode()
    assert f'hx-target="#chapter-{first.pk}" hx-swap="remove"' in answer
    assert shown(answer) == [f"Second {n}" for n in range(4)]


class TestAChapterThatCannotBeDrawn:
    """The others can."""

    @pytest.fixture(autouse=True)
    def _broken(self, monkeypatch: pytest.MonkeyPatch, second: Chapter) -> None:
        def fail(text: str) -> str:
            if text == "First 1":
                raise LookupError("a row that cannot be drawn")
            return escape(text)

        monkeypatch.setattr(video_rows, "escape", fail)

    def failed(self, html: str, chapter: Chapter) -> bool:
        place = html.partition(f'chapter-{chapter.pk}-later"')[2].partition("</svg>")[0]
        return "data-failed" in place and f"/chapters/{chapter.pk}/rows/?after=0" in place

    def test_in_the_page(
        self,
        ada: Client,
        course: Course,
        first: Chapter,
        second: Chapter,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        answer = ada.get(f"/courses/{course.pk}/?whole")
        assert answer.status_code == 200
        page = answer.content.decode()
        assert self.failed(page, first)
        assert not self.failed(page, second)
        assert shown(page) == [f"Second {n}" for n in range(4)]
        [record] = [one for one in caplog.records if "could not be drawn" in one.message]
        assert str(first.pk) in record.message
        assert record.exc_info

    def test_in_rows(self, ada: Client, first: Chapter, second: Chapter) -> None:
        answer = fetch(ada, f"/chapters/{first.pk}/rows/?also={second.pk}").content.decode()
        assert self.failed(answer, first)
        assert shown(answer) == ["Second 0", "Second 1"]

    def test_with_its_head_once_it_can(
        self, ada: Client, course: Course, first: Chapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What has changed of it meanwhile comes by the Reload that stands in its place."""
        Chapter.objects.filter(pk=first.pk).update(title="New", revision=9)
        Course.objects.update(revision=9)
        feed = fetch(ada, f"/courses/{course.pk}/changes/?since=0").content.decode()
        address = f"/chapters/{first.pk}/rows/?after=0&amp;anew"
        assert address in feed
        assert "New" not in feed.partition("<nav")[0]
        still = fetch(ada, address.replace("&amp;", "&")).content.decode()
        assert address in still
        monkeypatch.undo()
        well = fetch(ada, address.replace("&amp;", "&")).content.decode()
        assert 'hx-target="#chapters" hx-swap="keyed"' in well
        assert 'value="New"' in well
        assert shown(well) == [f"First {n}" for n in range(3)]
        assert "data-failed" not in well

    @pytest.mark.parametrize("since", [0, 5])
    def test_in_the_feed(
        self, ada: Client, course: Course, first: Chapter, second: Chapter, since: int
    ) -> None:
        """Of chapters that changed themselves, and of those of which only rows did."""
        Video.objects.update(revision=9)
        Chapter.objects.update(revision=since + 1 if since == 0 else 1)
        Course.objects.update(revision=9)
        answer = fetch(ada, f"/courses/{course.pk}/changes/?since={since}").content.decode()
        assert self.failed(answer, first)
        assert shown(answer) == [f"Second {n}" for n in range(4)]
