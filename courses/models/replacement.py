"""Another file in the place of one that was thrown away."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models

from config.ids import uuid7
from courses.models.video import Video
from media_library.models import MediaFile


class Replacement(models.Model):
    """What this video showed until then. `at` is the moment at which that file went into the trash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="replacements")
    media = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=TransactionNow(), editable=False)

    def __str__(self) -> str:
        return f"{self.other_id} in the place of {self.media_id}"
