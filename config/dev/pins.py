"""Whether the pins of the packages agree: with each other, with what is asked for, with what is here.

Runs in `.venv`, as one step of bin/check.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from config.dev import venv_packages
from config.dev.places import NODE_MODULES, ROOT

_NAMES = ("requirements", "requirements-local", "requirements-test", "requirements-node")
_BROUGHT_BY_VENV = {"pip", "setuptools"}
_EXACT_PIN = re.compile(r"[A-Za-z0-9._-]+==[^ *]+( ; .+)?")
_EXACT_VERSION = re.compile(r"\d+\.\d+\.\d+(-[\w.]+)?")

Pins = dict[NormalizedName, Requirement]


def complaints() -> Iterator[str]:
    pins = {name: _read_pins(name) for name in _NAMES}
    for name in _NAMES:
        yield from _about_lines(name)
        yield from _about_wishes(name, pins[name])
    yield from _about_agreement(pins)
    yield from _about_this_venv(pins)
    yield from _about_dependencies()
    yield from _about_front_end()


def _lines(file: str) -> list[str]:
    """Without comments."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [bare for line in lines if (bare := line.partition("#")[0].strip())]


def _read_pins(name: str) -> Pins:
    lines = [line for line in _lines(f"{name}.txt") if _EXACT_PIN.fullmatch(line)]
    return {canonicalize_name(pin.name): pin for pin in map(Requirement, lines)}


def _about_lines(name: str) -> Iterator[str]:
    for line in _lines(f"{name}.txt"):
        if not _EXACT_PIN.fullmatch(line):
            yield f"{name}.txt: `{line}` is not of the form name==version."


def _about_wishes(name: str, pins: Pins) -> Iterator[str]:
    for line in _lines(f"{name}.in"):
        if line.startswith("-c "):
            continue
        wish = Requirement(line)
        pin = pins.get(canonicalize_name(wish.name))
        if pin is None:
            yield f"{name}.in asks for {wish.name}, and {name}.txt does not pin it."
        elif not wish.specifier.contains(_version(pin)):
            yield f"{name}.in asks for {wish}, and {name}.txt pins {pin}."


def _version(pin: Requirement) -> str:
    return next(iter(pin.specifier)).version


def _about_agreement(pins: dict[str, Pins]) -> Iterator[str]:
    first: dict[str, tuple[str, str]] = {}
    for file, pinned in pins.items():
        for package, pin in pinned.items():
            other, version = first.setdefault(package, (file, _version(pin)))
            if version != _version(pin):
                yield f"{package} is {version} in {other}.txt and {_version(pin)} in {file}.txt."


def _about_this_venv(pins: dict[str, Pins]) -> Iterator[str]:
    installed = {canonicalize_name(found.name): found.version for found in metadata.distributions()}
    expected: set[NormalizedName] = set()
    for file, pinned in pins.items():
        if not venv_packages.is_installed(f"{file}.txt"):
            continue
        for package, pin in pinned.items():
            if pin.marker and not pin.marker.evaluate():
                continue
            expected.add(package)
            found = installed.get(package)
            if found != _version(pin):
                yield f"{file}.txt pins {pin}, and .venv has {found or 'none'}."
    for package in installed.keys() - expected - _BROUGHT_BY_VENV:
        yield f".venv has {package}, which nothing pins: delete .venv."


def _about_dependencies() -> Iterator[str]:
    """As `pip check` does, which a `.venv` may not have."""
    installed = {canonicalize_name(found.name): found.version for found in metadata.distributions()}
    for found in metadata.distributions():
        for need in map(Requirement, found.requires or ()):
            if need.marker and not need.marker.evaluate({"extra": ""}):
                continue
            version = installed.get(canonicalize_name(need.name))
            if version is None or not need.specifier.contains(version, prereleases=True):
                yield f"{found.name} needs {need}, and .venv has {version or 'none'}."


def _about_front_end() -> Iterator[str]:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for kind in ("dependencies", "devDependencies"):
        wanted = package.get(kind, {})
        if wanted != locked[""].get(kind, {}):
            yield f"package.json and package-lock.json differ in their {kind}: run npm install."
        for name, version in wanted.items():
            if not _EXACT_VERSION.fullmatch(version):
                yield f"package.json: {name} is {version}, which is not one exact version."
            elif locked.get(f"node_modules/{name}", {}).get("version") != version:
                yield f"package-lock.json does not have {name} {version}: run npm install."
    for path, entry in locked.items():
        if path and "integrity" not in entry:
            yield f"package-lock.json: {path} has no integrity."
        if "resolved" in entry:
            yield f"package-lock.json: {path} names a registry."
    yield from _about_node_modules(locked)


def _about_node_modules(locked: dict[str, dict[str, str]]) -> Iterator[str]:
    for path, entry in locked.items():
        if not path:
            continue
        manifest = NODE_MODULES.parent / path / "package.json"
        found = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
        if found.get("version") != entry["version"]:
            yield f"package-lock.json has {path} {entry['version']}, and there is {found.get('version')}."


if __name__ == "__main__":
    found = list(complaints())
    print("\n".join(found))
    sys.exit(bool(found))
