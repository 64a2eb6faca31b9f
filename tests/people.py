"""People, named by what they are to the course at hand."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User

PASSWORD = "lectern"

ClientOf = Callable[[User], Client]


@pytest.fixture
def author(db: None) -> User:
    return User.objects.create_user("ada", "ada@example.org", PASSWORD, first_name="Ada")


@pytest.fixture
def co_author(db: None) -> User:
    return User.objects.create_user("grace", "grace@example.org", PASSWORD, first_name="Grace")


@pytest.fixture
def stranger(db: None) -> User:
    return User.objects.create_user("mallory", "mallory@example.org", PASSWORD)


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_superuser("admin", "admin@example.org", PASSWORD)


@pytest.fixture
def client_of() -> ClientOf:
    """A browser without scripts in which this person is signed in."""

    def client_of(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return client_of
