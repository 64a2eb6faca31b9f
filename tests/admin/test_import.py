"""The page on which staff imports files: preview, untick, go; and nothing outside of what is given."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from media_library import admin_import
from media_library.models import MediaFile
from tests.admin.test_every_page import INLINE
from tests.media_library import import_places
from tests.media_library.import_stories import put
from tests.people import ClientOf

PAGE = "/admin/media_library/mediafile/import/"


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Path:
    settings.IMPORT_FOLDER = str(tmp_path / "given")
    put(tmp_path / "given", a=b"a" * 10, b=b"b" * 20)
    put(tmp_path / "given" / "week 1", c=b"c" * 30)
    (tmp_path / "given" / "notes.txt").write_text("x")
    put(tmp_path, secret=b"secret")
    return tmp_path / "given"


def asked(owner: User, **others: Any) -> dict[str, Any]:
    return {"owner": str(owner.pk), "source": "folder", "below": ""} | others


def names() -> list[str]:
    return list(MediaFile.objects.order_by("pk").values_list("name", flat=True))


def test_the_list_of_files_leads_there(desk: Client) -> None:
    assert f'href="{PAGE}"' in desk.get("/admin/media_library/mediafile/").content.decode()


def test_without_a_source_it_says_what_is_missing(desk: Client) -> None:
    assert "IMPORT_FOLDER" in desk.get(PAGE).content.decode()


def test_what_will_become_of_each_file_is_shown(desk: Client, author: User, place: Path) -> None:
    begun = desk.get(PAGE).content.decode()
    assert "errornote" not in begun
    assert "result_list" not in begun
    page = desk.get(PAGE, asked(author)).content.decode()
    assert "3 files to import, 60 bytes." in page
    assert page.count("checked") == 3
    assert "no video" in page
    assert "secret" not in page
    assert not MediaFile.objects.exists()


def test_what_is_ticked_is_imported(desk: Client, author: User, place: Path) -> None:
    answer = desk.post(PAGE, asked(author, path=["a.mp4", "week 1/c.mp4"]), follow=True)
    assert answer.redirect_chain == [("/admin/media_library/mediafile/", 302)]
    assert "2 files are being imported for Ada." in answer.content.decode()
    assert names() == ["a.mp4", "c.mp4"]
    page = desk.get(PAGE, asked(author)).content.decode()
    assert page.count("already there") == 2
    assert page.count("checked") == 1


def test_a_doubled_go_imports_nothing_twice(desk: Client, author: User, place: Path) -> None:
    desk.post(PAGE, asked(author, path=["a.mp4"]))
    again = desk.post(PAGE, asked(author, path=["a.mp4"]), follow=True).content.decode()
    assert "Not imported: 1 already there." in again
    assert names() == ["a.mp4"]


def test_a_subfolder_is_looked_at_alone(desk: Client, author: User, place: Path) -> None:
    page = desk.get(PAGE, asked(author, below="/week 1/")).content.decode()
    assert page.count("checked") == 1
    assert "There is no such folder." in desk.get(PAGE, asked(author, below="no")).content.decode()


@pytest.mark.parametrize("below", ["..", "../", "week 1/../..", "/../given", "a/./b"])
def test_no_subfolder_leads_out(desk: Client, author: User, place: Path, below: str) -> None:
    for answer in (
        desk.get(PAGE, asked(author, below=below)),
        desk.post(PAGE, asked(author, below=below, path=["secret.mp4", "../secret.mp4"])),
    ):
        assert "Name a folder inside of it" in answer.content.decode()
        assert "secret.mp4" not in answer.content.decode()
    assert not MediaFile.objects.exists()


@pytest.mark.parametrize("path", ["../secret.mp4", "/etc/passwd", "week 1/../../secret.mp4", "\0"])
def test_no_path_leads_out(
    desk: Client, author: User, place: Path, tmp_path: Path, path: str
) -> None:
    (place / "link.mp4").symlink_to(tmp_path / "secret.mp4")
    (place / "beyond").symlink_to(tmp_path)
    desk.post(PAGE, asked(author, path=[path, "link.mp4", "beyond/secret.mp4"]))
    desk.post(PAGE, asked(author, path=["secret.mp4"], below="beyond"))
    assert not MediaFile.objects.exists()


def test_a_source_that_is_not_given_cannot_be_asked(
    desk: Client, author: User, place: Path
) -> None:
    for source in ("storage", "/etc", ""):
        answer = desk.post(PAGE, asked(author, source=source, path=["a.mp4"]))
        assert answer.status_code == 200
    assert not MediaFile.objects.exists()


def test_a_bucket_that_does_not_answer_is_told(
    desk: Client, author: User, place: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMPORT_STORAGE = import_places.BUCKET
    monkeypatch.setattr(import_places.Bucket, "trouble", RuntimeError("away"))
    page = desk.get(PAGE, asked(author, source="storage")).content.decode()
    assert "It does not answer." in page


def test_more_files_than_a_page_holds_are_told(
    desk: Client, author: User, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_import, "MOST", 1)
    assert "more files than are shown" in desk.get(PAGE, asked(author)).content.decode()


def test_who_may_not_add_files_does_not_get_there(
    author: User, place: Path, client_of: ClientOf
) -> None:
    author.is_staff = True
    author.save()
    author.user_permissions.add(Permission.objects.get(codename="view_mediafile"))
    client = client_of(author)
    assert client.get(PAGE, asked(author)).status_code == 403
    assert client.post(PAGE, asked(author, path=["a.mp4"])).status_code == 403
    assert PAGE not in client.get("/admin/media_library/mediafile/").content.decode()
    assert not MediaFile.objects.exists()


def test_nothing_is_inline_that_the_policy_forbids(desk: Client, author: User, place: Path) -> None:
    for query in ({}, asked(author)):
        assert not INLINE.search(desk.get(PAGE, query).content.decode())
