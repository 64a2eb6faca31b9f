"""Uploads as a tus client sees them."""

import base64
import hashlib
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from config.ids import uuid7
from media_library.file_errors import UploadEnded
from media_library.models import MediaFile
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video
from tests.people import ClientOf

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"
UPLOADS = "/library/uploads/"
CONTENT = bytes(range(250)) * 4


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def ada(client_of: ClientOf, author: User) -> Client:
    client = client_of(author)
    client.handler.enforce_csrf_checks = True  # no client of tus knows of our tokens
    return client


def announce(client: Client, size: object = 1000, name: str = "a.mp4", **metadata: str) -> Any:
    pairs = {"filename": name, **metadata}
    header = ",".join(f"{key} {encoded(value)}" for key, value in pairs.items())
    return client.post(
        UPLOADS, headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": header}
    )


def bring(client: Client, address: str, offset: int, content: bytes, **headers: str) -> Any:
    given = {**TUS, "Upload-Offset": str(offset), **headers}
    return client.patch(address, content, content_type=PIECE, headers=given)


def nothing_more(client: Client, address: str, offset: int) -> Any:
    """Django's client says nothing about a body without bytes."""
    return bring(client, address, offset, b"", **{"Content-Type": PIECE, "Content-Length": "0"})


def test_what_is_understood_is_told_to_everybody(db: None, client: Client, settings: Any) -> None:
    response = client.options(UPLOADS)
    assert response.status_code == 204
    assert response["Tus-Version"] == response["Tus-Resumable"] == "1.0.0"
    assert set(response["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "expiration",
        "checksum",
        "termination",
    }
    assert "sha1" in response["Tus-Checksum-Algorithm"].split(",")
    assert response["Tus-Max-Size"] == str(settings.MEDIA_FILE_LIMIT)


def test_an_upload_from_its_announcement_to_its_end(ada: Client, author: User) -> None:
    created = announce(ada, name="01 Wélcome.mp4")
    assert created.status_code == 201
    media = MediaFile.objects.get()
    assert (media.owner, media.name, media.size) == (author, "01 Wélcome.mp4", 1000)
    address = created["Location"]
    assert address == reverse("media_library:upload", args=[media.pk])
    assert "GMT" in created["Upload-Expires"]

    first = bring(ada, address, 0, CONTENT[:400])
    assert (first.status_code, first["Upload-Offset"]) == (204, "400")
    head = ada.head(address, headers=TUS)
    assert (head.status_code, head["Upload-Offset"], head["Upload-Length"]) == (200, "400", "1000")
    assert head["Cache-Control"] == "no-store"

    last = bring(ada, address, 400, CONTENT[400:])
    assert (last.status_code, last["Upload-Offset"]) == (204, "1000")
    assert "Upload-Expires" not in last
    assert ada.head(address, headers=TUS)["Upload-Offset"] == "1000"
    assert MediaFile.objects.get().status == "processing"


def test_the_announcement_may_bring_the_first_piece(ada: Client) -> None:
    response = ada.post(
        UPLOADS, CONTENT[:10], content_type=PIECE, headers={**TUS, "Upload-Length": "1000"}
    )
    assert (response.status_code, response["Upload-Offset"]) == (201, "10")


def test_a_stale_offset_is_409_and_a_wrong_checksum_460(ada: Client) -> None:
    address = announce(ada)["Location"]
    for offset in (1, 500, 1000, 2000):  # all of it, too, which would not fit there
        assert bring(ada, address, offset, CONTENT[1:]).status_code == 409
        assert bring(ada, address, offset, CONTENT).status_code == 409
    digest = base64.b64encode(hashlib.sha1(b"other").digest()).decode()  # noqa: S324 - of the protocol
    damaged = bring(ada, address, 0, CONTENT, **{"Upload-Checksum": f"sha1 {digest}"})
    assert damaged.status_code == 460
    assert ada.head(address, headers=TUS)["Upload-Offset"] == "0"
    digest = base64.b64encode(hashlib.sha1(CONTENT).digest()).decode()  # noqa: S324
    assert (
        bring(ada, address, 0, CONTENT, **{"Upload-Checksum": f"sha1 {digest}"}).status_code == 204
    )


@pytest.mark.parametrize("checksum", ["md4 AAAA", "sha1 ÄÄ==", "sha1 é"])
def test_a_checksum_that_makes_no_sense_reserves_nothing(ada: Client, checksum: str) -> None:
    headers = {**TUS, "Upload-Length": "1000", "Upload-Checksum": checksum}
    answer = ada.post(UPLOADS, CONTENT, content_type=PIECE, headers=headers)
    assert answer.status_code == 400
    assert not MediaFile.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        f"filename {encoded('01 Wélcome.mp4')}",
        f"filename {encoded('../dir/a.mp4')},filetype {encoded('video/mp4')},is_confidential",
        f"filename   {encoded('a.mp4')} ,  x-y {encoded('1')}",
        f"filename {encoded('a.mp4')},thumbnail /9j//w==",  # only text that is read must be UTF-8
        f"filename {encoded('a' * 4096)}",
    ],
)
def test_metadata_comes_back_as_it_was_given(ada: Client, given: str) -> None:
    headers = {**TUS, "Upload-Length": "1000", "Upload-Metadata": given}
    address = ada.post(UPLOADS, headers=headers)["Location"]
    assert ada.head(address, headers=TUS)["Upload-Metadata"] == given
    MediaFile.objects.update(name="renamed.mp4")
    bring(ada, address, 0, CONTENT)
    assert ada.head(address, headers=TUS)["Upload-Metadata"] == given


def test_without_metadata_there_is_none(ada: Client, author: User) -> None:
    address = ada.post(UPLOADS, headers={**TUS, "Upload-Length": "1000"})["Location"]
    assert "Upload-Metadata" not in ada.head(address, headers=TUS)
    by_form = make_upload(author)
    assert "Upload-Metadata" not in ada.head(f"{UPLOADS}{by_form.pk}/", headers=TUS)


def test_metadata_without_end_is_refused_with_its_reason(ada: Client) -> None:
    response = announce(ada, name="a" * 6000)
    assert response.status_code == 400
    assert response.content == b"Upload-Metadata is too long; the most is 6,000 characters.\n"
    assert not MediaFile.objects.exists()


@pytest.mark.parametrize("length", [10, 2 << 20])
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", ""])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_piece_of_another_type_is_415_however_long_it_is(
    ada: Client, length: int, kind: str, chunked: bool
) -> None:
    address = announce(ada, 4 << 20)["Location"]
    headers = {**TUS, "Upload-Offset": "0"} | ({"Transfer-Encoding": "chunked"} if chunked else {})
    for method, said in (("PATCH", {}), ("POST", {"X-HTTP-Method-Override": "PATCH"})):
        response = ada.generic(
            method, address, bytes(length), content_type=kind, headers=headers | said
        )
        assert response.status_code == 415
        assert response["Tus-Resumable"] == "1.0.0"
    assert ada.head(address, headers=TUS)["Upload-Offset"] == "0"


def test_a_body_without_a_length_is_411(ada: Client) -> None:
    address = announce(ada)["Location"]
    chunked = {"Transfer-Encoding": "chunked"}
    for response in (
        bring(ada, address, 0, CONTENT, **chunked),
        ada.post(UPLOADS, CONTENT, PIECE, headers={**TUS, "Upload-Length": "1000", **chunked}),
    ):
        assert response.status_code == 411
        assert response["Tus-Resumable"] == "1.0.0"
    assert MediaFile.objects.get().received == 0


@pytest.mark.parametrize("path", ["rows/", "nothing/"])
def test_other_addresses_take_no_more_than_a_form(ada: Client, path: str) -> None:
    for kind in (PIECE, "application/json"):
        response = ada.post(f"{UPLOADS}{path}", bytes(2 << 20), content_type=kind, headers=TUS)
        assert response.status_code == 413


@pytest.mark.parametrize("metadata", ["filename ÄÄ==", "filename é", "é", "a\tb"])
def test_metadata_that_is_no_ascii_is_400(ada: Client, metadata: str) -> None:
    headers = {**TUS, "Upload-Length": "1000", "Upload-Metadata": metadata}
    assert ada.post(UPLOADS, headers=headers).status_code == 400


def test_a_piece_for_an_upload_that_is_over_is_410(ada: Client, author: User) -> None:
    reason = UploadEnded.reason
    ended = make_media(author, status=MediaFile.Status.BROKEN, reason=reason, size=0)
    address = f"{UPLOADS}{ended.pk}/"
    assert ada.head(address, headers=TUS).status_code == 410
    assert bring(ada, address, 0, CONTENT).status_code == 410


def test_termination(ada: Client) -> None:
    address = announce(ada)["Location"]
    bring(ada, address, 0, CONTENT[:10])
    assert ada.delete(address, headers=TUS).status_code == 204
    assert not MediaFile.objects.exists()
    assert ada.head(address, headers=TUS).status_code == 404


def test_what_is_complete_is_thrown_away_unless_it_is_in_use(ada: Client, author: User) -> None:
    address = announce(ada)["Location"]
    bring(ada, address, 0, CONTENT)
    media = MediaFile.objects.get()
    video = make_video(make_chapter(make_course(author)), media)
    answer = ada.delete(address, headers=TUS)
    assert (answer.status_code, b"in use" in answer.content) == (409, True)
    video.delete()
    assert ada.delete(address, headers=TUS).status_code == 204
    assert MediaFile.objects.trashed().get() == media
    assert ada.head(address, headers=TUS).status_code == 410
    assert nothing_more(ada, address, 1000).status_code == 410
    assert ada.delete(address, headers=TUS).status_code == 410


def test_what_was_thrown_away_is_not_begun_anew(ada: Client) -> None:
    again = {"id": str(uuid7())}
    address = announce(ada, **again)["Location"]
    bring(ada, address, 0, CONTENT)
    ada.delete(address, headers=TUS)
    assert announce(ada, **again).status_code == 410


def test_a_new_version_that_is_complete_stays(ada: Client, author: User) -> None:
    media = make_media(author)
    address = announce(ada, versionOf=str(media.pk))["Location"]
    bring(ada, address, 0, CONTENT)
    assert ada.delete(address, headers=TUS).status_code == 410
    assert not MediaFile.objects.trashed().exists()


def test_nothing_more_for_what_is_there_is_no_conflict(ada: Client) -> None:
    address = announce(ada)["Location"]
    bring(ada, address, 0, CONTENT)
    answer = nothing_more(ada, address, 1000)
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "1000")
    assert nothing_more(ada, address, 999).status_code == 409
    assert bring(ada, address, 1000, b"x").status_code == 409


def test_the_method_may_be_said_in_a_header(ada: Client) -> None:
    address = announce(ada)["Location"]
    headers = {**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    response = ada.post(address, CONTENT, content_type=PIECE, headers=headers)
    assert (response.status_code, response["Upload-Offset"]) == (204, "1000")


def test_an_id_of_the_browsers_makes_a_repeated_announcement_harmless(ada: Client) -> None:
    media_id = str(uuid7())
    first, second = announce(ada, id=media_id), announce(ada, id=media_id)
    assert first["Location"] == second["Location"] == f"{UPLOADS}{media_id}/"
    assert MediaFile.objects.count() == 1
    assert announce(ada, 999, id=media_id).status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 412),
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({**TUS}, 400),
        ({**TUS, "Upload-Length": "-1"}, 400),
        ({**TUS, "Upload-Length": "ten"}, 400),
        ({**TUS, "Upload-Length": "9" * 30}, 400),
        ({**TUS, "Upload-Length": "9" * 18}, 413),
        ({**TUS, "Upload-Length": "1", "Upload-Metadata": "filename %%%"}, 400),
        ({**TUS, "Upload-Length": "1", "Upload-Metadata": "filename /w=="}, 400),
        ({**TUS, "Upload-Defer-Length": "1"}, 400),
    ],
)
def test_senseless_announcements_are_refused(ada: Client, headers: Any, status: int) -> None:
    response = ada.post(UPLOADS, headers=headers)
    assert response.status_code == status
    assert response["Tus-Version"] == "1.0.0"
    assert not MediaFile.objects.exists()


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"content_type": "application/octet-stream", "headers": {"Upload-Offset": "0"}}, 415),
        ({"content_type": PIECE, "headers": {}}, 400),
        ({"content_type": PIECE, "headers": {"Upload-Offset": "x"}}, 400),
        (
            {
                "content_type": PIECE,
                "headers": {"Upload-Offset": "0", "Upload-Checksum": "crc32 AA=="},
            },
            400,
        ),
        (
            {"content_type": PIECE, "headers": {"Upload-Offset": "0", "Upload-Checksum": "md5 %"}},
            400,
        ),
    ],
)
def test_senseless_pieces_are_refused(ada: Client, how: Any, status: int) -> None:
    address = announce(ada)["Location"]
    how["headers"] |= TUS
    assert ada.patch(address, CONTENT, **how).status_code == status
    assert ada.head(address, headers=TUS)["Upload-Offset"] == "0"


def test_more_than_was_announced_is_refused(ada: Client) -> None:
    address = announce(ada, 10)["Location"]
    assert bring(ada, address, 0, CONTENT).status_code == 413


def test_what_has_no_room_is_refused_with_its_reason_before_anything_is_sent(
    ada: Client, settings: Any
) -> None:
    settings.MEDIA_SPACE_PER_PERSON = 999
    response = announce(ada)
    assert (response.status_code, response.content) == (
        507,
        b"Your library has no space left for it.\n",
    )


def test_an_upload_is_its_owners(
    ada: Client, client_of: ClientOf, stranger: User, client: Client
) -> None:
    address = announce(ada)["Location"]
    mallory = client_of(stranger)
    for method in ("head", "patch", "delete"):
        response = getattr(mallory, method)(address, headers=TUS)
        assert (response.status_code, response["Tus-Resumable"]) == (404, "1.0.0")
        assert getattr(client, method)(address, headers=TUS).status_code == 401
    assert announce(client).status_code == 401
    assert MediaFile.objects.count() == 1


def test_a_new_version_that_has_no_room_is_refused_and_the_file_stays_as_it_was(
    ada: Client, author: User, settings: Any
) -> None:
    """Until it has its turn, both are there."""
    media = make_media(author, size=600)
    settings.MEDIA_SPACE_PER_PERSON = 1500
    response = announce(ada, 901, versionOf=str(media.pk))
    assert (response.status_code, response.content) == (
        507,
        b"Your library has no space left for it.\n",
    )
    assert MediaFile.objects.get() == media
    assert announce(ada, 900, versionOf=str(media.pk)).status_code == 201
    assert announce(ada, 1, versionOf=str(media.pk)).status_code == 507
    media.refresh_from_db()
    assert (media.status, media.size) == ("ready", 600)


def test_a_new_version_is_announced_as_one(
    ada: Client, author: User, client_of: ClientOf, stranger: User
) -> None:
    media = make_media(author)
    assert announce(ada, versionOf=str(media.pk)).status_code == 201
    assert MediaFile.objects.latest("pk").version_of == media
    assert announce(client_of(stranger), versionOf=str(media.pk)).status_code == 404
    assert announce(ada, versionOf="nonsense").status_code == 404


def test_no_other_site_can_send_what_is_needed(ada: Client) -> None:
    """A form of another site has no headers of its own; a script would have to ask with OPTIONS first."""
    response = ada.post(
        UPLOADS, {"Upload-Length": "10"}, headers={"Origin": "https://evil.example"}
    )
    assert response.status_code == 412
    asked = ada.options(UPLOADS, headers={"Origin": "https://evil.example"})
    assert not [name for name in asked.headers if name.lower().startswith("access-control")]


def test_what_is_imported_takes_no_bytes_from_a_person(ada: Client, author: User) -> None:
    media = make_upload(author, fetched_from="/given/a.mp4")
    address = f"{UPLOADS}{media.pk}/"
    assert bring(ada, address, 0, CONTENT).status_code == 404
    assert ada.head(address, headers=TUS).status_code == 404
    media.refresh_from_db()
    assert media.received == 0


def test_on_a_desk_too_what_is_unknown_is_told_in_the_words_of_tus(
    client_of: ClientOf, author: User
) -> None:
    """Where a person would see a page."""
    with override_settings(DEBUG=True):
        ada = client_of(author)
        answer = ada.head(f"{UPLOADS}{uuid7()}/", headers=TUS)
        assert (answer.status_code, answer["Tus-Resumable"]) == (404, "1.0.0")
        assert answer["Cache-Control"] == "no-store"
        assert b"There is nothing here" in ada.get("/nowhere/").content
