"""The frame that somebody chose becomes the poster."""

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection
from django.test import Client
from PIL import Image, ImageDraw

from accounts.models import User
from config import celery
from config.dev.clips import Encoding, write
from config.ids import uuid7
from courses import sweeper as sweeper_module
from courses.sweeper import Sweeper
from media_library import frames, intake, probing, signals
from media_library.file_errors import FileDamaged, StorageSilent
from media_library.intake import examine
from media_library.models import MediaFile
from media_library.tasks import draw_frame
from media_library.uploads import take_in
from tests.clips import Clips
from tests.factories import make_media
from tests.media_library.test_take_in import stored_files as all_stored_files
from tests.people import ClientOf

SECONDS = 4


def brightness(picture: Image.Image) -> float:
    return float(picture.convert("L").resize((1, 1)).getpixel((0, 0)) or 0)  # type: ignore[arg-type]


def getting_brighter(encoding: Encoding) -> bytes:
    """Black at first, white at the end, so that each moment is known by its light."""
    file = io.BytesIO()

    def picture(moment: float) -> Image.Image:
        light = round(255 * moment / SECONDS)
        drawn = Image.new("RGB", (64, 36))
        ImageDraw.Draw(drawn).rectangle((0, 0, 64, 36), fill=(light, light, light))
        return drawn

    write(file, picture, SECONDS, encoding)
    return file.getvalue()


@pytest.fixture(scope="module")
def film() -> bytes:
    return getting_brighter(Encoding("mp4", "h264", "aac"))


@pytest.fixture
def media(author: User, film: bytes) -> MediaFile:
    media = take_in(author, "Brighter.mp4", io.BytesIO(film))
    examine(media.pk)
    media.refresh_from_db()
    return media


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.mark.parametrize(
    "encoding", [Encoding("mp4", "h264"), Encoding("webm", "vp9"), Encoding("mov", "h264")]
)
@pytest.mark.parametrize("at", [0.0, 1.0, 1.73, 3.9, 4.0, 1000.0])
def test_it_is_the_frame_of_that_moment(encoding: Encoding, at: float) -> None:
    content = getting_brighter(encoding)

    def read(offset: int, length: int) -> bytes:
        return content[offset : offset + length]

    facts = probing.probe(read, len(content), at=at)
    found = brightness(Image.open(io.BytesIO(facts.poster)))
    wanted = 255 * min(at, SECONDS) / SECONDS
    assert abs(found - wanted) < 16, (found, wanted)


def test_it_replaces_the_poster_and_says_so(media: MediaFile) -> None:
    before = Path(media.poster.path)
    heard: list[MediaFile] = []

    def hear(media: MediaFile, **_: Any) -> None:
        heard.append(media)

    signals.contents_changed.connect(hear)
    assert media.want_frame(3.5)
    frames.draw(media.pk)
    signals.contents_changed.disconnect(hear)
    media.refresh_from_db()
    assert media.frame_wanted is None
    assert not before.exists()
    with media.poster.open() as poster:
        assert brightness(Image.open(poster)) > 200
    assert [one.pk for one in heard] == [media.pk]


def test_whoever_wants_another_one_meanwhile_gets_that(
    media: MediaFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspect = intake.inspect
    before = media.poster.name

    def while_the_person_goes_on(*args: Any, **kwargs: Any) -> probing.Facts:
        monkeypatch.setattr(intake, "inspect", inspect)
        facts = inspect(*args, **kwargs)
        assert media.want_frame(1.0)
        return facts

    media.want_frame(3.5)
    monkeypatch.setattr(intake, "inspect", while_the_person_goes_on)
    frames.draw(media.pk)
    media.refresh_from_db()
    assert (media.frame_wanted, media.poster.name) == (1.0, before)
    assert len(posters(media)) == 1, "what was drawn in vain is gone"
    frames.draw(media.pk)
    media.refresh_from_db()
    with media.poster.open() as poster:
        assert 40 < brightness(Image.open(poster)) < 90
    assert len(posters(media)) == 1


def posters(media: MediaFile) -> list[Path]:
    return [
        path for path in all_stored_files() if path.parent.name == str(media.pk) and path.suffix
    ]


@pytest.mark.django_db(transaction=True)
def test_drawn_by_four_at_once_there_is_one_poster(media: MediaFile) -> None:
    media.want_frame(2.0)

    def work() -> None:
        frames.draw(media.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    media.refresh_from_db()
    assert media.frame_wanted is None
    assert [path.samefile(media.poster.path) for path in posters(media)] == [True]


def test_a_silent_storage_leaves_it_wanted(
    media: MediaFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise StorageSilent

    media.want_frame(2.0)
    with monkeypatch.context() as patch:
        patch.setattr(intake, "inspect", away)
        draw_frame(str(media.pk))
    media.refresh_from_db()
    assert media.frame_wanted == 2.0
    draw_frame(str(media.pk))
    media.refresh_from_db()
    assert media.frame_wanted is None


def test_a_file_that_cannot_be_read_keeps_its_poster_and_the_page_says_so(
    media: MediaFile, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: Any, **__: Any) -> None:
        raise FileDamaged

    before = media.poster.name
    ada.post(f"/library/{media.pk}/frame/", {"seconds": "2"})
    page = ada.get(f"/library/{media.pk}/").content.decode()
    question = page.partition('hx-get="')[2].partition('"')[0]
    assert "?instead_of=" in question
    asking = {"HX-Request": "true"}
    assert "toast" not in ada.get(question, headers=asking).content.decode()
    monkeypatch.setattr(intake, "inspect", damaged)
    frames.draw(media.pk)
    media.refresh_from_db()
    assert (media.frame_wanted, media.poster.name, media.status) == (None, before, "ready")
    answer = ada.get(question, headers=asking).content.decode()
    assert "This frame could not be drawn" in answer
    assert "hx-trigger" not in answer.partition("<hx-partial")[0]


def test_what_is_not_wanted_or_gone_is_left_alone(media: MediaFile) -> None:
    before = MediaFile.objects.values().get(pk=media.pk)
    frames.draw(media.pk)
    frames.draw(uuid7())
    assert MediaFile.objects.values().get(pk=media.pk) == before


def test_the_owner_asks_for_it(
    media: MediaFile,
    ada: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    send = Mock()
    monkeypatch.setattr(celery.app, "send_task", send)
    with django_capture_on_commit_callbacks(execute=True):
        response = ada.post(f"/library/{media.pk}/frame/", {"seconds": "2.5"})
    assert response.status_code == 302
    media.refresh_from_db()
    assert media.frame_wanted == 2.5
    assert send.call_args.args[:2] == ("media_library.draw_frame", (str(media.pk),))
    page = ada.get(f"/library/{media.pk}/").content.decode()
    assert "Drawing the frame at 0:02" in page
    assert 'hx-trigger="every 1s"' in page


@pytest.mark.parametrize("seconds", ["", "x", "-1", "nan", "inf", "1e999", "5.2", "9" * 400])
def test_a_second_that_is_none_of_it_is_refused(
    media: MediaFile, ada: Client, seconds: str
) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        address = f"/library/{media.pk}/frame/"
        response = ada.post(address, {"seconds": seconds}, headers=headers)
        assert response.status_code == 422
        assert 'id="id_seconds-error" role="alert"></span>' not in response.content.decode()
    media.refresh_from_db()
    assert media.frame_wanted is None


def test_a_file_that_is_not_ready_has_no_frames(author: User, ada: Client) -> None:
    media = make_media(author, status="processing", probed_at=None)
    response = ada.post(f"/library/{media.pk}/frame/", {"seconds": "1"})
    assert response.status_code == 302
    media.refresh_from_db()
    assert media.frame_wanted is None


@pytest.fixture
def sweeper(db: None) -> Iterator[Sweeper]:
    yield Sweeper()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


def test_the_sweeper_calls_again_for_a_call_that_was_lost(
    author: User, sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Mock()
    clock.monotonic.return_value = 1000.0
    send = Mock()
    monkeypatch.setattr(sweeper_module, "time", clock)
    monkeypatch.setattr(sweeper_module, "calls_waiting", lambda queue: 0)
    monkeypatch.setattr(celery.app, "send_task", send)
    media = make_media(author, frame_wanted=1.5)
    sweeper.sweep()
    send.assert_not_called()  # its own call is under way
    clock.monotonic.return_value += 4
    sweeper.sweep()
    assert send.call_args.args[:2] == ("media_library.draw_frame", (str(media.pk),))
    sweeper.sweep()
    assert send.call_count == 1
    clock.monotonic.return_value += 4
    sweeper.sweep()
    assert send.call_count == 2


def test_a_short_clip_has_a_frame_at_its_end(clips: Clips, author: User) -> None:
    media = take_in(author, "Short.mp4", io.BytesIO(clips.mp4))
    examine(media.pk)
    media.refresh_from_db()
    media.want_frame(1.0)
    frames.draw(media.pk)
    media.refresh_from_db()
    assert media.frame_wanted is None
