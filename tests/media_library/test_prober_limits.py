"""Whatever happens in the process that reads a file: the file fails, and nothing else."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from media_library import prober_terms, probing
from media_library.file_errors import FileError, ProberAbsent, ProberCrashed, ProberTimedOut
from tests.clips import Clips
from tests.media_library.test_probing import probe, reader


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch) -> Iterator[probing.Prober]:
    """Its children do as the file says; their limits are lower, so that the tests are done sooner."""
    program = "import tests.media_library.misbehaving; " + probing.PROGRAM
    it = probing.Prober(program)
    monkeypatch.setattr(probing, "the_prober", it)
    monkeypatch.setattr(prober_terms, "SECONDS", 2)
    monkeypatch.setattr(prober_terms, "CPU_SECONDS", 1)
    yield it
    it.stop()


def do(what: str) -> probing.Facts:
    return probe(what.encode().ljust(2000))


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("crash", "unreadable"),
        ("memory", "memory"),
        ("open /etc/hostname", "unreadable"),
        ("connect", "unreadable"),
        ("babble", "unreadable"),
        ("surplus", "unreadable"),
        ("lie width -5", "unreadable"),
        ("lie width wide", "unreadable"),
        ("lie duration -1", "unreadable"),
        ("lie video_codec <script>", "unreadable"),
        ("lie container ../../x", "unreadable"),
    ],
)
def test_a_child_that_misbehaves_fails_its_file(
    misbehaving: probing.Prober, what: str, reason: str
) -> None:
    with pytest.raises(FileError) as raised:
        do(what)
    assert raised.value.reason == reason


def test_a_child_that_hangs_is_ended(misbehaving: probing.Prober) -> None:
    started = time.monotonic()
    with pytest.raises(ProberTimedOut):
        do("sleep")
    assert time.monotonic() - started < 10


def test_a_child_that_computes_for_ever_is_ended(
    misbehaving: probing.Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the kernel, also when nobody waits for it any more."""
    monkeypatch.setattr(prober_terms, "SECONDS", 30)
    started = time.monotonic()
    with pytest.raises(ProberTimedOut):
        do("loop")
    assert time.monotonic() - started < 20


def test_a_child_has_one_descriptor_and_no_environment(misbehaving: probing.Prober) -> None:
    assert do("environment").width <= 1001  # LC_CTYPE, which Python sets by itself
    assert do("descriptors").width == 1004  # in, out and err lead nowhere; the connection


def test_the_storages_time_is_not_the_childs(misbehaving: probing.Prober) -> None:
    def slow(offset: int, length: int) -> bytes:
        if offset:
            time.sleep(2.5)
        return b"wait".ljust(length)

    assert probing.probe(slow, 300 << 10).width == 64


def test_slow_storages_overlap_and_do_not_hold_the_cores(clips: Clips) -> None:
    content = clips.mp4
    read = reader(content)

    def slow(offset: int, length: int) -> bytes:
        time.sleep(0.5)
        return read(offset, length)

    threads = [threading.Thread(target=probing.probe, args=(slow, len(content))) for _ in range(16)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < 3  # one after the other they need 8 s


def test_a_default_timeout_of_sockets_changes_nothing(clips: Clips) -> None:
    """A Celery worker that is told to stop sets one, with links still under way."""
    content = clips.mp4

    def slow(offset: int, length: int) -> bytes:
        time.sleep(0.2)
        return content[offset : offset + length]

    socket.setdefaulttimeout(0.05)
    try:
        ours = probing.Prober(probing.PROGRAM)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(probing, "the_prober", ours)
            assert probing.probe(slow, len(content)).width == 64
        ours.stop()
    finally:
        socket.setdefaulttimeout(None)


def test_a_killed_prober_is_started_again(clips: Clips) -> None:
    probe(clips.mp4)
    process = probing.the_prober.process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert probe(clips.mp4).width == 64


def test_a_child_that_the_machine_killed_is_no_reason_to_fail_the_file(
    clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = probing._probe_once
    calls = []

    def killed_once(*args: object, **kwargs: object) -> probing.Facts:
        calls.append(args)
        if len(calls) == 1:
            raise ProberCrashed
        return whole(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(probing, "_probe_once", killed_once)
    assert probe(clips.mp4).width == 64
    assert len(calls) == 2


def test_a_machine_that_starts_no_process_is_not_the_files_fault() -> None:
    broken = probing.Prober("raise SystemExit")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probing, "the_prober", broken)
        with pytest.raises(ProberAbsent):
            do("anything")
    broken.stop()


def test_the_prober_goes_when_its_parent_is_gone(tmp_path: Path) -> None:
    ours = probing.Prober(probing.PROGRAM)
    with ours.connect():
        process = ours.process
        assert process is not None
        assert process.poll() is None
    ours.stop()
    assert process.poll() is not None
