"""What must be there before anything runs. A second call does nothing, in some 50 ms."""

from config.dev import front_end_packages, locks, venv_packages
from config.dev.places import ROOT


def set_up(*, tests: bool = False) -> None:
    """Install what is missing or has changed since the last time."""
    with locks.held(
        ROOT / ".setup.lock",
        while_waiting="Another command is setting up this checkout; waiting for it …",
    ):
        venv_packages.install(*venv_packages.RUN, *(venv_packages.TEST if tests else ()))
        front_end_packages.install()
