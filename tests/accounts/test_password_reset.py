"""Asking for a link by which to choose a new password."""

from collections.abc import Iterator
from unittest.mock import MagicMock, patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import reset_mail
from accounts.models import Attempts, User
from config.wake_ups import BrokerSilent

ASK = "/accounts/reset/"
TASK = "accounts.send_reset_link"


@pytest.fixture
def published() -> Iterator[MagicMock]:
    """The wake-up of the worker, who writes the mail; see test_reset_mail.py."""
    with patch.object(reset_mail, "wake") as wake:
        yield wake


def _ask(email: str, address: str = "192.0.2.1") -> tuple[int, str]:
    answer = Client().post(ASK, {"email": email}, REMOTE_ADDR=address, follow=True)
    return answer.status_code, answer.content.decode()


def test_a_worker_is_asked_to_mail_the_link(author: User, published: MagicMock) -> None:
    status, page = _ask("ada@example.org")
    assert status == 200
    assert "a link to choose a new password is on its way" in page
    published.assert_called_once_with(TASK, "ada@example.org", "http://testserver/")


def test_an_unknown_address_is_answered_the_same(author: User, published: MagicMock) -> None:
    assert _ask("ada@example.org") == _ask("nobody@example.org")
    assert published.call_count == 2


def test_an_unknown_address_takes_as_many_queries(author: User, published: MagicMock) -> None:
    counts = []
    for email in ("ada@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as queries:
            Client().post(ASK, {"email": email})
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_a_mailbox_cannot_be_flooded(author: User, published: MagicMock, email: str) -> None:
    """From however many addresses, in whatever spelling, whether it is known or not."""
    for number in range(3):
        assert _ask(email, f"192.0.2.{number}")[0] == 200
    status, page = _ask(email.upper(), "192.0.2.9")
    assert status == 429
    assert "Look in the mailbox, or try again in 60 minutes." in page
    assert published.call_count == 3


def test_one_address_cannot_ask_for_everybody(author: User, published: MagicMock) -> None:
    for number in range(20):
        assert _ask(f"guess{number}@example.org")[0] == 200
    status, page = _ask("ada@example.org")
    assert status == 429
    assert "Too many links were asked for from here." in page
    assert published.call_count == 20


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_without_a_broker_the_page_says_so_and_nothing_counts(author: User, email: str) -> None:
    with patch.object(reset_mail, "wake", side_effect=BrokerSilent):
        for _ in range(4):
            status, page = _ask(email)
            assert status == 503
            assert "We cannot send mail right now." in page
    assert not Attempts.objects.filter(used__gt=0).exists()


@pytest.mark.django_db
def test_what_is_no_address_is_not_sent(published: MagicMock) -> None:
    status, page = _ask("ada")
    assert status == 422
    assert "Enter a valid email address." in page
    published.assert_not_called()


def test_a_foreign_host_gets_into_no_mail(author: User, published: MagicMock) -> None:
    answer = Client().post(ASK, {"email": "ada@example.org"}, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    published.assert_not_called()
