"""bin/check finds pins that do not agree."""

import json
import shutil
from pathlib import Path

import pytest

from config.dev import pins, private_names
from tests.dev.studios import ROOT


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what pins are about."""
    for file in (*ROOT.glob("requirements*"), ROOT / "package.json", ROOT / "package-lock.json"):
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(pins, "ROOT", tmp_path)
    monkeypatch.setattr("config.dev.venv_packages.is_installed", lambda _name: False)
    return tmp_path


def relevant() -> list[str]:
    """Without what is about the packages that are installed just now."""
    return [words for words in pins.complaints() if ".venv" not in words]


def test_the_pins_of_this_checkout_agree() -> None:
    assert list(pins.complaints()) == []


def change(path: Path, before: str, after: str) -> None:
    content = path.read_text()
    assert before in content
    path.write_text(content.replace(before, after))


@pytest.mark.parametrize(
    ("file", "before", "after", "words"),
    [
        ("requirements.txt", "django-htmx==", "django-htmy==", "does not pin it"),
        ("requirements.txt", "django==5.2", "django==6.2", "asks for Django~=5.2"),
        ("requirements.txt", "celery==", "celery>=", "not of the form"),
        ("requirements-test.txt", "asgiref==3", "asgiref==4", "asgiref is 3"),
        (
            "requirements.txt",
            "amqp==",
            "--index-" + "url x\namqp==",
            "not of the form",
        ),
        ("package.json", '"4.0.1"', '"^4.0.1"', "not one exact version"),
        ("package.json", '"4.0.1"', '"4.0.2"', "differ in their dependencies"),
        (
            "package-lock.json",
            '"integrity": "sha512-oF7',
            '"resolved": "sha512-oF7',
            "names a registry",
        ),
    ],
)
def test_a_defect_is_told(checkout: Path, file: str, before: str, after: str, words: str) -> None:
    assert relevant() == []
    change(checkout / file, before, after)
    assert any(words in complaint for complaint in relevant()), relevant()


def test_a_missing_front_end_package_is_told(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins, "NODE_MODULES", checkout / "node_modules")
    package = json.loads((checkout / "package.json").read_text())
    name, version = next(iter(package["dependencies"].items()))
    assert f"package-lock.json has node_modules/{name} {version}, and there is None." in relevant()


@pytest.mark.parametrize(
    "line",
    [
        "see https://" + "pypi" + ".org/simple",
        "pip install --index-" + "url x",
        "cd /home/" + "ada/lectern",
        "/Use" + "rs/ada/x",
        "ls /ro" + "ot/x",
    ],
)
def test_names_of_one_machine_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(private_names, "ROOT", tmp_path)
    (tmp_path / ".gitignore").write_text("/var/\n")
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "ignored").write_text(line)
    (tmp_path / "README.md").write_text(f"good\n{line}\n")
    (found,) = private_names.complaints()
    assert found.startswith("README.md, line 2: ")
