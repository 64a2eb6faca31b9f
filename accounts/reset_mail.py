"""The mail with a link by which somebody chooses a password."""

from datetime import timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User
from config.wake_ups import wake


def ask_worker(email: str, origin: str) -> None:
    """Given an address, not a person: a request must not take longer, or fail, because it is known.

    BrokerSilent if no worker can be asked; nothing is written down that a sweeper could find.
    """
    wake("accounts.send_reset_link", email, origin)


def send(email: str, origin: str) -> None:
    """To the person with this e-mail address, if there is one. A closed account gets no mail."""
    person = User.objects.with_email(email).filter(is_active=True).first()
    if person is None:
        return
    context = {
        "person": person,
        "link": urljoin(origin, _path(person)),
        "hours": timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) // timedelta(hours=1),
    }
    EmailMessage(
        subject=render_to_string("accounts/mail/choose_password_subject.txt", context).strip(),
        body=render_to_string("accounts/mail/choose_password.txt", context),
        to=[person.email],  # as it is kept, not as it was typed
    ).send()


def _path(person: User) -> str:
    return reverse(
        "accounts:password_reset_confirm",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(person.pk)),
            "token": default_token_generator.make_token(person),
        },
    )
