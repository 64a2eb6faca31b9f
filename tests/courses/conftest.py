"""What the tests of this folder share."""

import pytest

from accounts.models import User
from courses.models import Chapter
from tests.clips import clips  # noqa: F401
from tests.factories import make_chapter, make_course


@pytest.fixture
def chapter(author: User) -> Chapter:
    return make_chapter(make_course(author))
