"""Texts that people write: each has a version of its own, so nobody overwrites what they have not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F

if TYPE_CHECKING:
    from accounts.models import User

MOST_CHARACTERS = 5000


def writer() -> Any:
    """Nobody is looked for by what they wrote: an index would cost every write, and nobody would read it."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )


class Described(models.Model):
    """Has a title and a description; who writes one of them never meets who writes the other."""

    TITLE: ClassVar[str] = "title"

    description = models.TextField(
        max_length=MOST_CHARACTERS, blank=True, default="", db_default=""
    )
    description_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    description_by = writer()

    class Meta:
        abstract = True

    def rename(
        self, title: str, version: int | None = None, *, by: User | None = None
    ) -> int | None:
        """`version` is that of the title which the person saw: another one since, and nothing happens.

        Unless what they want stands there already: saved twice, or by an answer that was lost.
        """
        return self._write(self.TITLE, title, version, by)

    def describe(
        self, description: str, version: int | None = None, *, by: User | None = None
    ) -> int | None:
        return self._write("description", description, version, by)

    def anew(self) -> Self | None:
        """As it stands now; None if it is gone."""
        row = type(self)._default_manager.filter(pk=self.pk).first()
        return None if getattr(row, "removed_at", None) else row

    def _write(self, name: str, text: str, version: int | None, by: User | None) -> int | None:
        seen = {} if version is None else {f"{name}_version": version}
        columns = {name: text, f"{name}_version": F(f"{name}_version") + 1, f"{name}_by": by}
        revision = self._put(seen, columns)
        if revision is None and (now := self.anew()) and getattr(now, name) == text:
            return getattr(now, "revision", 0)
        return revision

    def _put(self, seen: dict[str, Any], columns: dict[str, Any]) -> int | None:
        """If it is as it was seen, the revision that the change makes, or 0 where nothing has revisions."""
        raise NotImplementedError


class Titled(Described):
    title_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    title_by = writer()

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Conflict:
    """Somebody else's text, where a person meant to put their own; shown to them beside it."""

    who: str
    theirs: str
    version: int

    @classmethod
    def over(cls, now: Described, name: str, reader: User) -> Self:
        writer = getattr(now, f"{name}_by")
        who = "You" if writer == reader else str(writer or "Somebody")
        return cls(who, getattr(now, name), getattr(now, f"{name}_version"))
