"""Cards are drawn by the look; each must be what the template itself would draw of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.template import Context, Engine
from django.template.loader import get_template
from django.utils import timezone

from accounts.models import User
from media_library.models import Captions, MediaFile
from media_library.shelf import marks
from media_library.templatetags.media_cards import CARDS
from tests.factories import make_chapter, make_course, make_media, make_video

LIBRARY = "{% load media_cards %}{% for one in files %}{% media_cards one %}\x00{% endfor %}"


@pytest.fixture
def files(author: User) -> list[MediaFile]:
    poster = "posters/x/0123-4567-89ab.jpg"
    unready: dict[str, Any] = {"duration": None, "probed_at": None}
    coming: dict[str, Any] = {**unready, "status": "uploading", "upload_until": timezone.now()}
    pictured = make_media(author, poster=poster, duration=timedelta(hours=2), size=1_234_567_890)
    used = make_media(author, poster=poster, width=720, height=1280, video_codec="vp9")
    make_video(make_chapter(make_course(author)), used)
    Captions.objects.put(pictured, "en", "WEBVTT")
    Captions.objects.put(used, "en", "WEBVTT")
    return [
        pictured,
        used,
        make_media(author, duration=timedelta(0), size=7),
        make_media(author, poster=poster, trashed_at=timezone.now()),
        make_media(author, **unready, status="processing"),
        make_media(author, **unready, status="broken", reason="damaged"),
        make_media(author, **unready, status="broken", reason="empty"),
        make_media(author, **coming, size=1000, received=10),
        make_media(author, **coming, size=1000, received=990),
        make_media(author, **coming, size=1000, fetched_from="folder:a.mp4"),
        make_media(
            author, name='"><script>{{ 7 }}</script> 100 %s \ue000name\ue001 \ue000poster\ue001.mp4'
        ),
    ]


def test_every_card_is_as_the_template_draws_it(files: list[MediaFile]) -> None:
    given = {"csrf_token": "one-token", **marks(files)}
    own = get_template(CARDS.template).template  # type: ignore[attr-defined]
    engine: Engine = own.engine
    alone = Context({**given, "files": [[media] for media in files]})
    drawn = engine.from_string(LIBRARY).render(alone).split("\x00")[:-1]
    assert len(drawn) == len(files)
    for media, html in zip(files, drawn, strict=True):
        assert html == own.render(Context({**given, "media": media}))
    assert [html.count("never used") for html in drawn[:3]] == [1, 0, 1]
    assert [html.count("captions missing") for html in drawn[:3]] == [0, 0, 1]
    assert ["99 %" in html for html in drawn[7:9]] == [False, True]


def test_all_together_are_the_same(files: list[MediaFile]) -> None:
    """Drawn once for each look."""
    given = {"csrf_token": "one-token", **marks(files)}
    engine: Engine = get_template(CARDS.template).template.engine  # type: ignore[attr-defined]
    one_by_one = Context({**given, "files": [[media] for media in files]})
    at_once = Context({**given, "files": [files]})
    template = engine.from_string(LIBRARY)
    assert template.render(at_once) == template.render(one_by_one).replace("\x00", "") + "\x00"
