"""Rows are drawn by the look; each must be what the template itself would draw of it."""

import re
from datetime import timedelta

import pytest
from django.template import Context, Engine
from django.template.loader import get_template

from accounts.models import User
from courses.models import Chapter, Video
from courses.templatetags.video_rows import ROWS
from media_library.models import Captions
from tests.factories import make_chapter, make_course, make_media, make_video

EDITOR = "{% load video_rows %}{% for video in rows %}{% video_rows video %}\x00{% endfor %}"


@pytest.fixture
def chapter(author: User) -> Chapter:
    return make_chapter(make_course(author))


def test_every_row_is_as_the_template_draws_it(chapter: Chapter, author: User) -> None:
    plain = make_media(author)
    pictured = make_media(
        author, poster="posters/x/0123-4567-89ab.jpg", duration=timedelta(hours=2)
    )
    waiting = make_media(author, status="processing", duration=None, probed_at=None)
    Captions.objects.put(pictured, "en", "WEBVTT")
    for media in (plain, pictured, waiting, plain):
        make_video(chapter, media)
        make_video(chapter, media, status="linking")
        make_video(chapter, media, published=False)
        make_video(chapter, media, status="linking", deferrals=2, title_version=7)
        make_video(chapter, media, status="linking", deferrals=3)
        make_video(chapter, media, deferrals=3)
        make_video(chapter, media, status="failed", reason="damaged", description="Long & " * 99)
        make_video(chapter, media, status="failed", reason="empty", title="Other & <b>reason</b>")
    make_video(
        chapter, plain, title='"><script>{{ 7 }}</script> \ue000title\ue001 \ue000poster\ue001'
    )
    rows = list(Video.objects.filter(chapter=chapter).for_rows())

    context = {"csrf_token": "one-token"}
    engine: Engine = get_template(ROWS.template).template.engine  # type: ignore[attr-defined]
    alone = Context({**context, "rows": [[row] for row in rows]})
    drawn = engine.from_string(EDITOR).render(alone).split("\x00")[:-1]

    own = engine.get_template(ROWS.template)
    assert len(drawn) == len(rows) == 33
    for row, html in zip(rows, drawn, strict=True):
        assert html == own.render(Context({**context, "video": row}))
    assert [html.count("did not answer; tried 3 times.") for html in drawn[:6]] == [
        0,
        0,
        0,
        0,
        1,
        0,
    ]


def test_a_row_has_one_form_and_its_token(chapter: Chapter, author: User) -> None:
    make_video(chapter, make_media(author))
    engine: Engine = get_template(ROWS.template).template.engine  # type: ignore[attr-defined]
    rows = Video.objects.filter(chapter=chapter).for_rows()
    html = engine.from_string(EDITOR).render(Context({"csrf_token": "one-token", "rows": [rows]}))
    assert len(re.findall(r"<form", html)) == html.count('value="one-token"') == 1
