"""Staff makes instructors, and never knows their passwords."""

from collections.abc import Iterator
from unittest.mock import MagicMock, call, patch

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts import reset_mail
from accounts.models import User
from config.wake_ups import BrokerSilent
from tests.factories import make_course
from tests.people import ClientOf

PEOPLE = "/admin/accounts/user/"
NEW = {
    "username": "eve",
    "email": "eve@example.org",
    "first_name": "Eve",
    "last_name": "Example",
    "send_link": "on",
}
TASK = "accounts.send_reset_link"


@pytest.fixture
def published() -> Iterator[MagicMock]:
    with patch.object(reset_mail, "wake") as wake:
        yield wake


@pytest.fixture
def clerk(db: None) -> User:
    """Staff who looks after people and may do nothing else."""
    clerk = User.objects.create_user("clerk", "clerk@example.org", is_staff=True)
    clerk.user_permissions.set(
        Permission.objects.filter(
            codename__in=["add_user", "change_user", "view_user", "delete_user"]
        )
    )
    return clerk


def _act(client: Client, action: str, *people: User) -> str:
    chosen = {"action": action, "_selected_action": [person.pk for person in people]}
    return client.post(PEOPLE, chosen, follow=True).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_new_person_gets_a_link_and_no_password(desk: Client, published: MagicMock) -> None:
    answer = desk.post(f"{PEOPLE}add/", NEW)
    eve = User.objects.get(username="eve")
    assert answer["Location"] == f"{PEOPLE}{eve.pk}/change/"
    assert not eve.has_usable_password()
    assert (eve.is_staff, eve.is_superuser, eve.is_active) == (False, False, True)
    published.assert_called_once_with(TASK, "eve@example.org", "http://testserver/")
    assert "A link is on its way to eve@example.org." in desk.get(PEOPLE).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_link_can_wait(desk: Client, published: MagicMock) -> None:
    desk.post(f"{PEOPLE}add/", {**NEW, "send_link": ""})
    assert User.objects.filter(username="eve").exists()
    published.assert_not_called()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": ""}, "This field is required."),
        ({"email": "ADA@example.org"}, "Somebody has this e-mail address already."),
        ({"username": "ADA"}, "Somebody has this name already."),
    ],
)
def test_a_person_without_name_or_email_of_their_own_is_refused(
    desk: Client, author: User, wrong: dict[str, str], sentence: str
) -> None:
    answer = desk.post(f"{PEOPLE}add/", NEW | wrong)
    assert sentence in answer.content.decode()
    assert not User.objects.filter(username="eve").exists()


def test_links_are_sent_to_whom_they_can_reach(
    desk: Client, author: User, co_author: User, stranger: User, published: MagicMock
) -> None:
    User.objects.filter(pk=co_author.pk).update(email="")
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    page = _act(desk, "send_link", author, co_author, stranger)
    assert published.call_args_list == [call(TASK, "ada@example.org", "http://testserver/")]
    assert "A link is on its way to ada@example.org." in page
    assert "Grace has no e-mail address: no link was sent." in page
    assert "Mallory has a closed account: no link was sent." in page


def test_a_broker_that_is_away_is_told_of(desk: Client, author: User) -> None:
    with patch.object(reset_mail, "wake", side_effect=BrokerSilent):
        page = _act(desk, "send_link", author)
    assert "We cannot send mail right now." in page
    assert "is on its way" not in page


def test_a_closed_account_is_signed_out_and_can_be_opened_again(
    desk: Client, author: User, client_of: ClientOf
) -> None:
    of_author = client_of(author)
    assert "1 account closed." in _act(desk, "close", author)
    assert of_author.get("/accounts/").status_code == 302
    assert "1 account opened." in _act(desk, "open_again", author)
    assert of_author.get("/accounts/").status_code == 200


def test_nobody_closes_their_own_account(desk: Client, staff: User) -> None:
    assert "0 accounts closed." in _act(desk, "close", staff)
    staff.refresh_from_db()
    assert staff.is_active


def test_who_looks_after_people_cannot_become_more(
    clerk: User, author: User, client_of: ClientOf
) -> None:
    client = client_of(clerk)
    for person in (clerk, author):
        client.post(
            f"{PEOPLE}{person.pk}/change/",
            {
                "username": person.username,
                "email": person.email,
                "first_name": "Changed",
                "is_active": "on",
                "is_staff": "on",
                "is_superuser": "on",
                "user_permissions": [Permission.objects.values_list("pk", flat=True)[0]],
            },
        )
    for person in (clerk, author):
        person.refresh_from_db()
        assert person.first_name == "Changed"
        assert not person.is_superuser
    assert not author.is_staff
    assert not author.user_permissions.exists()


@pytest.mark.parametrize("page", ["change/", "delete/", "password/"])
def test_who_looks_after_people_has_no_hold_on_who_may_do_everything(
    clerk: User, staff: User, client_of: ClientOf, page: str
) -> None:
    answer = client_of(clerk).post(
        f"{PEOPLE}{staff.pk}/{page}", {"email": "clerk2@example.org", "post": "yes"}
    )
    assert answer.status_code == 403
    page_of_actions = _act(client_of(clerk), "close", staff)
    assert "0 accounts closed." in page_of_actions
    staff.refresh_from_db()
    assert (staff.email, staff.is_active) == ("admin@example.org", True)


@pytest.mark.parametrize("author_has_a_course", [True, False])
def test_a_person_with_courses_is_not_deleted_but_explained(
    desk: Client, author: User, author_has_a_course: bool
) -> None:
    if author_has_a_course:
        make_course(author, "Analytical engines")
    answer = desk.post(f"{PEOPLE}{author.pk}/delete/", {"post": "yes"})
    assert User.objects.filter(pk=author.pk).exists() == author_has_a_course
    if author_has_a_course:
        page = answer.content.decode()
        assert "would require deleting the following protected related objects" in page
        assert "Analytical engines" in page
