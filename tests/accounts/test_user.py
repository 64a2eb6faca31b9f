import uuid

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection

from accounts.models import User
from tests.people import PASSWORD


def test_ids_are_uuids_of_version_7(author: User) -> None:
    assert isinstance(author.pk, uuid.UUID)
    assert author.pk.version == 7


def test_a_name_is_one_name_in_every_case(author: User) -> None:
    with pytest.raises(ValidationError, match="Somebody has this name already"):
        User(username="ADA", password="x").full_clean()
    with pytest.raises(IntegrityError, match="user_username_in_any_case"):
        User.objects.create_user("ADA")


def test_people_without_email_do_not_meet(author: User) -> None:
    User.objects.create_user("eve")
    User.objects.create_user("eva")


@pytest.mark.parametrize("username", ["ada", "ADA", "Ada"])
def test_a_name_in_another_case_is_the_same_person(author: User, username: str) -> None:
    assert authenticate(None, username=username, password=PASSWORD) == author


def test_people_are_found_by_index_in_any_case(author: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    by_name = User.objects.filter(username__iexact="ADA")
    assert "user_username_in_any_case" in by_name.explain()
    by_email = User.objects.with_email("ADA@example.org")
    assert by_email.get() == author
    assert "user_email_in_any_case" in by_email.explain()


@pytest.mark.django_db
def test_createsuperuser_makes_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-better-one-7")
    call_command(
        "createsuperuser", username="root", email="root@example.org", interactive=False, verbosity=0
    )
    root = User.objects.get(username="root")
    assert root.is_superuser
    assert authenticate(None, username="ROOT", password="a-better-one-7") == root
