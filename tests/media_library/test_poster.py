from django.core.files.base import ContentFile

from accounts.models import User
from media_library.models import MediaFile
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf

PICTURE = b"\xff\xd8 a picture"


def with_poster(owner: User) -> MediaFile:
    media = make_media(owner)
    media.poster.save("ignored", ContentFile(PICTURE))
    return media


def test_the_owner_gets_it_as_a_picture_and_nothing_else(author: User, client_of: ClientOf) -> None:
    media = with_poster(author)
    response = client_of(author).get(f"/library/{media.pk}/poster/")
    assert response.getvalue() == PICTURE
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in response["Cache-Control"]


def test_a_co_author_gets_it_while_the_file_stands_in_a_shared_course(
    author: User, co_author: User, client_of: ClientOf
) -> None:
    media = with_poster(author)
    course = make_course(author)
    make_video(make_chapter(course), media)
    grace = client_of(co_author)
    assert grace.get(f"/library/{media.pk}/poster/").status_code == 404
    course.add_co_author(co_author)
    assert grace.get(f"/library/{media.pk}/poster/").status_code == 200
    course.remove_co_author(co_author.pk)
    assert grace.get(f"/library/{media.pk}/poster/").status_code == 404


def test_a_file_without_one_has_none(author: User, client_of: ClientOf) -> None:
    media = make_media(author)
    assert client_of(author).get(f"/library/{media.pk}/poster/").status_code == 404


def test_a_poster_that_the_storage_lost_is_404(author: User, client_of: ClientOf) -> None:
    media = with_poster(author)
    media.poster.storage.delete(str(media.poster.name))
    assert client_of(author).get(f"/library/{media.pk}/poster/").status_code == 404
