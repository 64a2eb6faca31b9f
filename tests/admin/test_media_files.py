from unittest.mock import patch

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import User
from media_library import admin as media_admin
from media_library.models import MediaFile
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf

FILES = "/admin/media_library/mediafile/"


def _upload(*names: str) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, name.encode()) for name in names]


def test_files_are_taken_in_for_an_instructor(desk: Client, author: User) -> None:
    answer = desk.post(
        f"{FILES}add/", {"owner": author.pk, "videos": _upload("1.mp4", "2.mp4")}, follow=True
    )
    assert "2 files are stored for Ada and being read." in answer.content.decode()
    assert list(MediaFile.objects.order_by("id").values_list("name", "owner", "status")) == [
        ("1.mp4", author.pk, "processing"),
        ("2.mp4", author.pk, "processing"),
    ]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_file_is_stored(desk: Client, author: User) -> None:
    """Storing may take longer than the database lets a transaction wait."""
    with patch.object(media_admin, "take_in") as take_in:
        take_in.side_effect = lambda owner, name, file: (
            make_media(owner, name) if not connection.in_atomic_block else None
        )
        answer = desk.post(f"{FILES}add/", {"owner": author.pk, "videos": _upload("1.mp4")})
    assert answer.status_code == 302
    assert MediaFile.objects.count() == 1


def test_a_file_that_cannot_be_stored_does_not_keep_the_next_one_out(
    desk: Client, author: User
) -> None:
    with patch.object(
        media_admin, "take_in", side_effect=[OSError("no space"), make_media(author)]
    ):
        answer = desk.post(
            f"{FILES}add/", {"owner": author.pk, "videos": _upload("1.mp4", "2.mp4")}, follow=True
        )
    page = answer.content.decode()
    assert "“1.mp4” could not be stored." in page
    assert "1 file is stored for Ada and being read." in page


@pytest.mark.parametrize("missing", ["owner", "videos"])
def test_what_is_missing_is_said(desk: Client, author: User, missing: str) -> None:
    form = {"owner": author.pk, "videos": _upload("1.mp4")}
    del form[missing]
    answer = desk.post(f"{FILES}add/", form)
    assert "This field is required." in answer.content.decode()
    assert not MediaFile.objects.exists()


def test_one_empty_file_keeps_all_out(desk: Client, author: User) -> None:
    files = [*_upload("1.mp4"), SimpleUploadedFile("2.mp4", b"")]
    answer = desk.post(f"{FILES}add/", {"owner": author.pk, "videos": files})
    assert "The submitted file is empty." in answer.content.decode()
    assert not MediaFile.objects.exists()


def test_an_instructor_takes_nothing_in_here(author: User) -> None:
    client = Client()
    client.force_login(author)
    client.post(f"{FILES}add/", {"owner": author.pk, "videos": _upload("1.mp4")}, follow=True)
    assert not MediaFile.objects.exists()


def test_what_was_found_in_a_file_is_not_written_by_hand(desk: Client, author: User) -> None:
    media = make_media(author)
    before = MediaFile.objects.values().get()
    answer = desk.post(f"{FILES}{media.pk}/change/", {"name": "x", "status": "broken", "size": 1})
    assert answer.status_code == 403
    assert MediaFile.objects.values().get() == before


def test_a_file_in_use_is_not_deleted_but_explained(desk: Client, author: User) -> None:
    media = make_media(author)
    make_video(make_chapter(make_course(author)), media)
    page = desk.post(f"{FILES}{media.pk}/delete/", {"post": "yes"}).content.decode()
    assert "would require deleting the following protected related objects" in page
    assert MediaFile.objects.exists()


def test_a_file_that_nothing_uses_is_deleted(desk: Client, author: User) -> None:
    media = make_media(author)
    desk.post(f"{FILES}{media.pk}/delete/", {"post": "yes"})
    assert not MediaFile.objects.exists()


def test_the_list_shows_posters(desk: Client, author: User) -> None:
    media = make_media(author, poster="posters/of-1.jpg")
    assert f'<img src="/library/{media.pk}/poster/?v=1"' in desk.get(FILES).content.decode()


def test_a_poster_is_shown_to_staff_and_to_no_other_instructor(
    desk: Client, author: User, stranger: User, client_of: ClientOf
) -> None:
    User.objects.filter(pk=stranger.pk).update(is_staff=True)  # who looks after something else
    media = make_media(author)
    media.poster.save("ignored", ContentFile(b"\xff\xd8\xff a picture"))
    url = f"/library/{media.pk}/poster/"
    for client, status in ((desk, 200), (client_of(author), 200), (client_of(stranger), 404)):
        answer = client.get(url)
        answer.getvalue()  # reads it to its end, where the file is closed
        assert answer.status_code == status
