import time

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts import reset_mail
from accounts.models import User
from tests.accounts.conftest import SignIn
from tests.conftest import CeleryWorker
from tests.people import PASSWORD, ClientOf

ORIGIN = "https://studio.example/"
NEW = {"new_password1": "a-better-one-7", "new_password2": "a-better-one-7"}


def test_it_is_short_plain_and_friendly(author: User, mailoutbox: list[EmailMessage]) -> None:
    reset_mail.send("ADA@example.org", ORIGIN)
    (mail,) = mailoutbox
    assert mail.to == ["ada@example.org"]
    assert mail.subject == "Choose a new password for Lectern"
    assert mail.body.startswith("Hello Ada,\n")
    assert "https://studio.example/accounts/reset/" in mail.body
    assert "within the next 24 hours" in mail.body
    assert "Your name to sign in: ada" in mail.body
    assert mail.content_subtype == "plain"
    assert len(mail.body) < 700


def test_somebody_without_a_password_is_told_of_the_account(
    author: User, mailoutbox: list[EmailMessage]
) -> None:
    author.set_unusable_password()
    author.save()
    reset_mail.send("ada@example.org", ORIGIN)
    assert mailoutbox[0].subject == "Your account at Lectern"
    assert "there is an account for you" in mailoutbox[0].body


def test_a_name_is_written_as_it_is(author: User, mailoutbox: list[EmailMessage]) -> None:
    User.objects.filter(pk=author.pk).update(first_name="O'Hara & <Co>")
    reset_mail.send("ada@example.org", ORIGIN)
    assert "Hello O'Hara & <Co>," in mailoutbox[0].body


def test_nobody_gets_mail_who_has_no_open_account(
    author: User, mailoutbox: list[EmailMessage]
) -> None:
    reset_mail.send("nobody@example.org", ORIGIN)
    User.objects.filter(pk=author.pk).update(is_active=False)
    reset_mail.send("ada@example.org", ORIGIN)
    assert mailoutbox == []


def test_somebody_without_an_address_is_nobodys_hit(
    author: User, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=author.pk).update(email="")
    reset_mail.send("", ORIGIN)
    assert mailoutbox == []


def test_the_link_chooses_a_password_once(author: User, reset_link: str, sign_in: SignIn) -> None:
    answer = _choose(Client(), reset_link)
    assert answer == "Your password is changed. Sign in with it."
    assert sign_in("ada", PASSWORD).status_code == 422
    assert sign_in("ada", "a-better-one-7").status_code == 302
    assert _choose(Client(), reset_link) == "This link does not work"


def test_the_link_does_not_sign_in(author: User, reset_link: str) -> None:
    client = Client()
    _choose(client, reset_link)
    assert client.get("/accounts/").status_code == 302


def test_the_secret_leaves_the_address_bar(author: User, reset_link: str) -> None:
    """Else it would stand in the history of the browser and in what is asked of other sites."""
    answer = Client().get(reset_link)
    assert answer.status_code == 302
    assert answer["Location"].endswith("/set-password/")


@pytest.mark.parametrize(
    "event", [{"email": "new@example.org"}, {"password": "another"}, {"last_login": timezone.now()}]
)
def test_the_link_ends_with_what_it_was_asked_for(
    author: User, reset_link: str, event: dict[str, object]
) -> None:
    User.objects.filter(pk=author.pk).update(**event)
    assert _choose(Client(), reset_link) == "This link does not work"


def test_the_session_of_a_thief_ends(author: User, reset_link: str, client_of: ClientOf) -> None:
    thief = client_of(author)
    User.objects.filter(pk=author.pk).update(last_login=None)
    _choose(Client(), reset_link)
    assert thief.get("/accounts/").status_code == 302


@pytest.mark.parametrize("link", ["/accounts/reset/x/y/", "/accounts/reset/MQ/abc-def/"])
@pytest.mark.django_db
def test_a_made_up_link_does_not_work(link: str) -> None:
    page = Client().get(link, follow=True).content.decode()
    assert "This link does not work" in page


def test_a_weak_password_is_refused(author: User, reset_link: str, sign_in: SignIn) -> None:
    client = Client()
    form_url = client.get(reset_link)["Location"]
    answer = client.post(form_url, {"new_password1": "123", "new_password2": "123"})
    assert "This password is too short." in answer.content.decode()
    assert sign_in("ada", PASSWORD).status_code == 302


def _choose(client: Client, link: str) -> str:
    """What the page says in the end."""
    answer = client.get(link)
    if answer.status_code == 302:
        answer = client.post(answer["Location"], NEW, follow=True)
    page = answer.content.decode()
    sentences = ("This link does not work", "Your password is changed. Sign in with it.")
    return next(sentence for sentence in sentences if sentence in page)


@pytest.mark.django_db(transaction=True)
def test_a_worker_writes_the_mail(author: User, celery_worker: CeleryWorker) -> None:
    """To its log: the console takes mail where no server is named."""
    reset_mail.ask_worker("ada@example.org", ORIGIN)
    log = ""
    for _ in range(150):
        log = celery_worker.log.read_text()
        if "Your name to sign in: ada" in log:
            break
        time.sleep(0.1)
    assert "To: ada@example.org" in log
    assert "https://studio.example/accounts/reset/" in log
