"""What was stored and never named by a row goes; nothing else does."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as studio_settings
from django.utils import timezone

from accounts.models import User
from config.ids import is_older, uuid7
from media_library import janitor, uploads
from media_library.file_errors import StorageSilent
from media_library.intake import examine
from media_library.models import MediaFile, Part, media_storage
from tests.clips import Clips
from tests.factories import make_media, make_upload
from tests.media_library.test_take_in import stored_files


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Path) -> None:
    """What other tests have left behind would go, too."""
    settings.MEDIA_ROOT = tmp_path / "media"


def old_id() -> UUID:
    """As it was made three days ago."""
    then = int((timezone.now() - timedelta(days=3)).timestamp() * 1000)
    return UUID(int=then << 80 | uuid7().int & (1 << 80) - 1)


def lay(name: str) -> Path:
    path = Path(studio_settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left behind")
    return path


def test_an_id_says_when_it_was_made() -> None:
    assert not is_older(uuid7(), timedelta(seconds=5))
    assert is_older(uuid7(), timedelta(seconds=-5))
    assert is_older(old_id(), timedelta(days=2))
    assert not is_older(UUID(int=(1 << 128) - 1), timedelta())  # clients mint ids as they like


def test_what_no_row_names_goes_with_its_folder(author: User) -> None:
    media = make_media(author)
    kept = stored_files()
    of_a_file, poster = (
        lay(f"files/{media.pk}/{old_id()}"),
        lay(f"posters/{media.pk}/{old_id()}.jpg"),
    )
    of_nothing = lay(f"files/{old_id()}/{old_id()}")
    assert janitor.tidy_up() == 3
    assert not of_a_file.exists()
    assert not poster.exists()
    assert stored_files() == kept
    janitor.tidy_up()
    assert not of_nothing.parent.exists()


def test_what_was_stored_just_now_is_about_to_be_named(author: User) -> None:
    young = lay(f"files/{make_media(author).pk}/{uuid7()}")
    assert janitor.tidy_up() == 0
    assert young.exists()


def test_what_rows_name_stays(
    author: User,
    clips: Clips,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever file's folder it lies in: versions change contents."""
    monkeypatch.setattr(janitor, "_LONG_AGO", -timedelta(days=1))
    whole = uploads.take_in(author, "a.mp4", io.BytesIO(clips.mp4))
    examine(whole.pk)
    uploads.receive(make_upload(author, size=100), 0, io.BytesIO(b"piece"))
    before = stored_files()
    assert janitor.tidy_up() == 0
    assert stored_files() == before
    assert Part.objects.exists()
    assert MediaFile.objects.get(pk=whole.pk).poster


def test_what_others_keep_there_stays(author: User) -> None:
    theirs = lay("files/lost+found/notes.txt")
    assert janitor.tidy_up() == 0
    assert theirs.exists()


def test_a_storage_that_is_away_keeps_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> Any:
        raise OSError("gone")

    monkeypatch.setattr(media_storage(), "exists", away)
    with pytest.raises(StorageSilent):
        janitor.tidy_up()
