import pytest
from django.test import Client

from accounts.models import User
from courses.models import Course
from tests.people import ClientOf


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


def test_it_makes_a_draft_of_ones_own_and_opens_it(ada: Client, author: User) -> None:
    response = ada.post("/courses/new/", {"title": " Engines ", "description": "All of them"})
    course = Course.objects.get()
    assert (course.title, course.description, course.owner, course.published) == (
        "Engines",
        "All of them",
        author,
        False,
    )
    assert response["Location"] == f"/courses/{course.pk}/"
    assert course.pk.version == 7


@pytest.mark.parametrize("title", ["", "   ", "x" * 201, "a\0b"])
def test_a_title_that_is_none_is_refused_beside_the_field(ada: Client, title: str) -> None:
    response = ada.post("/courses/new/", {"title": title, "description": "kept"})
    assert response.status_code == 422
    page = response.content.decode()
    assert 'aria-invalid="true"' in page
    assert "id_title_error" in page
    assert "kept" in page
    assert not Course.objects.exists()
