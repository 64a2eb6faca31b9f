import pytest
from django.conf import settings
from django.test import Client

HTMX = {"HX-Request": "true"}


@pytest.mark.django_db
def test_a_visitors_page_is_the_sign_in_page_with_the_way_back() -> None:
    answer = Client().get("/accounts/")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/accounts/"


@pytest.mark.django_db
def test_htmx_gets_an_offer_to_sign_in_and_no_page() -> None:
    answer = Client().get("/accounts/", headers=HTMX)
    assert answer.status_code == 401
    page = answer.content.decode()
    assert "<html" not in page
    assert '<hx-partial hx-target="#toasts" hx-swap="beforeend">' in page
    assert 'href="/accounts/login/" target="_blank"' in page


@pytest.mark.django_db
def test_the_offer_takes_the_place_of_an_earlier_one() -> None:
    """A page that goes on asking must not fill up with them."""
    page = Client().get("/accounts/", headers=HTMX).content.decode()
    earlier = '<hx-partial hx-target="#signed-out" hx-swap="delete"></hx-partial>'
    assert page.index(earlier) < page.index('id="signed-out"')


@pytest.mark.django_db
@pytest.mark.parametrize("name", [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "theme"])
@pytest.mark.parametrize("value", [r'"aaaaaaaaaaaaaaaa\000"', "\ud800" * 16, "é" * 16])
def test_a_cookie_that_is_no_text_is_that_of_a_visitor(name: str, value: str) -> None:
    cookie = f"{name}={value}".encode("utf-8", "surrogatepass").decode("latin-1")
    assert Client().get("/", headers={"Cookie": cookie}).status_code == 302
    assert Client().get("/accounts/login/", headers={"Cookie": cookie}).status_code == 200
