"""Where the browser of the tests comes from, in which order."""

import os
from pathlib import Path

import pytest

from config.dev import chromium
from config.dev.trouble import Trouble

GOOD = "#!/bin/sh\necho Chromium 150\n"
EMPTY_SHELL = "#!/bin/sh\necho Please install the package >&2\nexit 1\n"


@pytest.fixture(autouse=True)
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any, on which every attempt to fetch one is written down and fails."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.defpath}")
    monkeypatch.setattr(chromium, "_ON_PATH", ("test-chromium", "test-chrome"))
    monkeypatch.setattr(chromium, "_ON_MACOS", ())
    monkeypatch.setattr(chromium, "_WHERE_PLAYWRIGHT_PUTS_IT", f"print('{tmp_path}/of-playwright')")
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which fetchers were called. They bring what the test puts into `brings`."""
    calls: list[str] = []

    def fetch(argv: list[str | Path], *, within: float) -> bool:
        calls.append(" ".join(str(part) for part in argv if "/" not in str(part)))
        return False

    monkeypatch.setattr(chromium, "_succeeds", fetch)
    put(tmp_path / "apt-get", GOOD)
    return calls


def put(path: Path, script: str) -> Path:
    path.write_text(script)
    path.chmod(0o755)
    return path


def test_the_one_that_is_named_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fetched: list[str]
) -> None:
    named = put(tmp_path / "named", GOOD)
    put(tmp_path / "test-chromium", GOOD)
    monkeypatch.setenv("CHROMIUM", str(named))
    assert chromium.find() == named


def test_one_that_is_named_and_does_not_start_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fetched: list[str]
) -> None:
    put(tmp_path / "test-chromium", GOOD)
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "missing"))
    with pytest.raises(Trouble, match="does not start"):
        chromium.find()


def test_an_installed_one_comes_before_one_of_playwright(
    tmp_path: Path, fetched: list[str]
) -> None:
    put(tmp_path / "of-playwright", GOOD)
    installed = put(tmp_path / "test-chrome", GOOD)
    assert chromium.find() == installed


def test_one_that_does_not_start_is_passed_over(tmp_path: Path, fetched: list[str]) -> None:
    put(tmp_path / "test-chromium", EMPTY_SHELL)
    installed = put(tmp_path / "test-chrome", GOOD)
    assert chromium.find() == installed


def test_one_of_playwright_is_taken_before_any_is_fetched(
    tmp_path: Path, fetched: list[str]
) -> None:
    of_playwright = put(tmp_path / "of-playwright", GOOD)
    assert chromium.find() == of_playwright
    assert fetched == []


def test_playwright_is_asked_before_apt_and_none_at_all_is_told(fetched: list[str]) -> None:
    with pytest.raises(Trouble, match="There is no Chromium"):
        chromium.find()
    assert [call.split()[0] for call in fetched] == ["-m", "apt-get"]
    assert fetched[0] == "-m playwright install chromium"


def test_who_is_not_root_does_not_call_apt(
    monkeypatch: pytest.MonkeyPatch, fetched: list[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Trouble, match="There is no Chromium"):
        chromium.find()
    assert len(fetched) == 1


def test_what_apt_installs_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def install(argv: list[str | Path], *, within: float) -> bool:
        if argv[0] == "apt-get" and "install" in argv:
            put(tmp_path / "test-chromium", GOOD)
        return argv[0] == "apt-get"

    put(tmp_path / "apt-get", GOOD)
    monkeypatch.setattr(chromium, "_succeeds", install)
    assert chromium.find() == tmp_path / "test-chromium"
