"""The web process of a chaos run: the studio's own, which dies or stops where a mishap is arranged."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

from config.wsgi import application
from courses import linking
from tests.chaos.orders import Mishap, waiting

__all__ = ["application"]


def _unless_it_happens(moment: str, call: Callable[..., None]) -> Callable[..., None]:
    def meet(*arguments: Any) -> None:
        mishap = Mishap.happens(settings.VAR_DIR, moment)
        if mishap is not None and mishap.what == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        while mishap is not None and waiting(settings.VAR_DIR).exists():
            time.sleep(0.02)
        call(*arguments)

    return meet


for _moment, _name in (
    ("before the commit", "after_commit"),
    ("before the publish", "call_linkers"),
):
    setattr(linking, _name, _unless_it_happens(_moment, getattr(linking, _name)))
