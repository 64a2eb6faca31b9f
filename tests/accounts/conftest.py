import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts import reset_mail
from accounts.models import User
from tests.people import PASSWORD

SignIn = Callable[..., Any]


@pytest.fixture
def sign_in() -> SignIn:
    """One try to sign in, by a browser that was never here before unless one is given."""

    def sign_in(
        username: str,
        password: str = PASSWORD,
        *,
        address: str = "192.0.2.1",
        client: Client | None = None,
        url: str = "/accounts/login/",
    ) -> Any:  # the test client says more of an answer than HttpResponse does
        return (client or Client()).post(
            url, {"username": username, "password": password}, REMOTE_ADDR=address
        )

    return sign_in


@pytest.fixture
def reset_link(author: User, mailoutbox: list[EmailMessage]) -> str:
    """From a mail to the author, as a path."""
    reset_mail.send(author.email, "https://studio.example/")
    link = re.search(r"https://studio\.example(/\S+)", str(mailoutbox.pop().body))
    assert link is not None
    return link[1]
