"""The demo world: made once, by the studio's own doors, and never over anybody's work."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from accounts.models import User
from config.dev import demo
from config.dev.demo import make_demo_world
from courses.models import Chapter, Course, Video
from media_library.models import MediaFile

pytestmark = pytest.mark.django_db(transaction=True)
Tell = Callable[[str], object]


def nothing(_: str) -> None:
    pass


@pytest.fixture(autouse=True)
def on_a_desk(settings: Any) -> None:
    settings.DEBUG = True


def test_every_screen_has_something_true_to_show() -> None:
    make_demo_world(nothing)
    people = {user.username: user for user in User.objects.all()}
    assert set(people) == {"ada", "grace", "admin"}
    assert all(person.check_password("lectern") for person in people.values())
    assert [name for name, person in people.items() if person.is_superuser] == ["admin"]

    ada, grace = people["ada"], people["grace"]
    assert Course.objects.filter(owner=ada).count() == 2
    assert Course.objects.of_author(grace).count() == 2
    assert set(Course.objects.values_list("published", flat=True)) == {True, False}
    assert Chapter.objects.filter(videos=None).exists()

    library = MediaFile.objects.owned_by(ada)
    ready = library.ready()
    assert library.count() >= 24
    assert library.count() - ready.count() == 2
    assert set(ready.values_list("video_codec", flat=True)) == {"h264", "vp8", "vp9", "av1"}
    assert any(media.height > media.width for media in ready if media.height and media.width)
    assert all(media.poster.size > 5000 for media in ready)

    failed = Video.objects.filter(status="failed").values_list("reason", flat=True)
    assert set(failed) == {"cut_off", "not_a_video"}
    assert not Video.objects.exclude(status__in=["linked", "failed"]).exists()


def test_a_studio_with_people_is_left_alone() -> None:
    User.objects.create_user("mallory", password="x")
    make_demo_world(nothing)
    assert User.objects.count() == 1
    assert not Course.objects.exists()


def test_an_interrupted_try_leaves_nobody_and_the_next_one_does_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(demo, "_bytes_of", lambda file: b"no video: this test is about people")
    make_course = demo._make_course

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "_make_course", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_demo_world(nothing)
    assert not User.objects.exists()
    assert not MediaFile.objects.exists()
    monkeypatch.setattr(demo, "_make_course", make_course)
    make_demo_world(nothing)
    assert User.objects.count() == 3


def test_what_is_interrupted_later_waits_for_workers_like_everything_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(demo, "_bytes_of", lambda file: b"no video: this test is about people")

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "_at_once", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_demo_world(nothing)
    assert Video.objects.due().count() == Video.objects.count() > 20
    assert not MediaFile.objects.exclude(status="processing").exists()


def test_production_has_no_demo_accounts(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(ImproperlyConfigured):
        make_demo_world(nothing)
    with pytest.raises(CommandError):
        call_command("bring_up", demo=True)
    assert not User.objects.exists()
