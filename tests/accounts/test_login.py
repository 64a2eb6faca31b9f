from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import SignIn
from tests.people import PASSWORD, ClientOf


def test_the_right_password_signs_in(author: User, client: Client, sign_in: SignIn) -> None:
    answer = sign_in("ada", client=client)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert client.get("/accounts/").status_code == 200


def test_a_wrong_password_does_not(author: User, client: Client, sign_in: SignIn) -> None:
    answer = sign_in("ada", "wrong", client=client)
    assert answer.status_code == 422
    assert "Name and password do not match." in answer.content.decode()
    assert client.get("/accounts/").status_code == 302


@pytest.mark.django_db
def test_an_unknown_name_is_answered_like_a_wrong_password(author: User, sign_in: SignIn) -> None:
    known = sign_in("ada", "wrong").content.decode()
    unknown = sign_in("eve", "wrong").content.decode()
    assert _without_what_differs(unknown) == _without_what_differs(known)


def test_an_unknown_name_costs_as_much_hashing_as_a_known_one(
    author: User, sign_in: SignIn
) -> None:
    counts = []
    for username in ("ada", "eve"):
        with patch.object(
            MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode
        ) as encode:
            sign_in(username, "wrong")
        counts.append(encode.call_count)
    assert counts == [1, 1]


def test_a_closed_account_is_answered_like_a_wrong_password(author: User, sign_in: SignIn) -> None:
    User.objects.filter(pk=author.pk).update(is_active=False)
    answer = sign_in("ada")
    assert answer.status_code == 422
    assert "Name and password do not match." in answer.content.decode()


def test_the_name_may_be_written_in_another_case(author: User, sign_in: SignIn) -> None:
    assert sign_in("ADA").status_code == 302


@pytest.mark.parametrize("wanted", ["/accounts/", "/courses/new/?x=1"])
def test_a_page_of_ours_is_gone_to_after_signing_in(
    author: User, client: Client, wanted: str
) -> None:
    page = client.get("/accounts/login/", {"next": wanted})
    assert f'name="next" value="{wanted}"' in page.content.decode()
    answer = client.post(
        "/accounts/login/", {"username": "ada", "password": PASSWORD, "next": wanted}
    )
    assert answer["Location"] == wanted


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_no_other_site_is_gone_to(author: User, client: Client, evil: str) -> None:
    answer = client.post(
        "/accounts/login/", {"username": "ada", "password": PASSWORD, "next": evil}
    )
    assert answer["Location"] == "/"


def test_the_session_gets_a_new_key(author: User, client: Client, sign_in: SignIn) -> None:
    session = client.session
    session["from before"] = "planted"
    session.save()
    before = session.session_key
    sign_in("ada", client=client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_nothing_of_another_persons_session_is_taken_over(
    author: User, stranger: User, client_of: ClientOf, sign_in: SignIn
) -> None:
    client = client_of(stranger)
    session = client.session
    session["secret"] = "of mallory"
    session.save()
    client.cookies["theme"] = "dark"
    client.logout()
    sign_in("ada", client=client)
    assert "secret" not in client.session


def test_who_is_signed_in_already_goes_on(author: User, client_of: ClientOf) -> None:
    answer = client_of(author).get("/accounts/login/", {"next": "/accounts/"})
    assert answer["Location"] == "/accounts/"


@pytest.mark.django_db
def test_the_page_is_not_kept_by_the_browser(client: Client) -> None:
    assert "no-store" in client.get("/accounts/login/")["Cache-Control"]


def _without_what_differs(page: str) -> str:
    return "\n".join(
        line
        for line in page.splitlines()
        if "csrfmiddlewaretoken" not in line and 'name="username"' not in line
    )
