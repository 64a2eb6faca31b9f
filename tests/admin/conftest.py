import pytest
from django.test import Client

from accounts.models import User
from tests.people import ClientOf


@pytest.fixture
def desk(staff: User, client_of: ClientOf) -> Client:
    """Where staff sits."""
    return client_of(staff)
