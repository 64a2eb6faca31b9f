"""Wrong passwords: how many, for whom, from where, and for how long."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import forms, throttle
from accounts.models import Attempts, User
from accounts.throttle import TooManyAttempts
from tests.accounts.conftest import SignIn
from tests.people import PASSWORD, ClientOf

HERE = "192.0.2.1"
ELSEWHERE = "198.51.100.7"


def _be_wrong(sign_in: SignIn, times: int, username: str = "ada", address: str = HERE) -> None:
    for _ in range(times):
        assert sign_in(username, "wrong", address=address).status_code == 422


def _let_time_pass(minutes: int) -> None:
    Attempts.objects.update(window_ends=F("window_ends") - timedelta(minutes=minutes))


def test_after_five_wrong_passwords_even_the_right_one_is_refused(
    author: User, sign_in: SignIn
) -> None:
    _be_wrong(sign_in, 5)
    answer = sign_in("ada")
    assert answer.status_code == 429
    assert 14 * 60 < int(answer["Retry-After"]) <= 15 * 60
    assert (
        "Too many wrong passwords for this account from here."
        " Try again in 15 minutes, or reset your password." in answer.content.decode()
    )


def test_a_refusal_does_not_make_the_wait_longer(author: User, sign_in: SignIn) -> None:
    _be_wrong(sign_in, 5)
    _let_time_pass(minutes=10)
    for _ in range(3):
        assert "Try again in 5 minutes" in sign_in("ada").content.decode()
    _let_time_pass(minutes=5)
    assert sign_in("ada").status_code == 302


def test_the_window_begins_with_the_first_wrong_password(author: User, sign_in: SignIn) -> None:
    _be_wrong(sign_in, 4)
    _let_time_pass(minutes=10)
    _be_wrong(sign_in, 1)
    assert "Try again in 5 minutes" in sign_in("ada").content.decode()


def test_a_guess_is_counted_before_it_is_checked(author: User, sign_in: SignIn) -> None:
    """Else a thousand of them, sent while the first is being checked, are all checked."""
    counted = []

    def look_and_authenticate(*args: object, **kwargs: object) -> None:
        counted.append(Attempts.objects.get(kind=Attempts.Kind.PASSWORD_OF_ACCOUNT).used)

    with patch.object(forms, "authenticate", look_and_authenticate):
        _be_wrong(sign_in, 5)
        assert sign_in("ada").status_code == 429
    assert counted == [1, 2, 3, 4, 5]


def test_the_last_minute_is_one_minute(author: User, sign_in: SignIn) -> None:
    _be_wrong(sign_in, 5)
    Attempts.objects.update(window_ends=F("window_ends") - timedelta(minutes=14, seconds=30))
    answer = sign_in("ada")
    assert "Try again in 1 minute, or" in answer.content.decode()
    assert 1 <= int(answer["Retry-After"]) <= 30


def test_after_the_window_a_new_one_begins(author: User, sign_in: SignIn) -> None:
    _be_wrong(sign_in, 5)
    _let_time_pass(minutes=15)
    _be_wrong(sign_in, 5)
    assert sign_in("ada").status_code == 429


def test_the_owner_at_another_address_is_not_locked_out(author: User, sign_in: SignIn) -> None:
    _be_wrong(sign_in, 5)
    assert sign_in("ada", address=ELSEWHERE).status_code == 302
    assert sign_in("ada", address=HERE).status_code == 429


def test_another_person_at_the_same_address_is_not_locked_out(
    author: User, co_author: User, sign_in: SignIn
) -> None:
    _be_wrong(sign_in, 5)
    assert sign_in("grace").status_code == 302


@pytest.mark.django_db
def test_an_unknown_name_is_refused_like_a_known_one(sign_in: SignIn) -> None:
    _be_wrong(sign_in, 5, username="nobody")
    answer = sign_in("nobody")
    assert answer.status_code == 429
    assert "for this account from here" in answer.content.decode()


def test_another_case_is_the_same_account(author: User, sign_in: SignIn) -> None:
    for username in ("ada", "ADA", "Ada", "aDa", "adA"):
        _be_wrong(sign_in, 1, username=username)
    assert sign_in("aDA").status_code == 429


def test_success_forgets_the_wrong_passwords(author: User, sign_in: SignIn) -> None:
    _be_wrong(sign_in, 4)
    assert sign_in("ada").status_code == 302
    _be_wrong(sign_in, 4)
    assert sign_in("ada").status_code == 302


def test_success_does_not_count_against_the_address(author: User, sign_in: SignIn) -> None:
    for _ in range(51):
        assert sign_in("ada").status_code == 302


def test_fifty_wrong_passwords_over_any_accounts_close_an_address(
    author: User, sign_in: SignIn
) -> None:
    for number in range(50):
        _be_wrong(sign_in, 1, username=f"guess{number}")
    answer = sign_in("ada")
    assert answer.status_code == 429
    assert "Too many wrong passwords from here. Try again in" in answer.content.decode()
    assert sign_in("ada", address=ELSEWHERE).status_code == 302


def test_what_one_limit_refuses_the_other_does_not_count(author: User, sign_in: SignIn) -> None:
    _be_wrong(sign_in, 5)
    for _ in range(60):
        assert sign_in("ada").status_code == 429
    assert Attempts.objects.get(kind=Attempts.Kind.PASSWORD).used == 5
    Attempts.objects.filter(kind=Attempts.Kind.PASSWORD).update(used=50)
    assert sign_in("grace").status_code == 429
    grace = Attempts.objects.filter(kind=Attempts.Kind.PASSWORD_OF_ACCOUNT).exclude(account=author)
    assert not grace.exists()


def test_one_line_of_ipv6_is_one_address(author: User, sign_in: SignIn) -> None:
    for host in range(5):
        _be_wrong(sign_in, 1, address=f"2001:db8:1:2::{host:x}")
    assert sign_in("ada", address="2001:db8:1:2:ffff::1").status_code == 429
    assert sign_in("ada", address="2001:db8:1:3::1").status_code == 302


@pytest.mark.django_db(transaction=True)  # time stands still inside of a transaction
def test_a_success_of_an_older_window_gives_nothing_back_to_a_newer_one(author: User) -> None:
    guess = throttle.reserve_guess("ada", HERE)
    _let_time_pass(minutes=16)
    throttle.reserve_guess("grace", HERE)
    guess.was_right()
    assert Attempts.objects.get(kind=Attempts.Kind.PASSWORD).used == 1


def test_a_name_that_is_nobodys_is_kept_nowhere(author: User, sign_in: SignIn) -> None:
    """It may be a password, typed into the wrong field."""
    _be_wrong(sign_in, 1, username="correct-horse-battery")
    _be_wrong(sign_in, 1, username="ada")
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_attempts::text FROM accounts_attempts")
        rows = [row[0] for row in cursor.fetchall()]
    assert len(rows) == 3
    assert not any("correct" in row for row in rows)
    of_account = Attempts.objects.filter(kind=Attempts.Kind.PASSWORD_OF_ACCOUNT)
    assert {attempts.account for attempts in of_account} == {author, None}


def test_a_known_and_an_unknown_name_cost_the_same_queries(
    author: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for username in ("ada", "nobody"):
        with django_assert_num_queries(5):  # who, savepoint, two counts, release
            throttle.reserve_guess(username, HERE)


@pytest.mark.django_db(transaction=True)
def test_a_hundred_guesses_at_once_are_five(author: User) -> None:
    all_ready = Barrier(8)

    def guess(number: int) -> int:
        if number < 8:
            all_ready.wait(10)
        try:
            throttle.reserve_guess("ada", HERE)
        except TooManyAttempts:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(guess, range(100))) == 5
    assert Attempts.objects.get(kind=Attempts.Kind.PASSWORD).used == 5


@pytest.mark.django_db(transaction=True)
def test_sixty_guesses_at_once_for_many_accounts_are_fifty(author: User) -> None:
    all_ready = Barrier(8)

    def guess(number: int) -> int:
        if number < 8:
            all_ready.wait(10)
        try:
            throttle.reserve_guess(f"guess{number}", HERE)
        except TooManyAttempts:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(guess, range(60))) == 50


@pytest.mark.django_db(transaction=True)
def test_wrong_passwords_sent_at_once_through_the_page_are_five(
    author: User, sign_in: SignIn
) -> None:
    all_ready = Barrier(8)

    def guess(number: int) -> str:
        if number < 8:
            all_ready.wait(10)
        try:
            return str(sign_in("ada", "wrong").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(guess, range(24)))
    assert answers == ["422"] * 5 + ["429"] * 19


def test_a_wrong_old_password_counts(author: User, client_of: ClientOf, sign_in: SignIn) -> None:
    client = client_of(author)
    wrong = {"old_password": "wrong", "new_password1": "x", "new_password2": "x"}
    for _ in range(5):
        assert client.post("/accounts/password/", wrong, REMOTE_ADDR=HERE).status_code == 422
    assert client.post("/accounts/password/", wrong, REMOTE_ADDR=HERE).status_code == 429
    assert sign_in("ada").status_code == 429


def test_a_wrong_password_for_a_new_email_counts(author: User, client_of: ClientOf) -> None:
    client = client_of(author)
    wrong = {"email": "mine@evil.example", "current_password": "wrong"}
    for _ in range(5):
        assert client.post("/accounts/", wrong).status_code == 422
    assert client.post("/accounts/", wrong | {"current_password": PASSWORD}).status_code == 429
    author.refresh_from_db()
    assert author.email == "ada@example.org"


def test_a_password_chosen_by_mail_opens_the_account_here(
    author: User, sign_in: SignIn, reset_link: str
) -> None:
    _be_wrong(sign_in, 5)
    client = Client(REMOTE_ADDR=HERE)
    form_url = client.get(reset_link)["Location"]
    new = {"new_password1": "a-better-one-7", "new_password2": "a-better-one-7"}
    assert client.post(form_url, new).status_code == 302
    assert sign_in("ada", "a-better-one-7").status_code == 302
