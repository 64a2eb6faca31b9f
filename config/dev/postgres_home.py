"""The folder of the PostgreSQL cluster."""

import secrets
from pathlib import Path

from config.dev.trouble import Trouble
from config.dev.unprivileged import Account, account_for

_SYSTEM_STATE = (Path("/var/lib"), Path("/var/db"))  # Linux, macOS


def find_or_make(var: Path) -> tuple[Path, Account]:
    """`var/postgres` and who runs PostgreSQL there.

    Where root runs us from a place that PostgreSQL's user cannot enter, `var/postgres` is a link to a
    folder under /var/lib with a name of its own: so deleting `var` gives a fresh world, moving it keeps
    the old one, and no permission of any folder has to change.
    """
    link = var / "postgres"
    account = account_for(link / "data")
    if link.is_symlink() and not link.exists():
        raise Trouble(
            f"The database is gone: {link} points to {link.readlink()}, which is not there. "
            f"Bring it back, or delete {link} to begin with an empty one."
        )
    if link.exists():
        home = link.resolve()
        _check_owner(home, account)
    elif account.reaches(var):
        home = link
        _make(home)
    else:
        home = _make_in_system_state()
        link.symlink_to(home)
    if not account.reaches(home):
        raise Trouble(
            f"The user that runs PostgreSQL (number {account.uid}) cannot enter {home}. "
            f"Make its parent folders enterable for all, or give the studio another VAR_DIR."
        )
    return home, account


def _check_owner(home: Path, account: Account) -> None:
    data = home / "data"
    try:
        owner = data.stat().st_uid
    except FileNotFoundError:
        return
    if owner != account.uid:
        raise Trouble(
            f"The database in {data} belongs to another user (number {owner}), as when root ran the "
            "studio before. Run it as root again, or give it another VAR_DIR."
        )


def _make(home: Path) -> None:
    home.mkdir(exist_ok=True)
    home.chmod(0o711)  # ours and new; whatever the umask says, its servers must be able to enter


def _make_in_system_state() -> Path:
    parent = next((folder for folder in _SYSTEM_STATE if folder.is_dir()), None)
    if parent is None:
        raise Trouble("There is neither /var/lib nor /var/db for the database: set DATABASE_URL.")
    home = parent / f"lectern-{secrets.token_hex(6)}"
    _make(home)
    return home
