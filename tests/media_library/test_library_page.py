import re
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from media_library.finding import PAGE
from media_library.models import Captions, MediaFile
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video
from tests.people import ClientOf

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


def shown(page: str) -> list[str]:
    return [unescape(name) for name in re.findall(r'media-card-name"><a [^>]*>([^<]*)<', page)]


def library(person: Client, query: str = "", **options: object) -> str:
    return person.get(f"/library/{query}", **options).content.decode()  # type: ignore[arg-type]


def test_it_shows_ones_own_files_and_no_others(ada: Client, author: User, co_author: User) -> None:
    make_media(author, "Mine.mp4")
    make_media(co_author, "Theirs.mp4")
    assert shown(library(ada)) == ["Mine.mp4"]


def test_an_empty_library_says_so_and_has_nothing_to_search(ada: Client) -> None:
    page = library(ada)
    assert "Your library is empty" in page
    assert 'role="search"' not in page


def test_each_card_leads_to_its_file(ada: Client, author: User) -> None:
    media = make_media(author)
    link = f'<a href="/library/{media.pk}/" title="01 Welcome.mp4">01 Welcome.mp4</a>'
    assert link in library(ada)


def test_a_card_says_how_its_file_is(ada: Client, author: User) -> None:
    make_media(author, status=MediaFile.Status.BROKEN, reason="damaged")
    make_media(author, status=MediaFile.Status.PROCESSING)
    make_upload(author, size=1000, received=420)
    page = library(ada)
    assert "damaged and cannot be played" in page
    assert "Processing…" in page
    assert "Uploading 42 %" in page
    assert page.count("never used") >= 3
    assert "captions missing" not in page  # nobody can caption what cannot be played
    numbers = dict(re.findall(r'pill-number" id="number-(\w+)">(\d+)', page))
    assert numbers == {"processing": "2", "broken": "1"}


def test_pages_show_each_file_once(
    ada: Client, author: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    names = [make_media(author, f"file-{number:03}.mp4").name for number in range(PAGE + 5)]
    with django_assert_num_queries(9):  # also uploads and batches that are not over, and the space
        first = library(ada)
    address = unescape(re.search(r'id="found-more" href="([^"]+)"', first)[1])  # type: ignore[index]
    second = ada.get(address).content.decode()
    assert shown(first) + shown(second) == names[::-1]
    assert "found-more" not in second
    assert "From the start" in second
    part = ada.get(address, headers=HTMX).content.decode()
    assert shown(part) == shown(second)
    assert "<h1" not in part
    assert part.lstrip().startswith("<li")


def test_the_results_alone_are_an_answer_to_htmx(ada: Client, author: User) -> None:
    make_media(author, "Optics.mp4")
    make_media(author, "Statics.mp4")
    response = ada.get("/library/?q=opt&filter=&sort=name&view=list", headers=HTMX)
    page = response.content.decode()
    assert shown(page) == ["Optics.mp4"]
    assert 'hx-target="#found-said"' in page
    assert "1 file found." in page
    assert 'role="search"' not in page
    assert 'id="chosen"' not in page
    assert response["HX-Replace-Url"] == "/library/?q=opt&sort=name&view=list"


def test_an_address_can_be_shared(ada: Client, author: User) -> None:
    make_media(author, "Optics.mp4")
    page = library(ada, "?q=opt&filter=ready&sort=name&view=list")
    assert 'value="opt"' in page
    assert re.search(r'value="ready"\s+checked', page)
    assert re.search(r'value="name"\s+selected', page)
    assert 'class="media-list"' in page


def test_who_comes_again_finds_the_library_as_it_was_left(ada: Client, author: User) -> None:
    make_media(author, status=MediaFile.Status.BROKEN, reason="damaged")
    library(ada, "?q=welcome&filter=broken&sort=oldest&view=list")
    again = library(ada)
    assert re.search(r'value="broken"\s+checked', again)
    assert re.search(r'value="oldest"\s+selected', again)
    assert 'class="media-list"' in again
    assert 'value="welcome"' not in again
    assert shown(library(ada, "?filter=&sort=name")) == shown(library(ada))


def test_an_address_wins_over_habits(ada: Client, author: User) -> None:
    make_media(author)
    library(ada, "?filter=broken&sort=name&view=list")
    page = library(ada, "?q=welcome")
    assert shown(page) == ["01 Welcome.mp4"]
    assert 'class="media-list"' in page  # how somebody likes to look at it is not in the question


def test_what_is_usual_is_not_saved_again_and_again(
    ada: Client, author: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_media(author)
    library(ada, "?sort=name&view=list")
    with django_assert_num_queries(9):
        library(ada, "?sort=name&view=list")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q=zebra", "No file is called “zebra”"),
        ("filter=ready", "No file is ready"),
        ("filter=processing", "No file is being processed"),
        ("filter=processing&q=zebra", "No file called “zebra” is being processed"),
        ("filter=broken", "No file is broken"),
        ("filter=unused", "No file is unused"),
        ("filter=uncaptioned", "No file lacks captions"),
    ],
)
def test_a_filter_that_lets_nothing_through_says_so(
    ada: Client, author: User, query: str, said: str
) -> None:
    state = {"status": "broken", "reason": "damaged"} if query == "filter=ready" else {}
    media = make_media(author, **state)
    make_video(make_chapter(make_course(author)), media)
    Captions.objects.put(media, "en", "WEBVTT\n")
    assert f"<h2>{said}</h2>" in library(ada, f"?{query}")


def test_nothing_found_offers_to_clear(ada: Client, author: User) -> None:
    make_media(author)
    page = library(ada, "?q=zebra&filter=broken&sort=name&view=list")
    assert "No file called “zebra” is broken" in page
    assert 'href="?sort=name&amp;view=list"' in page


@pytest.mark.parametrize(
    "query",
    [
        "?after=nonsense",
        "?q=%00&sort=%00&filter=%00&view=%00&after=%00",
        "?q=" + "x" * 10_000,
        "?q=%FF%FE&q=%ED%A0%80",
        "?sort=largest&after=9223372036854775808~01a1ff63-0c31-73b2-b881-dd78b029f37a",
        "?sort=longest&after=9223372036854775807~01a1ff63-0c31-73b2-b881-dd78b029f37a",
        "?sort=name&after=" + "%F0%9F%98%80" * 2000 + "~01a1ff63-0c31-73b2-b881-dd78b029f37a",
    ],
)
def test_no_address_breaks_it(ada: Client, author: User, query: str) -> None:
    make_media(author)
    for headers in ({}, HTMX):
        assert ada.get(f"/library/{query}", headers=headers).status_code == 200


def test_an_import_is_told_from_an_upload(ada: Client, author: User) -> None:
    make_upload(author, received=420)
    media = make_upload(author, "imported.mp4", received=420, fetched_from="/given/imported.mp4")
    page = library(ada)
    assert "Uploading 42 %" in page
    assert "Importing 42 %" in page
    assert f'id="upload-{media.pk}"' not in page  # nobody can send it
    assert "Importing 42 %" in ada.get(f"/library/{media.pk}/").content.decode()


def test_an_import_can_be_cancelled_on_its_page(ada: Client, author: User) -> None:
    media = make_upload(author, "imported.mp4", fetched_from="/given/imported.mp4")
    page = ada.get(f"/library/{media.pk}/").content.decode()
    address = f"/library/uploads/{media.pk}/end/"
    assert f'action="{address}"' in page
    assert "The import is cancelled." in ada.post(address, follow=True).content.decode()
    assert not MediaFile.objects.exists()
