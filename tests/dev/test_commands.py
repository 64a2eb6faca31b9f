"""The shell scripts in bin/, before there is a Python of ours."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.dev.studios import ROOT

OLD = "#!/bin/sh\nexit 1\n"  # what a Python that is too old answers to our question
NEW = '#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "new: $*"\n'


def run(
    command: str, path: Path, *arguments: str, cwd: Path = ROOT
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [ROOT / "bin" / command, *arguments],
        env={"PATH": os.pathsep.join([str(path), str(path / "system")])},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH with the tools of the system that the scripts use, and no Python yet."""
    system = tmp_path / "system"
    system.mkdir()
    for tool in ("sh", "dirname"):
        found = next(
            place for place in (Path("/bin", tool), Path("/usr/bin", tool)) if place.exists()
        )
        (system / tool).symlink_to(found)
    return tmp_path


def put(path: Path, name: str, script: str) -> None:
    (path / name).write_text(script)
    (path / name).chmod(0o755)


@pytest.mark.parametrize("command", ["dev", "test", "check", "manage"])
def test_no_python_is_told_in_a_sentence(path: Path, command: str) -> None:
    done = run(command, path)
    assert done.returncode == 1
    assert done.stderr == (
        f"bin/{command} needs Python 3.11 or newer, and there is none on PATH: "
        "install it and try again.\n"
    )


def test_a_python_that_is_too_old_is_told_in_a_sentence(path: Path) -> None:
    put(path, "python3", OLD)
    done = run("dev", path)
    assert done.returncode == 1
    assert done.stderr.startswith("bin/dev needs Python 3.11 or newer")


def test_python3_is_taken_if_it_is_new_enough(path: Path) -> None:
    put(path, "python3", NEW)
    put(path, "python3.14", OLD)
    assert run("test", path, "-k", "two words").stdout == "new: -m config.dev.test -k two words\n"


def test_a_newer_python_is_found_beside_an_old_one(path: Path) -> None:
    put(path, "python3", OLD)
    put(path, "python3.14", OLD)  # as a shim without a Python behind it
    put(path, "python3.12", NEW)
    assert run("check", path).stdout == "new: -m config.dev.check\n"


def test_the_commands_may_be_called_from_anywhere(path: Path, tmp_path: Path) -> None:
    put(path, "python3", '#!/bin/sh\n[ "$1" = -c ] && exit 0\npwd -P\n')
    assert run("dev", path, cwd=tmp_path).stdout == f"{ROOT}\n"
