import pytest

from accounts.models import User
from tests.accounts.conftest import SignIn
from tests.people import PASSWORD, ClientOf

NEW = {
    "old_password": PASSWORD,
    "new_password1": "a-better-one-7",
    "new_password2": "a-better-one-7",
}


def test_the_new_password_signs_in_and_the_old_one_does_not(
    author: User, client_of: ClientOf, sign_in: SignIn
) -> None:
    answer = client_of(author).post("/accounts/password/", NEW, follow=True)
    assert answer.redirect_chain == [("/accounts/", 302)]
    assert "Your password is changed." in answer.content.decode()
    assert sign_in("ada", PASSWORD).status_code == 422
    assert sign_in("ada", "a-better-one-7").status_code == 302


def test_other_devices_are_signed_out(author: User, client_of: ClientOf) -> None:
    here, elsewhere = client_of(author), client_of(author)
    here.post("/accounts/password/", NEW)
    assert here.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").status_code == 302


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"old_password": "wrong"}, "This is not your password."),
        ({"new_password2": "another-one-8"}, "The two password fields didn’t match."),
        ({"new_password1": "12345", "new_password2": "12345"}, "This password is too short."),
        ({"new_password1": "ada@example", "new_password2": "ada@example"}, "too similar"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    author: User, client_of: ClientOf, sign_in: SignIn, wrong: dict[str, str], sentence: str
) -> None:
    answer = client_of(author).post("/accounts/password/", NEW | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert sign_in("ada", PASSWORD).status_code == 302
