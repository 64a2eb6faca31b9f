"""PostgreSQL refuses root: as whom it runs instead, and what that user can reach."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from config.dev.trouble import Trouble

_NOBODY_WHERE_IT_HAS_NO_NAME = 65534


class PopenUser(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """The user that a server runs as: this process's own, or another if this process is root."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    def for_popen(self) -> PopenUser:
        if self.is_ours:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make a new file or folder of ours theirs."""
        if not self.is_ours:
            os.chown(path, self.uid, self.gid)

    def reaches(self, folder: Path) -> bool:
        """Asked of the kernel, as that user: modes alone do not know of ACLs and mounts."""
        if self.is_ours:
            return True
        try:
            asked = subprocess.run(
                ["/bin/sh", "-c", 'cd -- "$1"', "sh", folder],
                cwd="/",
                stderr=subprocess.DEVNULL,
                check=False,
                **self.for_popen(),
            )
        except OSError as error:
            raise Trouble(
                "PostgreSQL refuses to run as root, and this root may not become another user "
                f"({error.strerror}). Run as an ordinary user, or set DATABASE_URL."
            ) from None
        return asked.returncode == 0


def account_for(cluster: Path) -> Account:
    """Of who runs this; for root the owner of an existing cluster, else `nobody`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(_NOBODY_WHERE_IT_HAS_NO_NAME, _NOBODY_WHERE_IT_HAS_NO_NAME)
    return Account(nobody.pw_uid, nobody.pw_gid)
