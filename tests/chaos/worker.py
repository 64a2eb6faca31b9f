"""The Celery app of a chaos run: the studio's own, on a machine whose clock may be wrong."""

import os
import time
from datetime import timedelta

_WRONG_BY = float(os.environ.get("CLOCK_WRONG_BY", "0"))
_right_time = time.time


def _wrong_time() -> float:
    return _right_time() + _WRONG_BY


time.time = _wrong_time  # before anything is imported that takes it from there

from django.utils import timezone  # noqa: E402

from config.celery import app  # noqa: E402

__all__ = ["app"]

_right_now = timezone.now
timezone.now = lambda: _right_now() + timedelta(seconds=_WRONG_BY)
