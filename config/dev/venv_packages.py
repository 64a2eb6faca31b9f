"""The Python packages: `.venv`, made and mended."""

import hashlib
import importlib.util
import json
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from config.dev import processes
from config.dev.places import ROOT, VENV, VENV_PYTHON
from config.dev.trouble import Trouble, disk_full, say, says_disk_full

RUN = ("requirements.txt", "requirements-local.txt")
TEST = ("requirements-test.txt",)
NODE = ("requirements-node.txt",)


class Stamp(TypedDict):
    """What was installed, by which Python, at which place."""

    root: str
    identity: str
    files: dict[str, str]


# Written last and removed first: where it is missing, a setup was interrupted.
_STAMP = VENV / "lectern.json"

# A checkout may be moved, its Python upgraded, or the folder shared with a container of another system.
_IDENTITY = """
import os, sys
system = os.uname()
print(sys.implementation.cache_tag, system.sysname, system.machine, sys.prefix)
"""


def install(*names: str) -> None:
    """See to it that `.venv` is sound and has the pinned packages of these files."""
    stamp = _read_stamp()
    if stamp is None:
        say("Making .venv …")
        _make_venv()
        stamp = Stamp(root=str(ROOT), identity=_identity(), files={})
    wanted = {name: _digest(name) for name in names}
    missing = [name for name in names if stamp["files"].get(name) != wanted[name]]
    if missing:
        say(f"Installing the Python packages of {' and '.join(missing)} …")
        _STAMP.unlink(missing_ok=True)
        _pip_install(missing)
        stamp["files"].update(wanted)
        _STAMP.write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def is_installed(name: str) -> bool:
    """Whether the packages of this file, as it is now, are in `.venv`."""
    stamp = _read_stamp()
    return stamp is not None and stamp["files"].get(name) == _digest(name)


def _read_stamp() -> Stamp | None:
    """None if `.venv` is not sound, or not that of this checkout at this place."""
    try:
        stamp: Stamp = json.loads(_STAMP.read_text(encoding="utf-8"))
        sound = stamp["root"] == str(ROOT) and stamp["identity"] == _identity()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return stamp if sound else None


def _identity() -> str:
    """Of the Python in `.venv`; empty if it does not run."""
    try:
        asked = processes.run(
            [VENV_PYTHON, "-I", "-S", "-c", _IDENTITY], env=processes.environment(), cwd=ROOT
        )
    except OSError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def _make_venv() -> None:
    """With pip inside where Python can; Debian leaves that part (ensurepip) out."""
    has_ensurepip = importlib.util.find_spec("ensurepip") is not None
    if not has_ensurepip and not _system_pip_works():
        raise Trouble(
            f"This Python ({sys.version.split()[0]}) comes without its venv parts and without pip. "
            "Install them and try again; on Debian and Ubuntu: apt install python3-venv"
        )
    builder = venv.EnvBuilder(clear=True, symlinks=True, with_pip=has_ensurepip)
    try:
        builder.create(VENV)
    except subprocess.CalledProcessError as error:
        output = (error.output or b"").decode(errors="replace")
        if says_disk_full(output):
            raise Trouble(disk_full(VENV)) from None
        raise Trouble(
            f"The virtual environment {VENV} could not be made: see above.", output
        ) from None


def _pip_install(names: Iterable[str]) -> None:
    requirements = [part for name in names for part in ("-r", name)]
    try:
        done = processes.run(
            [
                *_pip(),
                "install",
                "--quiet",
                "--no-input",
                "--no-deps",  # the files are complete; bin/check sees to that
                "--disable-pip-version-check",
                "--no-warn-script-location",
                "--root-user-action=ignore",
                *requirements,
            ],
            env=processes.environment(PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0"),
            cwd=ROOT,
        )
    except OSError as error:
        raise Trouble(f"pip could not be started ({error}): delete .venv and try again.") from None
    if done.returncode == 0:
        return
    if says_disk_full(done.stdout):
        raise Trouble(disk_full(VENV))
    raise Trouble(
        "The Python packages could not be installed: pip's words are above. "
        "Most often the package index cannot be reached, or has nothing for this system.",
        "\n".join(done.stdout.strip().splitlines()[-25:]),
    )


def _pip() -> list[str | Path]:
    """pip, without the user's PYTHONPATH: what lies there would count as installed (-I)."""
    if next(VENV.glob("lib/python3*/site-packages/pip"), None):
        return [VENV_PYTHON, "-I", "-m", "pip"]
    return [_outer_python(), "-I", "-m", "pip", "--python", VENV_PYTHON]


def _system_pip_works() -> bool:
    """Since 22.3 (end of 2022) pip can install into another environment."""
    argv = [_outer_python(), "-I", "-m", "pip", "--python", _outer_python(), "--version"]
    return processes.run(argv, env=processes.environment(), cwd=ROOT).returncode == 0


def _outer_python() -> str:
    """The Python outside of any virtual environment: ours may be the active one, and be made anew."""
    return str(getattr(sys, "_base_executable", sys.executable))
