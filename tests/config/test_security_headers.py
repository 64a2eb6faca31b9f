"""Headers that keep browsers from doing what nobody means, on every kind of answer."""

import re

import pytest

from tests.config.conftest import StartWeb
from tests.config.production import HOST, Visitor


def static_file(visitor: Visitor) -> str:
    found = re.search(
        r'"(/static/css/app\.[0-9a-f]{12}\.css)"', visitor.get("/accounts/login/").text
    )
    assert found
    return found[1]


KINDS = {
    "page": ("/", 200, {}),
    "fragment": ("/", 200, {"HX_Request": "true"}),
    "redirect": ("/admin", 302, {}),
    "not found": ("/nowhere/", 404, {}),
    "not found, as a fragment": ("/nowhere/", 404, {"HX_Request": "true"}),
    "not understood": ("/stand-in/malformed/", 400, {}),
    "broken": ("/stand-in/breaks/", 500, {}),
    "another's host": ("/", 400, {"Host": "evil.example"}),
    "admin": ("/admin/", 200, {}),
    "static file": ("static", 200, {}),
    "missing static file": ("/static/nowhere.css", 404, {}),
}


@pytest.fixture(scope="session")
def staff(web: "object", ada: Visitor) -> Visitor:
    return Visitor(ada.port).sign_in("admin")


@pytest.mark.parametrize(("path", "status", "headers"), KINDS.values(), ids=KINDS)
def test_every_answer_has_them(
    staff: Visitor, path: str, status: int, headers: dict[str, str]
) -> None:
    path = static_file(Visitor(staff.port)) if path == "static" else path
    answer = staff.get(path, **headers)
    # Django adds a slash by 301; which of the redirects it is does not matter here.
    assert answer.status == status or (answer.status, status) == (301, 302)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http:" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Permissions-Policy"] == "camera=(), microphone=(), geolocation=()"
    assert (
        answer.headers["Strict-Transport-Security"]
        == "max-age=31536000; includeSubDomains; preload"
    )
    for name in answer.headers:
        assert len(answer.headers.get_all(name, [])) == 1 or name == "Set-Cookie", name


def test_nothing_is_inline(staff: Visitor) -> None:
    """What the policy forbids would not run, so it must not be there."""
    for path in ("/", "/accounts/login/", "/library/", "/courses/new/", "/nowhere/"):
        page = staff.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page), path


def test_cookies_are_for_https_and_not_for_scripts(visitor: Visitor) -> None:
    visitor.sign_in("ada")
    answer = visitor.get("/")
    assert answer.status == 200
    fresh = Visitor(visitor.port)
    token = fresh.token_of("/accounts/login/")
    fields = {"csrfmiddlewaretoken": token, "username": "ada", "password": "a long word of nobody"}
    set_cookies = fresh.post("/accounts/login/", fields).headers.get_all("Set-Cookie", [])
    assert len(set_cookies) >= 2
    for line in set_cookies:
        attributes = {part.strip().casefold() for part in line.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax"} <= attributes, line


def test_plain_http_is_sent_to_https(visitor: Visitor) -> None:
    answer = visitor.get("/library/?page=2", X_Forwarded_Proto="http")
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{HOST}/library/?page=2"
    assert "Strict-Transport-Security" not in answer.headers


def test_without_a_trusted_proxy_nobody_can_claim_to_come_by_https(start_web: StartWeb) -> None:
    visitor = start_web(TRUSTED_PROXIES="0").visitor()
    assert visitor.get("/accounts/login/", X_Forwarded_Proto="https").status == 301
