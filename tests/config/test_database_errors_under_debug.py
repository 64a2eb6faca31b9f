"""What is true in production about a PostgreSQL that restarts holds on a desk, too."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client, override_settings

from accounts.middleware import SignedInMiddleware

PATH = "/stand-in/loses-the-database/"


@pytest.fixture
def client(transactional_db: None) -> Iterator[Client]:
    with override_settings(DEBUG=True, ROOT_URLCONF="tests.config.stand_in.urls"):
        yield Client(raise_request_exception=False)
    connection.close()  # it may be dead


def test_what_was_being_read_is_read_again(client: Client) -> None:
    answer = client.get(PATH)
    assert (answer.status_code, answer.content) == (200, b"read")


def test_what_was_being_written_is_told_to_have_failed(client: Client) -> None:
    answer = client.post(PATH)
    assert answer.status_code == 503
    assert "Go back and send it again" in answer.content.decode()


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_before_the_view_it_is_no_other(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    tries: list[None] = []

    def lost_once(*_: Any) -> None:
        tries.append(None)
        if len(tries) == 1:
            raise error("the connection is lost")

    monkeypatch.setattr(SignedInMiddleware, "process_view", lost_once)
    assert client.get("/accounts/reset/").status_code == 200
    assert len(tries) == 2


def test_every_other_error_is_still_djangos_to_show(client: Client) -> None:
    answer = client.get("/stand-in/breaks/")
    assert answer.status_code == 500
    assert "RuntimeError" in answer.content.decode()
