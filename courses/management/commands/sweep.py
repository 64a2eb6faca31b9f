"""`manage.py sweep`: finds the work whose wake-up call was lost, for as long as the studio runs."""

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from config.wake_ups import BrokerSilent
from courses.sweeper import Sweeper

_log = logging.getLogger("lectern.sweeper")


class Command(BaseCommand):
    help = "Wake what waits for a worker that was never told, and end what broke off. Any number may run."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one sweep, then end")
        parser.add_argument("--every", type=float, default=2, metavar="SECONDS")

    def handle(self, *, once: bool, every: float, **_: Any) -> None:
        sweeper = Sweeper()
        if once:
            sweeper.sweep()
            return
        stopping = _stopping()
        _log.info("Sweeping every %g s.", every)
        outage = ""
        while not stopping.is_set():
            try:
                sweeper.sweep()
                if outage:
                    _log.info("%s answers again.", outage)
                outage = ""
            except (OperationalError, InterfaceError, BrokerSilent) as error:
                which = "Redis" if isinstance(error, BrokerSilent) else "PostgreSQL"
                if outage != which:
                    _log.warning(
                        "%s does not answer; sweeping goes on when it does: %s", which, error
                    )
                outage = which
                if which == "PostgreSQL":
                    connection.close()
            stopping.wait(every)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stopping() -> threading.Event:
    """Set by SIGTERM or Ctrl-C. A sweep that hangs in a server that does not answer is cut off: every
    change is a transaction of its own, and the next sweep finds what this one left."""
    event = threading.Event()

    def stop(*_: object) -> None:
        event.set()
        signal.setitimer(signal.ITIMER_REAL, 0.8)

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return event
