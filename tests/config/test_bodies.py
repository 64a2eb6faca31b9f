"""How much somebody may send: a form's worth, but for the one page that takes files."""

import http.client
import time
from typing import Any

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from tests.config.production import HOST, Web
from tests.people import ClientOf

ADD = "/admin/media_library/mediafile/add/"
LARGE = 2 * 1024 * 1024


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the parser of uploads began to keep."""
    names: list[str] = []
    begin = uploadhandler.FileUploadHandler.new_file

    def told(self: Any, field: str, *args: Any, **kwargs: Any) -> Any:
        names.append(field)
        return begin(self, field, *args, **kwargs)

    monkeypatch.setattr(uploadhandler.FileUploadHandler, "new_file", told)
    return names


def upload(client: Client, path: str, size: int = LARGE, **headers: str) -> int:
    return client.post(
        path, {"videos": SimpleUploadedFile("1.mp4", bytes(size))}, headers=headers
    ).status_code


@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere/", "/", ADD])
def test_a_visitor_sends_a_form_and_no_more(db: None, written: list[str], path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    assert upload(client, path) == 413
    client.cookies["lectern_session"] = "made-up"
    assert upload(client, path) == 413
    assert written == []


def test_an_instructor_neither(author: User, client_of: ClientOf, written: list[str]) -> None:
    for path in ("/accounts/", ADD):
        assert upload(client_of(author), path) == 413
    assert written == []


def test_staff_send_files_where_files_are_taken(
    staff: User, client_of: ClientOf, written: list[str]
) -> None:
    assert upload(client_of(staff), "/accounts/") == 413
    assert written == []
    assert upload(client_of(staff), ADD) == 200  # with a complaint: whose they are was not said
    assert set(written) == {"videos"}


def test_a_form_of_the_usual_size_is_read(db: None) -> None:
    assert upload(Client(), "/accounts/login/", 1000) == 422


def test_the_refusal_is_a_page_and_to_htmx_a_toast(db: None) -> None:
    for headers, words in (({}, "<h1>This is too large</h1>"), ({"HX-Request": "1"}, "#toasts")):
        answer = Client().post("/accounts/login/", {"username": "a" * LARGE}, headers=headers)
        assert answer.status_code == 413
        assert words in answer.content.decode()
        assert "HX-Request" in answer["Vary"]


def test_the_studio_answers_before_it_has_read_it(web: Web) -> None:
    """100 GB are announced, and never sent."""
    for header, value, status in (
        ("Content-Length", str(100 << 30), 413),
        ("Transfer-Encoding", "chunked", 411),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)
        connection.putrequest("POST", "/accounts/login/", skip_host=True)
        sent = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "Content-Type": "multipart/form-data; boundary=x",
            header: value,
        }
        for name, text in sent.items():
            connection.putheader(name, text)
        connection.endheaders()
        began = time.monotonic()
        assert connection.getresponse().status == status
        assert time.monotonic() - began < 10
        connection.close()


@pytest.mark.parametrize("path", ["/accounts/login/", "/", "/nowhere/"])
def test_every_answer_varies_by_who_asks(db: None, path: str) -> None:
    assert "HX-Request" in Client().get(path)["Vary"]
