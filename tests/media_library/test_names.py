"""What a file is called, from what a browser sent or somebody typed."""

import time

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from media_library import uploads
from media_library.finding import Finding
from media_library.names import label, label_of_path, readable, saved_as
from tests.factories import make_media
from tests.people import ClientOf

PERSIAN = "می\u200cخواهم.mp4"
FAMILY = "👨\u200d👩\u200d👧 Holiday.mp4"
ENGINEER = "👩🏽\u200d💻\ufe0f.mp4"
HINDI = "क्\u200dष.mp4"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("01 Welcome.mp4", "01 Welcome.mp4"),
        ("../../etc/passwd", "passwd"),
        ("dir/a.mp4", "a.mp4"),
        ("C:\\Users\\ada\\film.mov", "film.mov"),
        ("a\0b.mp4", "ab.mp4"),
        ("invoice\u202e4pm.exe", "invoice4pm.exe"),
        ("\u2066a\u2069\u200e\u061c.mp4", "a.mp4"),
        ("  two\nlines\t.mp4 ", "two lines .mp4"),
        ("", "Untitled"),
        ("\u200f\u0000", "Untitled"),
        ("\u200d\u200c", "Untitled"),
        ("Ünïcode 🎓.mp4", "Ünïcode 🎓.mp4"),
        (PERSIAN, PERSIAN),
        (FAMILY, FAMILY),
        (ENGINEER, ENGINEER),
        (HINDI, HINDI),
        ("\u200da\u200c.mp4\u200d", "a.mp4"),
        ("a \u200d b\u200d\u200dc.mp4", "a bc.mp4"),
        ("pass\u200d\u202ewd.mp4", "pass\u200dwd.mp4"),
        ("x" * 4000 + ".mp4", "x" * 251 + ".mp4"),
        ("x" * 250 + "\u200dx" * 9 + ".mp4", "x" * 250 + ".mp4"),
        ("x." + "y" * 4000, "x." + "y" * 253),
        ("\ud800broken.mp4", "broken.mp4"),
    ],
)
def test_what_is_brought_gets_a_safe_label(name: str, shown: str) -> None:
    assert label_of_path(name) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a/b", "a/b"),
        ("a/b.mp4", "a/b.mp4"),
        ("Part 1 / 2 \\ 3.mp4", "Part 1 / 2 \\ 3.mp4"),
        ("a.b/", "a.b/"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("/" * 300 + ".mp4", "/" * 255),
        (PERSIAN, PERSIAN),
    ],
)
def test_what_is_typed_stays_as_far_as_it_is_seen(typed: str, shown: str) -> None:
    assert label(typed) == shown


@given(st.text(st.sampled_from("ab./\\ \u200c\u200d\u202e\0👩ی\n") | st.characters(), max_size=300))
def test_whatever_it_is_it_is_one_line_to_read(text: str) -> None:
    for name in (label(text), label_of_path(text)):
        assert 0 < len(name) <= 255
        assert readable(name, 255) == name
        assert not set(name) & set("\0\n\u202e")


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


def test_a_file_is_renamed_to_what_was_typed(ada: Client, author: User) -> None:
    media = make_media(author)
    address = f"/library/{media.pk}/name/"
    for version, name in enumerate(("a/b", FAMILY, "1\\2", "../x")):
        ada.post(address, {"name": name, "version": str(version)})
        media.refresh_from_db()
        assert media.name == name


def test_a_name_that_nobody_sees_is_none(ada: Client, author: User) -> None:
    media = make_media(author)
    for name in ("\u200f", "\u200d\u200d", "\u202e \u2066"):
        answer = ada.post(f"/library/{media.pk}/name/", {"name": name, "version": "0"})
        assert answer.status_code == 422
        assert "A name is needed." in answer.content.decode()
    media.refresh_from_db()
    assert media.name == "01 Welcome.mp4"


def test_an_upload_is_called_by_the_last_part_of_its_path(author: User) -> None:
    assert uploads.begin(author, "dir/a.mp4", 10).name == "a.mp4"


@pytest.mark.parametrize(
    ("name", "saved"),
    [("a/b", "a_b.mp4"), ("../x\\y.mp4", ".._x_y.mp4"), ("a.MP4", "a.MP4"), (FAMILY, FAMILY)],
)
def test_on_a_disk_a_name_is_no_path(name: str, saved: str) -> None:
    assert saved_as(name, ".mp4") == saved


def test_accents_without_an_end_take_no_time() -> None:
    """To put them into order is quadratic: 100,000 took two minutes."""
    stacked = "a" + "\u0301\u0323" * 50_000
    began = time.process_time()
    assert label(f"{stacked}.mp4").endswith(".mp4")
    assert len(Finding.asked({"q": stacked}).q) == 200
    assert time.process_time() - began < 1
