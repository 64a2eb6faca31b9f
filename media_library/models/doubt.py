"""That the marks of a file may no longer be so."""

from __future__ import annotations

from django.db import models


class Doubt(models.Model):
    """In one transaction with what gives rise to it: triggers of the database write it, whoever uses files.

    About a file by its id alone, which may be gone. No lock on the file is needed, and who changes a course
    may not wait for one: files are locked before courses.
    """

    # Never that of another: `loaddata` brings doubts with their ids, while triggers write others.
    id = models.UUIDField(
        primary_key=True, db_default=models.Func(function="uuidv7"), editable=False
    )
    media = models.UUIDField()

    def __str__(self) -> str:
        return str(self.media)
