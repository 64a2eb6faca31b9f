import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from media_library.models import MediaFile
from tests.factories import make_media
from tests.people import ClientOf


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


def test_it_shows_ones_own_files_and_no_others(ada: Client, author: User, co_author: User) -> None:
    make_media(author, "Mine.mp4")
    make_media(co_author, "Theirs.mp4")
    page = ada.get("/library/").content.decode()
    assert "Mine.mp4" in page
    assert "Theirs.mp4" not in page


def test_an_empty_library_says_what_to_do(ada: Client) -> None:
    assert "Your library is empty" in ada.get("/library/").content.decode()


def test_a_broken_file_says_why(ada: Client, author: User) -> None:
    make_media(author, status=MediaFile.Status.BROKEN, reason="damaged")
    assert "damaged and cannot be played" in ada.get("/library/").content.decode()


def test_pages_show_each_file_once(
    ada: Client, author: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    names = [make_media(author, f"file-{number:03}.mp4").name for number in range(65)]
    with django_assert_num_queries(3):  # session, person, files
        first = ada.get("/library/")
    after = first.context["next_after"]
    second = ada.get("/library/", {"after": str(after)})
    shown = [media.name for page in (first, second) for media in page.context["files"]]
    assert shown == names[::-1]
    assert second.context["next_after"] is None


def test_a_senseless_place_to_go_on_from_shows_the_first_page(ada: Client, author: User) -> None:
    make_media(author, "Mine.mp4")
    assert "Mine.mp4" in ada.get("/library/?after=nonsense").content.decode()
