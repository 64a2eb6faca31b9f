"""Films of very many frames, those that have them and those that only say so."""

import contextlib
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from media_library import probing
from media_library.file_errors import FileError, ProberTimedOut
from tests.clips import Clips
from tests.media_library.boxes import TABLE, box, inside, numbers, with_box
from tests.media_library.test_probing import probe

MILLION = 1_000_000
STEP = 1024  # from one frame to the next, by the clock of the clip


class Film:
    """A clip whose table of frames is another: the first is a key frame, all others are its second one."""

    def __init__(self, clip: bytes) -> None:
        self.clip = clip
        sizes = inside(clip, *TABLE, b"stsz")
        self.first, self.other = struct.unpack_from(">II", sizes, 12)
        (self.start,) = struct.unpack_from(">I", inside(clip, *TABLE, b"stco"), 8)

    def with_table(self, **boxes: bytes) -> bytes:
        film = self.clip
        for kind, new in boxes.items():
            film = with_box(film, new, *TABLE, kind.encode())
        return film

    def true(self, frames: int) -> bytes:
        """They are all there, one after the other."""
        return self.cut(frames).replace(b"edts", b"free", 1)

    def cut(self, frames: int) -> bytes:
        """Of which one second shall be shown: FFmpeg needs minutes to find its way through the others."""
        sizes = numbers(0, frames, self.first, *[self.other] * (frames - 1))
        times = numbers(1, frames, STEP)
        table = {"stts": times, "stsc": numbers(1, 1, frames, 1), "stsz": sizes}
        here = len(self.with_table(stco=numbers(1, 0), **table)) + 8
        frame = self.clip[self.start + self.first :][: self.other]
        pictures = self.clip[self.start :][: self.first] + frame * (frames - 1)
        return self.with_table(stco=numbers(1, here), **table) + box(b"mdat", pictures)

    def claimed(self, frames: int) -> bytes:
        """1.5 kB, and a table of three lines."""
        return self.with_table(
            stts=numbers(1, frames, STEP),
            stsc=numbers(1, 1, frames, 1),
            stsz=numbers(1, frames),
        )


@pytest.fixture(scope="module")
def film() -> Film:
    return Film(Clips().silent)


class Peak:
    """Of the memory of whatever child of the prober there was."""

    def __init__(self) -> None:
        self.bytes = 0

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        is_over = threading.Event()
        watching = threading.Thread(target=self._watch, args=[is_over])
        watching.start()
        yield
        is_over.set()
        watching.join()

    def _watch(self, is_over: threading.Event) -> None:
        process = probing.the_prober.process
        assert process is not None
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not is_over.wait(0.002):
            for child in children.read_text().split():
                with contextlib.suppress(OSError):
                    lines = Path(f"/proc/{child}/status").read_text().splitlines()
                    for line in lines:
                        if line.startswith("VmHWM"):
                            self.bytes = max(self.bytes, int(line.split()[1]) * 1024)


@pytest.fixture
def peak(film: Film) -> Iterator[Peak]:
    probe(film.clip)  # so that there is a prober
    peak = Peak()
    with peak.watched():
        yield peak
    assert probe(film.clip).width == 64, "the prober goes on"


@pytest.mark.parametrize("frames", [1000, 200_000, MILLION])
def test_a_film_is_read_however_many_it_has(film: Film, peak: Peak, frames: int) -> None:
    """Eleven hours of 25 a second are a million; the table of two hours is more than is read at once."""
    assert probe(film.true(frames)).width == 64
    assert peak.bytes < 1 << 30


def test_a_million_that_take_for_ever_end_the_prober_and_not_the_worker(
    film: Film, peak: Peak
) -> None:
    began = time.monotonic()
    with pytest.raises(ProberTimedOut):
        probe(film.cut(MILLION))
    assert time.monotonic() - began < 35
    assert 0 < peak.bytes < 1 << 30


@pytest.mark.parametrize("frames", [MILLION, 40 * MILLION, 100 * MILLION, (1 << 32) - 1])
def test_millions_that_are_only_claimed_cost_nothing(film: Film, peak: Peak, frames: int) -> None:
    began = time.monotonic()
    with pytest.raises(FileError):
        probe(film.claimed(frames))
    assert time.monotonic() - began < 35
    assert peak.bytes < 1 << 30
