"""How long does the request of a pick take, in Django's handler?"""

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from benchmarks.linking.scene import forget_links, scene
from benchmarks.report import median_ms, row
from benchmarks.requests import Sample, ask, environ
from courses.models import Chapter

_ROUNDS = 20


def rows() -> Iterator[dict[str, Any]]:
    handler = WSGIHandler()
    for number in (1, 10, 100, 500):
        _submit(handler, number)
        samples = [_submit(handler, number) for _ in range(_ROUNDS)]
        yield row(
            "request of a pick",
            f"{number} videos, {max(sample.queries for sample in samples)} queries",
            [sample.seconds * 1000 for sample in samples],
            "ms",
            note=f"CPU {median_ms(sample.cpu for sample in samples)}",
        )
    forget_links()


def _submit(handler: WSGIHandler, number: int) -> Sample:
    chapter: Chapter = scene().chapter()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(scene().owner)
    page = client.get(f"/courses/{chapter.course_id}/")
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    if found is None:
        raise AssertionError("no form in the editor")
    fields: list[tuple[str, object]] = [("csrfmiddlewaretoken", found[1])]
    for pick in scene().picks(number):
        fields += [("media", pick.media_id), ("video", pick.video_id)]
    body = urlencode(fields).encode()
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return ask(
        handler,
        environ(scene().owner, f"/chapters/{chapter.pk}/videos/")
        | {
            "REQUEST_METHOD": "POST",
            "HTTP_COOKIE": cookies,
            "HTTP_HX_REQUEST": "true",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        },
    )
