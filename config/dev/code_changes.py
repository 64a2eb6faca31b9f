"""Which of the studio's own files changed, by looking at them.

Looking costs 1 ms for 120 files, four times a second: less than a dependency would.
"""

import os
from collections.abc import Iterator
from pathlib import Path

# Tests and benchmarks are not part of the running studio, and this package runs outside of it.
_NOT_WATCHED = {"tests", "benchmarks", "node_modules", "static", "templates", "__pycache__"}

Snapshot = dict[str, tuple[int, int, int]]


class CodeChanges:
    def __init__(self, root: Path, *, but_not: Path) -> None:
        self._root = root
        self._skipped = {str(but_not), str(root / "config" / "dev")}
        self._known = self._look()
        self._latest = self._known

    def since_last_time(self) -> set[str]:
        """Paths below the root, once a look finds them as the look before: editors write in steps."""
        now = self._look()
        moving = _difference(self._latest, now)
        self._latest = now
        if moving:
            return set()
        changed = _difference(self._known, now)
        self._known = now
        return {os.path.relpath(path, self._root) for path in changed}

    def _look(self) -> Snapshot:
        return dict(self._files(str(self._root), top=True))

    def _files(
        self, folder: str, *, top: bool = False
    ) -> Iterator[tuple[str, tuple[int, int, int]]]:
        try:
            entries = list(os.scandir(folder))
        except OSError:  # removed a moment ago
            return
        for entry in entries:
            if entry.name in _NOT_WATCHED or entry.path in self._skipped:
                continue
            if entry.name.endswith(".py") or (top and entry.name == ".env"):
                try:
                    found = entry.stat()
                except OSError:
                    continue
                yield entry.path, (found.st_mtime_ns, found.st_size, found.st_ino)
            elif not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                yield from self._files(entry.path)


def _difference(before: Snapshot, after: Snapshot) -> set[str]:
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
