import pytest
from django.test import Client

from accounts.models import User
from tests.people import ClientOf


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_the_appearance_stands_in_the_first_byte(
    author: User, client_of: ClientOf, theme: str
) -> None:
    client = client_of(author)
    answer = client.post("/accounts/theme/", {"theme": theme})
    assert answer["Location"] == "/accounts/"
    page = client.get("/accounts/").content.decode()
    assert f'<html lang="en" data-theme="{theme}">' in page
    assert f'value="{theme}" id="theme_theme_{["system", "light", "dark"].index(theme)}" ' in page


def test_it_lasts_beyond_the_session(author: User, client_of: ClientOf) -> None:
    answer = client_of(author).post("/accounts/theme/", {"theme": "dark"})
    cookie = answer.cookies["theme"]
    assert cookie["max-age"] == 365 * 24 * 60 * 60
    assert cookie["samesite"] == "Lax"


def test_until_chosen_it_is_the_systems(author: User, client_of: ClientOf) -> None:
    assert 'data-theme="system"' in client_of(author).get("/accounts/").content.decode()


def test_another_appearance_is_refused(author: User, client_of: ClientOf) -> None:
    answer = client_of(author).post("/accounts/theme/", {"theme": '"><script>'})
    assert answer.status_code == 400
    assert "theme" not in answer.cookies


@pytest.mark.django_db
def test_a_visitor_is_asked_to_sign_in() -> None:
    answer = Client().post("/accounts/theme/", {"theme": "dark"})
    assert answer["Location"].startswith("/accounts/login/")
