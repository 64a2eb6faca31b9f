"""Folders for unix sockets, whose paths may have only some hundred bytes."""

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from config.dev.trouble import Trouble
from config.dev.unprivileged import Account

_LONGEST = 103 if sys.platform == "darwin" else 107


def make(preferred: Path, socket_name: str, account: Account) -> Path:
    """`preferred` if a socket can be in it and be named in a URL, else a folder of its own in /tmp.

    Only `account` and root can enter it: that is the access control of the server behind.
    """
    if _will_do(preferred, socket_name):
        return _private(preferred, account)
    name = f"lectern-{hashlib.sha256(os.fsencode(preferred)).hexdigest()[:12]}"
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - owner and mode are checked
        if _will_do(parent / name, socket_name) and account.reaches(parent):
            return _private(parent / name, account)
    raise Trouble(
        f"No folder for a socket: the path {preferred} is too long. Set a shorter VAR_DIR."
    )


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _will_do(folder: Path, socket_name: str) -> bool:
    """libpq takes a comma for the end of a host, and not everybody undoes the quoting of a URL."""
    path = folder / socket_name
    return len(os.fsencode(path)) <= _LONGEST and quote(os.fsencode(path)) == str(path)


def _private(folder: Path, account: Account) -> Path:
    """Made 0700 by us, or found so; whatever else stands there may be somebody's trap.

    It is emptied: PostgreSQL believes a lock file that names any process, even a dead one that nobody
    has waited for. The caller holds the server's lock, so nothing in here is in use.
    """
    try:
        folder.mkdir(mode=0o700)
        account.give(folder)
    except FileExistsError:
        pass
    found = folder.lstat()
    if found.st_uid != account.uid or found.st_mode != stat.S_IFDIR | 0o700:
        raise Trouble(
            f"{folder} should be a private folder of the studio's server and is not: "
            "somebody else made it. Remove it and start again."
        )
    for left_over in folder.iterdir():
        left_over.unlink()
    return folder
