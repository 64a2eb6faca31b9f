"""`.venv` is made once, and mended when it is not what it was. pip itself is not called here."""

import json
import shutil
from pathlib import Path

import pytest

from config.dev import venv_packages
from config.dev.trouble import Trouble


class Checkout:
    """An own one, with a real `.venv`; installing is only written down."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.installed: list[str] = []
        self.made = 0
        self._make = venv_packages._make_venv
        self._patch = monkeypatch
        monkeypatch.setattr(venv_packages, "_pip_install", self.installed.extend)
        monkeypatch.setattr(venv_packages, "_make_venv", self._count)
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
        monkeypatch.setattr(venv_packages, "_system_pip_works", lambda: True)
        self.is_at(root)

    def is_at(self, root: Path) -> None:
        self.root = root
        self._patch.setattr(venv_packages, "ROOT", root)
        self._patch.setattr(venv_packages, "VENV", root / ".venv")
        self._patch.setattr(venv_packages, "VENV_PYTHON", root / ".venv" / "bin" / "python")
        self._patch.setattr(venv_packages, "_STAMP", root / ".venv" / "lectern.json")

    def _count(self) -> None:
        self.made += 1
        self._make()

    def install(self, *names: str) -> tuple[int, list[str]]:
        """How often `.venv` was made for it, and what pip was asked for."""
        self.made = 0
        self.installed.clear()
        venv_packages.install(*names)
        return self.made, list(self.installed)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    root = tmp_path / "mit Leerzeichen ß"
    root.mkdir()
    for name in ("a.txt", "b.txt"):
        (root / name).write_text("x==1\n")
    checkout = Checkout(root, monkeypatch)
    assert checkout.install("a.txt") == (1, ["a.txt"])
    return checkout


def test_a_second_time_nothing_is_done(checkout: Checkout) -> None:
    assert checkout.install("a.txt") == (0, [])


def test_more_is_added(checkout: Checkout) -> None:
    assert checkout.install("a.txt", "b.txt") == (0, ["b.txt"])
    assert checkout.install("a.txt") == (0, [])
    assert venv_packages.is_installed("b.txt")


def test_changed_pins_are_installed(checkout: Checkout) -> None:
    (checkout.root / "a.txt").write_text("x==2\n")
    assert not venv_packages.is_installed("a.txt")
    assert checkout.install("a.txt") == (0, ["a.txt"])


def test_an_interrupted_installation_is_begun_anew(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_names: object) -> None:
        raise KeyboardInterrupt

    (checkout.root / "a.txt").write_text("x==2\n")
    with monkeypatch.context() as context:
        context.setattr(venv_packages, "_pip_install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            venv_packages.install("a.txt")
    assert checkout.install("a.txt") == (1, ["a.txt"])


def test_a_broken_python_is_replaced(checkout: Checkout) -> None:
    python = checkout.root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert checkout.install("a.txt") == (1, ["a.txt"])


def test_another_python_is_noticed(checkout: Checkout) -> None:
    stamp = checkout.root / ".venv" / "lectern.json"
    content = json.loads(stamp.read_text())
    content["identity"] = content["identity"].replace("cpython-3", "cpython-2")
    stamp.write_text(json.dumps(content))
    assert checkout.install("a.txt") == (1, ["a.txt"])


def test_a_moved_checkout_is_noticed(checkout: Checkout) -> None:
    moved = checkout.root.with_name("moved")
    checkout.root.rename(moved)
    checkout.is_at(moved)
    assert checkout.install("a.txt") == (1, ["a.txt"])


def test_a_stamp_that_is_nonsense_is_none(checkout: Checkout) -> None:
    (checkout.root / ".venv" / "lectern.json").write_text("[]")
    assert checkout.install("a.txt") == (1, ["a.txt"])


def test_a_python_without_venv_and_pip_is_told_which_package_to_install(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(venv_packages, "_system_pip_works", lambda: False)
    shutil.rmtree(checkout.root / ".venv")
    with pytest.raises(Trouble, match="apt install python3-venv"):
        checkout.install("a.txt")


def test_a_full_disk_is_told_in_a_sentence(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = checkout.root / "pip"
    pip.write_text("#!/bin/sh\necho '[Errno 28] No space left on device'\nexit 1\n")
    pip.chmod(0o755)
    monkeypatch.undo()
    monkeypatch.setattr(venv_packages, "_pip", lambda: [pip])
    monkeypatch.setattr(venv_packages, "ROOT", checkout.root)
    with pytest.raises(Trouble, match="The disk is full"):
        venv_packages._pip_install(["a.txt"])
