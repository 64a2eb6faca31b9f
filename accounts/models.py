"""People of the studio, and how often somebody has tried to be one of them."""

from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import connection, models
from django.db.models import F
from django.db.models.functions import Now, Upper

from config.ids import uuid7


class PeopleManager(UserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Who signs in as Ada is ada."""
        return self.get(username__iexact=username)

    def with_email(self, email: str) -> "models.QuerySet[User]":
        """One person at most, in whatever case it is written."""
        return self.exclude(email="").filter(email__iexact=email)


class User(AbstractUser):
    """An instructor; `is_staff` opens the admin. Made by staff, never by signing up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta(AbstractUser.Meta):
        # UPPER, as `iexact` says it: so these are also the indexes by which people are found.
        constraints = [
            models.UniqueConstraint(
                Upper("username"),
                name="user_username_in_any_case",
                violation_error_message="Somebody has this name already.",
            ),
            models.UniqueConstraint(
                Upper("email"),
                condition=~models.Q(email=""),
                name="user_email_in_any_case",
                violation_error_message="Somebody has this e-mail address already.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class AttemptsQuerySet(models.QuerySet["Attempts"]):
    def reserve(
        self,
        kind: "Attempts.Kind",
        key: str,
        *,
        most: int,
        window: timedelta,
        address: str,
        account_id: UUID | None = None,
    ) -> datetime | None:
        """Count one attempt before it is made; None if there is none left.

        Returns the end of the window that it counts in. One statement, for a hundred guesses at the
        same time must not all read "four so far".
        """
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO accounts_attempts AS so_far
                       (id, kind, key, address, account_id, used, window_ends)
                   VALUES (%s, %s, %s, %s, %s, 1, now() + make_interval(secs => %s))
                   ON CONFLICT (kind, key) DO UPDATE SET
                       used = CASE WHEN so_far.window_ends > now() THEN so_far.used + 1 ELSE 1 END,
                       window_ends = CASE WHEN so_far.window_ends > now() THEN so_far.window_ends
                                          ELSE excluded.window_ends END,
                       account_id = excluded.account_id
                   WHERE so_far.used < %s OR so_far.window_ends <= now()
                   RETURNING window_ends""",
                [uuid7(), kind, key, address, account_id, window.total_seconds(), most],
            )
            row = cursor.fetchone()
        return row[0] if row else None

    def give_back(self, kind: "Attempts.Kind", key: str, window_ends: datetime) -> None:
        """Nothing if the window is over: then a new one counts, and it owes nothing to this attempt."""
        counted = self.filter(kind=kind, key=key, window_ends=window_ends, used__gt=0)
        counted.update(used=F("used") - 1)

    def wait(self, kind: "Attempts.Kind", key: str) -> timedelta:
        """Until the window ends, by the database's clock."""
        rows = self.filter(kind=kind, key=key).annotate(left=F("window_ends") - Now())
        left: timedelta | None = rows.values_list("left", flat=True).first()
        return max(left or timedelta(), timedelta(seconds=1))

    def over(self) -> Self:
        return self.filter(window_ends__lte=Now())


class Attempts(models.Model):
    """How often something was tried in a window of time that began with the first try.

    The key is a keyed hash: what somebody types as a name may be a password in the wrong field, so a
    name that is nobody's is kept nowhere. Accounts that exist and addresses are kept as they are, for
    staff must see whom to unlock; the row is gone within the hour after its window.
    """

    class Kind(models.TextChoices):
        PASSWORD_OF_ACCOUNT = "password_of_account", "Passwords for one account"
        PASSWORD = "password", "Passwords for any account"
        LINK_TO_MAILBOX = "link_to_mailbox", "Reset links to one e-mail address"
        LINK = "link", "Reset links to any e-mail address"
        CO_AUTHOR = "co_author", "Names of people to share with"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=64)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    address = models.CharField("from", max_length=50)
    used = models.PositiveIntegerField()
    window_ends = models.DateTimeField()

    objects = AttemptsQuerySet.as_manager()

    class Meta:
        verbose_name = "sign-in attempts"
        verbose_name_plural = "sign-in attempts"
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="attempts_once_per_key")
        ]
        indexes = [models.Index(fields=["window_ends"], name="attempts_over")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, from {self.address}"
