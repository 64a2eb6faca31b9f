"""Locks end with their holder."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from config.dev import locks
from tests.dev.studios import ROOT, wait_until

HOLD = "from pathlib import Path; from config.dev import locks; import sys, time; \
locks.write_note(locks.take(Path(sys.argv[1])), 'a killed one'); print('held', flush=True); time.sleep(60)"


def test_a_lock_has_one_holder(tmp_path: Path) -> None:
    first = locks.take(tmp_path / "lock")
    assert first is not None
    assert locks.take(tmp_path / "lock") is None
    os.close(first)
    second = locks.take(tmp_path / "lock")
    assert second is not None
    os.close(second)


def test_a_shared_lock_has_many_and_keeps_the_single_one_out(tmp_path: Path) -> None:
    shared = [locks.take(tmp_path / "lock", shared=True) for _ in range(2)]
    assert None not in shared
    assert locks.take(tmp_path / "lock") is None
    for descriptor in shared:
        os.close(descriptor or -1)


def test_a_lock_of_a_killed_process_is_free_and_its_note_is_still_there(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "lock"], cwd=ROOT, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        assert locks.take(tmp_path / "lock") is None
        holder.kill()
    assert locks.read_note(tmp_path / "lock") == "a killed one"
    descriptor = locks.take(tmp_path / "lock")
    assert descriptor is not None
    os.close(descriptor)


def test_who_waits_for_a_lock_says_so_and_gets_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    holder = locks.take(tmp_path / "lock")
    assert holder is not None
    got_it = threading.Event()

    def wait() -> None:
        with locks.held(tmp_path / "lock", while_waiting="Waiting for another one."):
            got_it.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    wait_until(lambda: "Waiting for another one." in capsys.readouterr().err)
    assert not got_it.is_set()
    os.close(holder)
    waiting.join(5)
    assert got_it.is_set()
