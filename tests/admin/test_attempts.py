import pytest
from django.test import Client

from accounts import throttle
from accounts.models import Attempts, User

ATTEMPTS = "/admin/accounts/attempts/"
HERE = "192.0.2.1"


def _lock_out(person: User) -> Attempts:
    for _ in range(5):
        throttle.reserve_guess(person.username, HERE)
    return Attempts.objects.get(account=person)


def test_who_is_locked_out_is_seen(desk: Client, author: User, stranger: User) -> None:
    _lock_out(author)
    throttle.reserve_guess("mallory", HERE)
    page = desk.get(ATTEMPTS).content.decode()
    assert "5 of 5" in page
    assert "1 of 5" in page
    assert "6 of 50" in page
    assert page.count('alt="True"') == 1


def test_forgetting_unlocks(desk: Client, author: User) -> None:
    attempts = _lock_out(author)
    with pytest.raises(throttle.TooManyAttempts):
        throttle.reserve_guess("ada", HERE)
    desk.post(ATTEMPTS, {"action": "forget", "_selected_action": [attempts.pk]})
    throttle.reserve_guess("ada", HERE)


def test_they_cannot_be_made_or_changed(desk: Client, author: User) -> None:
    attempts = _lock_out(author)
    assert desk.post(f"{ATTEMPTS}add/", {"used": 1}).status_code == 403
    assert desk.post(f"{ATTEMPTS}{attempts.pk}/change/", {"used": 1}).status_code == 403


def test_one_can_be_deleted(desk: Client, author: User) -> None:
    attempts = _lock_out(author)
    desk.post(f"{ATTEMPTS}{attempts.pk}/delete/", {"post": "yes"})
    assert not Attempts.objects.filter(pk=attempts.pk).exists()
