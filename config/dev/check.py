"""`bin/check`: everything about the code that can be judged without running the tests."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from config.dev import processes, studio
from config.dev.places import ROOT, VENV_PYTHON
from config.dev.setup import set_up
from config.dev.signals import unwind_on_endings
from config.dev.trouble import run_command


@dataclass(frozen=True)
class Step:
    """Passes if the command ends with exit code 0."""

    name: str
    arguments: Sequence[str]  # of Python


_NO_DATABASE = "ignore:Got an error checking a consistent migration history:RuntimeWarning"

STEPS = (
    Step("lint of Python", ("-m", "ruff", "check")),
    Step("format of Python", ("-m", "ruff", "format", "--check")),
    Step("types", ("-m", "mypy", ".")),
    Step("lint of templates", ("-m", "djlint", "--quiet", "--lint", "templates")),
    Step(
        "every change of a model has its migration",
        ("-W", _NO_DATABASE, "manage.py", "makemigrations", "--check", "--dry-run"),
    ),
    Step(
        "settings of production",
        ("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
    ),
    Step("pins of packages", ("-m", "config.dev.pins")),
    Step("nothing names this machine", ("-m", "config.dev.private_names")),
)


def check(_arguments: list[str]) -> int:
    unwind_on_endings()
    set_up(tests=True)
    env = _production()
    failed = [step.name for step in STEPS if not _passes(step, env)]
    if failed:
        print(f"{len(failed)} of {len(STEPS)} checks have failed: {', '.join(failed)}.")
        return 1
    print(f"All {len(STEPS)} checks have passed.")
    return 0


def _passes(step: Step, env: dict[str, str]) -> bool:
    """One line for the verdict, and the output of a step that failed."""
    began = time.monotonic()
    done = processes.run([VENV_PYTHON, *step.arguments], env=env, cwd=ROOT)
    verdict = "FAILED" if done.returncode else "ok"
    print(f"{verdict:6}  {step.name} ({time.monotonic() - began:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout.strip() + "\n", flush=True)
    return done.returncode == 0


def _production() -> dict[str, str]:
    """Settings as an operator would give them. No server answers at these addresses."""
    hidden = studio.hide_dotenv()
    env = processes.environment(
        **hidden
        | {
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": "studio.example",
            "DATABASE_URL": "postgresql:///lectern?host=/nowhere",
            "REDIS_URL": "unix:///nowhere/valkey.sock",
        }
    )
    env.pop("DEBUG", None)
    return env


if __name__ == "__main__":
    run_command(check)
