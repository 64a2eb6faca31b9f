"""The pages for what went wrong, as people get them in production."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from config import errors
from tests.config import production
from tests.config.conftest import StartWeb
from tests.config.production import Answer, Visitor

PAGES = {
    "400": ("/stand-in/malformed/", 400, "This request could not be read"),
    "400, another's host": ("/", 400, "This request could not be read"),
    "403": ("/stand-in/forbidden/", 403, "This is not open to you"),
    "403, no token": ("/accounts/login/", 403, "This form has expired"),
    "404": ("/nowhere/", 404, "There is nothing here"),
    "500": ("/stand-in/breaks/", 500, "Something broke on our side"),
}


@pytest.fixture
def ask(ada: Visitor) -> Callable[..., Answer]:
    def ask(name: str, **headers: str) -> Answer:
        path, _, _ = PAGES[name]
        if "host" in name:
            return ada.get(path, Host="evil.example", **headers)
        if "token" in name:
            return ada.post(path, {"username": "ada"}, **headers)
        return ada.get(path, **headers)

    return ask


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_its_own(ask: Callable[..., Answer], name: str, static_var: Path) -> None:
    _, status, heading = PAGES[name]
    answer = ask(name)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!doctype html>")
    assert f"<h1>{heading}</h1>" in answer.text
    assert answer.headers["X-Request-ID"] in answer.text
    assert "the word that must not be shown" not in answer.text
    for path in re.findall(r'(?:href|src)="/static/([^"#]+)', answer.text):
        assert re.search(r"\.[0-9a-f]{12}\.", path), path
        assert (static_var / "static" / path).exists()


def test_to_htmx_new_tokens_for_the_open_page(ask: Callable[..., Answer]) -> None:
    """Signing in made the old ones invalid; static/js/csrf.js sends again what was refused."""
    answer = ask("403, no token", HX_Request="true")
    assert answer.status == 403
    assert answer.headers["HX-New-Tokens"] == "1"
    assert 'hx-target="[name=csrfmiddlewaretoken]" hx-swap="outerHTML"' in answer.text
    assert re.search(r'name="csrfmiddlewaretoken" value="\w{64}"', answer.text)


@pytest.mark.parametrize("name", PAGES.keys() - {"403, no token"})
def test_to_htmx_a_toast_and_nothing_else(ask: Callable[..., Answer], name: str) -> None:
    _, status, heading = PAGES[name]
    answer = ask(name, HX_Request="true")
    assert answer.status == status
    text = answer.text.strip()
    assert text.startswith('<hx-partial hx-target="#toasts" hx-swap="beforeend">')
    assert text.endswith("</hx-partial>")
    assert text.count("<hx-partial") == 1
    assert f"<strong>{heading}.</strong>" in text
    assert "<html" not in text


HANDLERS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "400": lambda request: errors.bad_request(request, SuspiciousOperation()),
    "403": lambda request: errors.forbidden(request, PermissionDenied()),
    "403, no token": errors.csrf_failed,
    "404": lambda request: errors.not_found(request, Http404()),
    "500": errors.server_error,
    "503": errors.service_unavailable,
}


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
@pytest.mark.parametrize("name", HANDLERS)
def test_no_database_and_no_session_is_needed(name: str, headers: dict[str, str]) -> None:
    """This test has no database, and the request went through no middleware."""
    response = HANDLERS[name](RequestFactory(headers=headers).get("/"))
    assert str(response.status_code) == name[:3]


@pytest.fixture(scope="module")
def without_database(
    studio: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Answer]:
    """Asked all at once, for each waits five seconds for the database to come back."""
    env = studio | {"DATABASE_URL": "postgresql:///lectern?host=/nowhere"}
    log = tmp_path_factory.mktemp("web") / "web.log"
    with production.web(env, log) as web, ThreadPoolExecutor() as pool:
        asked = {
            "page": pool.submit(web.visitor().get, "/accounts/login/"),
            "form": pool.submit(web.visitor().post, "/accounts/login/", {"username": "ada"}),
            "fragment": pool.submit(web.visitor().get, "/", HX_Request="true"),
        }
        return {name: answer.result() for name, answer in asked.items()}


class TestWithoutDatabase:
    def test_a_page_tries_again_by_itself(self, without_database: dict[str, Answer]) -> None:
        answer = without_database["page"]
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "5"
        assert '<meta http-equiv="refresh" content="5">' in answer.text
        assert "<h1>The studio will be right back</h1>" in answer.text
        assert answer.seconds < 20

    def test_a_form_that_was_sent_does_not(self, without_database: dict[str, Answer]) -> None:
        answer = without_database["form"]
        assert answer.status == 503
        assert "refresh" not in answer.text
        assert "Go back and send it again" in answer.text

    def test_htmx_gets_a_toast(self, without_database: dict[str, Answer]) -> None:
        answer = without_database["fragment"]
        assert answer.status == 503
        assert answer.text.strip().startswith('<hx-partial hx-target="#toasts"')
        assert "The studio will be right back" in answer.text

    def test_static_files_do_not_wait(self, start_web: StartWeb, static_var: Path) -> None:
        manifest = json.loads((static_var / "static" / "staticfiles.json").read_text())
        path = f"/static/{manifest['paths']['css/app.css']}"
        visitor = start_web(DATABASE_URL="postgresql:///lectern?host=/nowhere").visitor()
        answer = visitor.get(path)
        assert answer.status == 200
        assert answer.seconds < 2
