"""A batch in a real worker process: killed in the middle of it, the next one goes on."""

import pytest

from accounts.models import User
from media_library import batches
from media_library.models import BatchItem, MediaFile
from media_library.renaming import Pattern
from tests.conftest import CeleryWorker
from tests.courses.link_stories import wait_until
from tests.factories import make_media


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_killed_and_nothing_is_done_twice_or_left_out(
    celery_worker: CeleryWorker, author: User
) -> None:
    model = make_media(author, "file.mp4")
    others = [
        MediaFile(owner=author, name="file.mp4", size=1, status="broken", reason="damaged")
        for _ in range(299)
    ]
    ids = [model.pk, *(media.pk for media in MediaFile.objects.bulk_create(others))]
    pattern = Pattern(pattern="{number} {name}", digits=3)
    batch = batches.start(author, "rename", ids, pattern.details)
    wait_until(lambda: batch.items.done().exists())
    celery_worker.kill()
    left = batch.items.waiting().count()
    celery_worker.start()
    for _ in range(3):
        batches.call_for(batch.pk)  # as the sweeper does, and somebody else too
    wait_until(lambda: not BatchItem.objects.waiting().exists())
    assert left, "the worker was done before it could be killed"
    names = MediaFile.objects.order_by("pk").values_list("name", flat=True)
    assert sorted(names) == [f"{number:03} file.mp4" for number in range(1, 301)]
