"""People of the studio."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower

from config.ids import uuid7


class PeopleManager(UserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Who signs in as Ada is ada."""
        return self.get(username__iexact=username)


class User(AbstractUser):
    """An instructor; `is_staff` opens the admin. Made by staff, never by signing up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    objects = PeopleManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_in_any_case",
                violation_error_message="Somebody has this name already.",
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_in_any_case",
                violation_error_message="Somebody has this e-mail address already.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username
