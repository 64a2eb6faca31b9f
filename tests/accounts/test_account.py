"""The page where people change what is known of them."""

from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import IntegrityError

from accounts.models import User
from tests.people import PASSWORD, ClientOf

SAME = {"first_name": "Ada", "last_name": "", "email": "ada@example.org"}


def test_a_name_is_saved(author: User, client_of: ClientOf) -> None:
    answer = client_of(author).post("/accounts/", SAME | {"last_name": "Lovelace"}, follow=True)
    assert "Saved." in answer.content.decode()
    author.refresh_from_db()
    assert str(author) == "Ada Lovelace"


def test_nothing_else_can_be_changed(author: User, client_of: ClientOf) -> None:
    client_of(author).post(
        "/accounts/", SAME | {"username": "root", "is_staff": "on", "is_superuser": "on"}
    )
    author.refresh_from_db()
    assert (author.username, author.is_staff, author.is_superuser) == ("ada", False, False)


def test_what_was_changed_meanwhile_elsewhere_stays(author: User, client_of: ClientOf) -> None:
    """Only the columns of the form are written."""
    client = client_of(author)
    save = AbstractUser.save

    def save_after_staff_did(person: AbstractUser, **kwargs: Any) -> None:
        User.objects.filter(pk=author.pk).update(is_staff=True)
        save(person, **kwargs)

    with patch.object(User, "save", save_after_staff_did):
        client.post("/accounts/", SAME | {"first_name": "Augusta"})
    author.refresh_from_db()
    assert (author.first_name, author.is_staff) == ("Augusta", True)


def test_a_new_email_wants_the_password(author: User, client_of: ClientOf) -> None:
    client = client_of(author)
    new = SAME | {"email": "new@example.org"}
    answer = client.post("/accounts/", new)
    assert answer.status_code == 422
    assert "Your password is needed" in answer.content.decode()
    answer = client.post("/accounts/", new | {"current_password": "wrong"})
    assert "This is not your password." in answer.content.decode()
    author.refresh_from_db()
    assert author.email == "ada@example.org"
    assert client.post("/accounts/", new | {"current_password": PASSWORD}).status_code == 302
    author.refresh_from_db()
    assert author.email == "new@example.org"


@pytest.mark.parametrize("email", ["grace@example.org", "GRACE@Example.org"])
def test_an_email_of_somebody_else_is_refused(
    author: User, co_author: User, client_of: ClientOf, email: str
) -> None:
    answer = client_of(author).post(
        "/accounts/", SAME | {"email": email, "current_password": PASSWORD}
    )
    assert answer.status_code == 422
    assert "Somebody has this e-mail address already." in answer.content.decode()


def test_an_email_taken_in_the_last_moment_is_refused(author: User, client_of: ClientOf) -> None:
    with patch.object(User, "validate_constraints"):
        User.objects.create_user("eve", "new@example.org")
        answer = client_of(author).post(
            "/accounts/", SAME | {"email": "new@example.org", "current_password": PASSWORD}
        )
    assert answer.status_code == 422
    assert "Somebody has this e-mail address already." in answer.content.decode()
    author.refresh_from_db()
    assert author.email == "ada@example.org"


def test_a_wrong_form_does_not_change_the_name_in_the_page(
    author: User, client_of: ClientOf
) -> None:
    answer = client_of(author).post("/accounts/", SAME | {"first_name": "Eve", "email": "x"})
    assert 'aria-label="Your account, Ada"' in answer.content.decode()


def test_two_people_cannot_have_one_email(author: User) -> None:
    with pytest.raises(IntegrityError, match="user_email_in_any_case"):
        User.objects.create_user("ada2", "Ada@Example.Org")
