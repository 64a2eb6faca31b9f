"""The studio of one VAR_DIR: who runs it, its secret, and how its programs find its servers."""

import os
import secrets
from pathlib import Path

from config import env as dotenv
from config.dev import locks
from config.dev.trouble import Trouble

RUN_LOCK = "run.lock"
_USE_LOCK = "servers-in-use.lock"
_ENVIRONMENT = "dev.env"


class AlreadyRunning(Trouble):
    """Another command has this VAR_DIR's servers."""


def take_run_lock(var: Path, note: str) -> int:
    """Nobody starts or stops this VAR_DIR's servers but the holder. `note` says who that is."""
    lock = locks.take(var / RUN_LOCK)
    if lock is None:
        holder = locks.read_note(var / RUN_LOCK) or "another command"
        raise AlreadyRunning(f"The studio of {var} is already running ({holder}).")
    locks.write_note(lock, note)
    return lock


def borrow_servers(var: Path) -> int | None:
    """While this is held, a bin/manage that started the servers waits before it stops them."""
    return locks.take(var / _USE_LOCK, shared=True)


def servers_are_borrowed(var: Path) -> bool:
    lock = locks.take(var / _USE_LOCK)
    if lock is None:
        return True
    os.close(lock)
    return False


def environment(var: Path, urls: dict[str, str]) -> dict[str, str]:
    """What a program of the studio needs to know, under DEBUG."""
    return urls | {
        "VAR_DIR": str(var),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or _secret_key(var),
        "DEBUG": os.environ.get("DEBUG") or "1",
        "PYTHONUNBUFFERED": "1",
    }


def hide_dotenv() -> dict[str, str]:
    """What stands in `.env` is for a studio, not for tests: an empty value keeps the settings from it."""
    before = dict(os.environ)
    dotenv.load_dotenv()
    hidden = os.environ.keys() - before.keys()
    for name in hidden:
        del os.environ[name]
    return dict.fromkeys(hidden, "")


def _secret_key(var: Path) -> str:
    """Made once, so that a restart signs nobody out."""
    path = var / "secret_key"
    if not path.exists():
        _write_privately(path, secrets.token_urlsafe(64))
    return path.read_text(encoding="utf-8").strip()


def publish(var: Path, env: dict[str, str]) -> None:
    """For programs that are started by hand: the settings read this file under DEBUG=1."""
    names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG")
    _write_privately(var / _ENVIRONMENT, "".join(f"{name}={env[name]}\n" for name in names))


def unpublish(var: Path) -> None:
    (var / _ENVIRONMENT).unlink(missing_ok=True)


def published(var: Path) -> dict[str, str]:
    """What the running studio published; empty if it did not get that far yet."""
    try:
        lines = (var / _ENVIRONMENT).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines)


def _write_privately(path: Path, text: str) -> None:
    """Never half written, never readable for others, not even for a moment."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    unfinished.replace(path)
