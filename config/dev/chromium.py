"""A Chromium for the browser tests: the one that is there, or one that can be had."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from config.dev import processes
from config.dev.places import ROOT, VENV_PYTHON
from config.dev.trouble import Trouble, say

_ON_PATH = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
_ON_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_WHERE_PLAYWRIGHT_PUTS_IT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
_PLAYWRIGHT_MAY_LOAD_FOR = 180.0
_APT_MAY_LOAD_FOR = 600.0


def find() -> Path:
    """The first that starts; what is already here comes before what must be fetched."""
    if named := os.environ.get("CHROMIUM", "").strip():
        if found := _first_that_starts([shutil.which(named) or named]):
            return found
        raise Trouble(f"CHROMIUM={named} does not start: name another, or unset it.")
    for look in _WAYS:
        if found := _first_that_starts(look()):
            return found
    raise Trouble(
        "There is no Chromium for the browser tests, and none could be fetched. Install Chromium or "
        "Chrome by the means of this system, or name one: CHROMIUM=/path/to/chromium bin/test"
    )


def _first_that_starts(candidates: Iterator[str] | list[str]) -> Path | None:
    """Ubuntu's chromium-browser, for one, may be a script that only recommends a package."""
    for candidate in candidates:
        try:
            asked = processes.run(
                [candidate, "--version"], env=processes.environment(), cwd=ROOT, timeout=30
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if asked.returncode == 0:
            return Path(candidate)
    return None


def _installed() -> Iterator[str]:
    for name in _ON_PATH:
        if found := shutil.which(name):
            yield found
    if sys.platform == "darwin":
        yield from _ON_MACOS


def _of_playwright() -> Iterator[str]:
    """Installed by Playwright at some time."""
    asked = processes.run(
        [VENV_PYTHON, "-c", _WHERE_PLAYWRIGHT_PUTS_IT], env=processes.environment(), cwd=ROOT
    )
    if asked.returncode == 0:
        yield asked.stdout.strip()


def _fetched_by_playwright() -> Iterator[str]:
    say("There is no Chromium here. Asking Playwright for one …")
    argv: list[str | Path] = [VENV_PYTHON, "-m", "playwright", "install", "chromium"]
    if _succeeds(argv, within=_PLAYWRIGHT_MAY_LOAD_FOR):
        yield from _of_playwright()


def _fetched_by_apt() -> Iterator[str]:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say("Playwright has none. Installing Debian's package chromium …")
    wait = "DPkg::Lock::Timeout=300"
    install = ["apt-get", "-o", wait, "install", "-y", "--no-install-recommends", "chromium"]
    if _succeeds(["apt-get", "-o", wait, "update"], within=_APT_MAY_LOAD_FOR) and _succeeds(
        list(install), within=_APT_MAY_LOAD_FOR
    ):
        yield from _installed()


def _succeeds(argv: list[str | Path], *, within: float) -> bool:
    env = processes.environment(DEBIAN_FRONTEND="noninteractive")
    try:
        done = processes.run(argv, env=env, cwd=ROOT, timeout=within)
    except (OSError, subprocess.TimeoutExpired) as error:
        say(f"{argv[0]}: {error}")
        return False
    if done.returncode:
        say("\n".join(done.stdout.strip().splitlines()[-5:]))
    return done.returncode == 0


_WAYS: tuple[Callable[[], Iterator[str]], ...] = (
    _installed,
    _of_playwright,
    _fetched_by_playwright,
    _fetched_by_apt,
)
