"""Clips are made in the processes of the tests and of the studio, which have other work to do."""

import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from config.dev.clips import Encoding, encode


@pytest.mark.skipif(sys.platform != "linux", reason="what its encoder does here it does on Linux")
def test_av1_makes_no_real_time_process() -> None:
    """All that it did later would have starved the rest of the machine."""
    policies: set[int] = set()

    def look(_: float) -> Image.Image:
        threads = Path("/proc/self/task").iterdir()
        policies.update(os.sched_getscheduler(int(thread.name)) for thread in threads)
        return Image.new("RGB", (64, 36))

    encode(look, 1, Encoding("mp4", "av1"))
    look(0)
    assert policies == {os.SCHED_OTHER}
