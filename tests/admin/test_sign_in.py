import pytest
from django.test import Client

from accounts.models import User
from tests.people import PASSWORD, ClientOf


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/admin/", "/admin/courses/course/?published__exact=1"])
def test_a_visitor_signs_in_where_everybody_does(staff: User, page: str) -> None:
    client = Client()
    answer = client.get(page, follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/login/"
    answer = client.post(
        answer.redirect_chain[-1][0],
        {"username": "admin", "password": PASSWORD, "next": answer.context["next"]},
    )
    assert answer["Location"] == page


@pytest.mark.django_db
def test_the_admin_has_no_form_of_its_own_to_guess_at(staff: User) -> None:
    client = Client()
    answer = client.post("/admin/login/", {"username": "admin", "password": PASSWORD})
    assert answer["Location"] == "/accounts/login/?next=/admin/"
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_the_way_back_leads_to_no_other_site(desk: Client) -> None:
    assert Client().get("/admin/login/", {"next": "//evil.example"})["Location"] == (
        "/accounts/login/?next=/admin/"
    )
    assert desk.get("/admin/login/", {"next": "//evil.example"})["Location"] == "/admin/"


def test_who_is_no_staff_is_told_so(author: User, client_of: ClientOf) -> None:
    answer = client_of(author).get("/admin/", follow=True)
    assert answer.status_code == 403


def test_a_password_is_changed_where_guesses_are_counted(desk: Client) -> None:
    assert desk.get("/admin/password_change/")["Location"] == "/accounts/password/"


def test_the_way_back_to_the_studio_is_shown(desk: Client) -> None:
    page = desk.get("/admin/").content.decode()
    assert '<a href="/admin/">Lectern</a>' in page
    assert '<a href="/">Back to the studio</a>' in page
