"""How often somebody may be wrong.

Own code, for what django-axes 8 does is not enough here. It asks before the password is checked and
counts after (`AxesBackend.authenticate`, `AxesDatabaseHandler.user_login_failed`), so guesses sent at
the same time all pass: its issue 592, "known issue wont fix". And it compares the largest of all counts
with one `AXES_FAILURE_LIMIT`: five per account and fifty per address cannot be said.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.models import Attempts, User

_log = logging.getLogger("lectern.accounts")


@dataclass(frozen=True)
class Limit:
    kind: Attempts.Kind
    most: int
    window: timedelta
    refusal: str


PASSWORD_OF_ACCOUNT = Limit(
    Attempts.Kind.PASSWORD_OF_ACCOUNT,
    most=5,
    window=timedelta(minutes=15),
    refusal="Too many wrong passwords for this account from here."
    " Try again in {wait}, or reset your password.",
)
# A whole school may share one address.
PASSWORD = Limit(
    Attempts.Kind.PASSWORD,
    most=50,
    window=timedelta(minutes=15),
    refusal="Too many wrong passwords from here. Try again in {wait}.",
)
LINK_TO_MAILBOX = Limit(
    Attempts.Kind.LINK_TO_MAILBOX,
    most=3,
    window=timedelta(hours=1),
    refusal="A link for this e-mail address was asked for several times."
    " Look in the mailbox, or try again in {wait}.",
)
LINK = Limit(
    Attempts.Kind.LINK,
    most=20,
    window=timedelta(hours=1),
    refusal="Too many links were asked for from here. Try again in {wait}.",
)
# Who may share a course could else find out, name by name, who has an account.
CO_AUTHOR = Limit(
    Attempts.Kind.CO_AUTHOR,
    most=30,
    window=timedelta(hours=1),
    refusal="Too many names that are nobody's. Try again in {wait}, or ask staff.",
)
LIMITS = {
    limit.kind: limit for limit in (PASSWORD_OF_ACCOUNT, PASSWORD, LINK_TO_MAILBOX, LINK, CO_AUTHOR)
}


class TooManyAttempts(Exception):
    def __init__(self, limit: Limit, wait: timedelta) -> None:
        minutes = ceil(wait / timedelta(minutes=1))
        in_words = "1 minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(limit.refusal.format(wait=in_words))
        self.retry_after = ceil(wait.total_seconds())


@dataclass(frozen=True)
class Reservation:
    limit: Limit
    key: str
    window_ends: datetime

    def give_back(self) -> None:
        Attempts.objects.give_back(self.limit.kind, self.key, self.window_ends)


@dataclass(frozen=True)
class Guess:
    """A password that may now be checked. It counts as wrong until somebody says that it was right."""

    of_account: Reservation
    of_address: Reservation

    def was_right(self) -> None:
        Attempts.objects.filter(kind=self.of_account.limit.kind, key=self.of_account.key).delete()
        self.of_address.give_back()


def reserve_guess(username: str, address: str) -> Guess:
    account_id = User.objects.filter(username__iexact=username).values_list("pk", flat=True).first()
    # Together: a guess that the second limit refuses is not counted by the first.
    with transaction.atomic():
        return Guess(
            _reserve(PASSWORD_OF_ACCOUNT, _account_key(username, address), address, account_id),
            _reserve(PASSWORD, _key(address), address),
        )


def forgive(username: str, address: str) -> None:
    """Somebody proved by other means to be who they say."""
    kind, key = PASSWORD_OF_ACCOUNT.kind, _account_key(username, address)
    Attempts.objects.filter(kind=kind, key=key).delete()


def reserve_link(email: str, address: str) -> tuple[Reservation, ...]:
    """Before a link is mailed, whether anybody has this e-mail address or not."""
    account_id = User.objects.with_email(email).values_list("pk", flat=True).first()
    with transaction.atomic():
        return (
            _reserve(LINK_TO_MAILBOX, _key(email.casefold()), address, account_id),
            _reserve(LINK, _key(address), address),
        )


def reserve_name(person: User, address: str) -> Reservation:
    """Before the name of a co-author is looked up; it counts as a miss until it is given back."""
    return _reserve(CO_AUTHOR, _key(str(person.pk)), address, person.pk)


def _reserve(limit: Limit, key: str, address: str, account_id: UUID | None = None) -> Reservation:
    window_ends = Attempts.objects.reserve(
        limit.kind,
        key,
        most=limit.most,
        window=limit.window,
        address=address,
        account_id=account_id,
    )
    if window_ends is None:
        _log.warning("refused: %s, from %s", limit.kind.label, address)
        raise TooManyAttempts(limit, Attempts.objects.wait(limit.kind, key))
    return Reservation(limit, key, window_ends)


def _account_key(username: str, address: str) -> str:
    return _key(f"{username.casefold()}\n{address}")


def _key(text: str) -> str:
    return salted_hmac("accounts.throttle", text, algorithm="sha256").hexdigest()
