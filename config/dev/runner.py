"""The loop of bin/dev: starts the studio's programs, shows what they say, restarts and stops them."""

import contextlib
import select
import signal
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from config.dev.code_changes import CodeChanges
from config.dev.minder import Minder
from config.dev.places import ROOT
from config.dev.private_servers import PrivateServers
from config.dev.program import Plan, Program
from config.dev.readiness import Readiness
from config.dev.ready_check import ReadyCheck
from config.dev.server_keeper import ServerKeeper
from config.dev.signals import call_on_endings
from config.dev.terminal import Terminal
from config.dev.trouble import GivenUp, Trouble

_TICK = 0.05
_LOOK_AT_CODE_EVERY = 0.25
_STOP_A_SERVER_WITHIN = 0.8


class Runner:
    """Single-threaded, so that children may be bound to our life (see `die_with_parent`)."""

    def __init__(self, servers: PrivateServers, terminal: Terminal, minder: Minder) -> None:
        self._servers = servers
        self._terminal = terminal
        self._minder = minder
        self._programs: list[Program] = []
        self._keepers: list[ServerKeeper] = []
        self._endings = 0
        self._waker, self._woken = socket.socketpair()

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Whatever happens inside: afterwards no process is left. Raises GivenUp if somebody ends it."""
        with self._woken_by_signals():
            try:
                self._servers.start(given_up=self._is_ending)
                self._check_endings()
                self._keepers = [
                    ServerKeeper(server, self._terminal.tell) for server in self._servers.all
                ]
                yield
            finally:
                self._stop()

    def run_to_its_end(self, plan: Plan, env: Mapping[str, str]) -> None:
        """A command that the studio cannot do without."""
        command = self._add(plan, env)
        command.start(time.monotonic())
        while command.is_running:
            self._turn()
        self._programs.remove(command)
        if command.exit_code:
            raise Trouble("The database could not be brought up to date: the reason stands above.")

    def keep_running(
        self,
        plans: Sequence[Plan],
        env: Mapping[str, str],
        changes: CodeChanges,
        check: ReadyCheck,
        welcome: str,
    ) -> NoReturn:
        """For ever: somebody ends it."""
        began = time.monotonic()
        for plan in plans:
            self._add(plan, env).start(began)
        readiness = Readiness(self._programs, check, self._terminal, since=began, welcome=welcome)
        look_at = 0.0
        while True:
            self._turn()
            now = time.monotonic()
            readiness.attend(now)
            if now >= look_at:
                look_at = now + _LOOK_AT_CODE_EVERY
                self._terminal.notice_hang_up()
                if changed := changes.since_last_time():
                    self._terminal.tell(f"{_in_words(changed)} changed: restarting.")
                    for program in self._programs:
                        program.restart(now)
                    readiness.begin_again(now)

    def _add(self, plan: Plan, env: Mapping[str, str]) -> Program:
        program = Program(plan, env, ROOT, self._terminal.show, self._terminal.tell, self._minder)
        self._programs.append(program)
        return program

    def _turn(self) -> None:
        """Wait for something to happen, for a moment at most, and see to it."""
        self._wait_and_read()
        now = time.monotonic()
        for program in self._programs:
            program.attend(now)
        for keeper in self._keepers:
            if keeper.attend(now):
                for program in self._programs:
                    program.retry(now)
        self._check_endings()

    def _wait_and_read(self) -> None:
        speaking = {program.output: program for program in self._programs if program.output}
        if self._terminal.is_behind:
            speaking.clear()
        mouth = [self._terminal.descriptor] if self._terminal.has_pending else []
        alarm = self._woken.fileno()
        heard, _, _ = select.select([alarm, *speaking], mouth, (), _TICK)
        for source in heard:
            if source == alarm:
                self._woken.recv(4096)
            else:
                speaking[source].read()
        self._terminal.write()

    def _check_endings(self) -> None:
        if self._is_ending():
            raise GivenUp

    def _is_ending(self) -> bool:
        return self._endings > 0 or self._terminal.is_broken

    def _stop(self) -> None:
        """Programs first, then the servers that they use. Asked twice: at once."""
        if self._endings:
            self._terminal.tell("Stopping …")
        self._keepers = []
        now = time.monotonic()
        asked = self._endings
        for program in self._programs:
            program.stop(now)
        while any(program.is_running for program in self._programs):
            if self._endings > asked:
                for program in self._programs:
                    program.stop_at_once()
            self._wait_and_read()
            for program in self._programs:
                program.attend(time.monotonic())
        for server in self._servers.all:
            server.stop(within=_STOP_A_SERVER_WITHIN)
        self._terminal.finish(within=0.3)

    @contextlib.contextmanager
    def _woken_by_signals(self) -> Iterator[None]:
        """`select` returns at once when a child ends or somebody wants us to end."""

        def note() -> None:
            self._endings += 1

        self._waker.setblocking(False)  # noqa: FBT003
        before = signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        call_on_endings(note)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _in_words(changed: set[str]) -> str:
    first, *others = sorted(changed)
    return f"{first} and {len(others)} more files" if others else first
