from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from tests.people import ClientOf


def test_signing_out_ends_the_session(author: User, client_of: ClientOf) -> None:
    client = client_of(author)
    key = client.session.session_key
    answer = client.post("/accounts/logout/", follow=True)
    assert answer.redirect_chain == [("/accounts/login/", 302)]
    assert "You are signed out." in answer.content.decode()
    assert not Session.objects.filter(session_key=key).exists()
    assert client.get("/accounts/").status_code == 302


def test_a_link_cannot_sign_anybody_out(author: User, client_of: ClientOf) -> None:
    client = client_of(author)
    assert client.get("/accounts/logout/").status_code == 405
    assert client.get("/accounts/").status_code == 200


def test_another_site_cannot_sign_anybody_out(author: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(author)
    assert client.post("/accounts/logout/").status_code == 403
    assert client.get("/accounts/").status_code == 200
