import re
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Chapter
from media_library.finding import PAGE
from media_library.models import MediaFile
from tests.factories import make_chapter, make_media, make_upload, make_video
from tests.people import ClientOf

HTMX = {"HX-Request": "true"}
# What is picked, and whether it can be.
BOX = re.compile(r'<input type="checkbox" name="media" value="([^"]+)"([^>]*)>')


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


def picker(person: Client, chapter: Chapter, query: str = "", **options: object) -> str:
    address = f"/library/picker/?chapter={chapter.pk}{query}"
    return person.get(address, **options).content.decode()  # type: ignore[arg-type]


def rows(page: str) -> dict[str, str]:
    """What each says, by its name."""
    parts = page.split('<li class="picker-row"')[1:]
    found = [(re.search(r'picker-name">([^<]*)', part), part) for part in parts]
    return {unescape(name[1]): part for name, part in found if name}


def test_every_file_that_can_be_linked_has_a_box(
    ada: Client, author: User, chapter: Chapter
) -> None:
    ready = make_media(author, "ready.mp4")
    processing = make_media(author, "processing.mp4", status=MediaFile.Status.PROCESSING)
    uploading = make_upload(author, "uploading.mp4")
    broken = make_media(author, "broken.mp4", status=MediaFile.Status.BROKEN, reason="damaged")
    boxes = dict(BOX.findall(picker(ada, chapter)))
    assert set(boxes) == {str(media.pk) for media in (ready, processing, uploading, broken)}
    assert {pk for pk, rest in boxes.items() if "disabled" in rest} == {str(broken.pk)}


def test_where_files_are_used_is_said(ada: Client, author: User, chapter: Chapter) -> None:
    other = make_chapter(chapter.course)
    here, both = make_media(author, "here.mp4"), make_media(author, "both.mp4")
    elsewhere, removed = make_media(author, "elsewhere.mp4"), make_media(author, "removed.mp4")
    for media in (here, both):
        make_video(chapter, media)
    for media in (both, elsewhere):
        make_video(other, media)
    make_video(chapter, removed).remove()
    found = rows(picker(ada, chapter))
    assert "in this chapter" in found["here.mp4"]
    assert "data-is-here" in found["both.mp4"]
    assert "used elsewhere" in found["elsewhere.mp4"]
    assert "in this chapter" not in found["removed.mp4"]
    assert "used elsewhere" not in found["removed.mp4"]


def test_it_finds_as_the_library_does(ada: Client, author: User, chapter: Chapter) -> None:
    make_media(author, "Optics 2.mp4")
    make_media(author, "Optics 10.mp4")
    make_media(author, "Statics.mp4")
    found = rows(picker(ada, chapter, "&q=optcis&sort=name", headers=HTMX))
    assert list(found) == ["Optics 2.mp4", "Optics 10.mp4"]


def test_it_opens_with_a_constant_number_of_queries(
    ada: Client, author: User, chapter: Chapter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(PAGE):
        make_video(chapter, make_media(author))
    with django_assert_num_queries(7):  # session, person, chapter, uploads, ids, files, uses
        picker(ada, chapter, headers=HTMX)


def test_its_next_page_is_rows_alone(ada: Client, author: User, chapter: Chapter) -> None:
    names = [make_media(author, f"{number:03}.mp4").name for number in range(PAGE + 5)]
    whole = picker(ada, chapter, headers=HTMX)
    address = unescape(re.search(r'hx-get="([^"]*after[^"]*)"', whole)[1])  # type: ignore[index]
    part = ada.get(address, headers=HTMX).content.decode()
    assert [*rows(whole), *rows(part)] == names[::-1]
    assert "<form" not in part
    plain = ada.get(address).content.decode()
    assert rows(plain).keys() == rows(part).keys()
    assert "<h1" in plain


def test_a_preview_is_offered_of_what_plays(ada: Client, author: User, chapter: Chapter) -> None:
    ready = make_media(author, "ready.mp4")
    make_media(author, "broken.mp4", status=MediaFile.Status.BROKEN, reason="damaged")
    found = rows(picker(ada, chapter))
    assert f'href="/library/{ready.pk}/file/"' in found["ready.mp4"]
    assert "data-previews" not in found["broken.mp4"]


def test_it_remembers_order_and_view_but_no_filter(
    ada: Client, author: User, chapter: Chapter
) -> None:
    make_media(author)
    picker(ada, chapter, "&q=x&filter=broken&sort=largest&view=grid", headers=HTMX)
    page = picker(ada, chapter)
    assert re.search(r'value="largest"\s+selected', page)
    assert 'class="picker-grid"' in page
    assert re.search(r'name="filter" value=""\s+checked', page)
    assert 'class="media-grid"' in ada.get("/library/").content.decode()


def test_nothing_found_offers_to_clear(ada: Client, author: User, chapter: Chapter) -> None:
    make_media(author)
    page = picker(ada, chapter, "&q=zebra")
    assert f'href="?chapter={chapter.pk}&amp;sort=newest&amp;view=list"' in page


@pytest.mark.parametrize(
    "query", ["", "?chapter=", "?chapter=x", "?chapter=01a1ff3e-a465-7efc-ace6-27c28a692d6e"]
)
def test_of_no_chapter_there_is_none(ada: Client, author: User, query: str) -> None:
    assert ada.get(f"/library/picker/{query}").status_code == 404


def test_no_question_breaks_it(ada: Client, author: User, chapter: Chapter) -> None:
    make_media(author)
    for query in ("&q=%00", "&after=%00&sort=name", "&q=" + "x" * 10_000, "&sort=[]&view=%FF"):
        for headers in ({}, HTMX):
            assert picker(ada, chapter, query, headers=headers)
