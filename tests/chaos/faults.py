"""What may happen to a studio, each with its cure. `cases` are those of docs/reliability.md."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import ClassVar, cast, get_args

import psycopg
import redis

from config.dev.server import Server
from tests.chaos.names import World
from tests.chaos.orders import Flaw, Mishap, StorageOrders, waiting
from tests.chaos.programs import Program, children_of
from tests.chaos.studio import WORKERS, Studio

_LONGER_THAN_A_LEASE = 16.5
_QUEUE = "celery"
_PATIENCE_WITH_WORK = 2.0


@dataclass
class Fault(ABC):
    """`targets` have one fault at a time. `end` may fail and is called again then."""

    studio: Studio
    world: World
    chance: Random
    about: str = ""
    targets: set[str] = field(init=False)
    name: ClassVar[str]
    cases: ClassVar[str] = ""
    strikes: ClassVar[tuple[str, ...]] = ()
    lasts: ClassVar[tuple[float, float]] = (0, 0)

    def __post_init__(self) -> None:
        self.targets = set(self.strikes)

    @abstractmethod
    def begin(self) -> None: ...

    def end(self) -> None:  # noqa: B027 - what is over as soon as it has happened has none
        pass

    @property
    def finds_work(self) -> bool:
        """Whether there is something to break: a worker that is only just starting notices nothing."""
        return True

    @property
    def is_over(self) -> bool:
        """Before its time."""
        return False


class OfOneWorker(Fault):
    """Whichever it is."""

    def __post_init__(self) -> None:
        self.about = self.chance.choice(WORKERS)
        self.targets = {self.about}

    @property
    def finds_work(self) -> bool:
        return self.worker.has_said("ready.")

    @property
    def worker(self) -> Program:
        return self.studio.programs[self.about]

    def probers(self) -> list[int]:
        return children_of(self.worker.pid) if self.worker.is_running else []

    def probes(self) -> list[int]:
        """Of files that it looks at just now; waited for, as long as there may be some."""
        deadline = time.monotonic() + _PATIENCE_WITH_WORK
        probes: list[int] = []
        while not probes and time.monotonic() < deadline:
            time.sleep(0.005)
            probes = [probe for prober in self.probers() for probe in children_of(prober)]
        return probes


class WorkerKilled(OfOneWorker):
    name, cases = "worker killed with -9", "2"

    def begin(self) -> None:
        self.probes()
        self.worker.kill()


class WorkerFrozen(OfOneWorker):
    name, cases = "worker frozen for longer than its lease", "5"
    lasts = (_LONGER_THAN_A_LEASE, _LONGER_THAN_A_LEASE + 2)

    def begin(self) -> None:
        self.probes()
        self.worker.signal(signal.SIGSTOP)

    def end(self) -> None:
        self.worker.signal(signal.SIGCONT)


class ProberKilled(OfOneWorker):
    name, cases = "prober killed with all its children", "1"

    def begin(self) -> None:
        for process in (*self.probes(), *self.probers()):
            kill(process)


class ProbeKilled(OfOneWorker):
    name, cases = "one probe of a file killed", "1"

    def begin(self) -> None:
        for probe in self.probes()[:1]:
            kill(probe)


def kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


class ClockWrong(OfOneWorker):
    name, cases = "worker on a machine whose clock is an hour wrong", "26"

    def begin(self) -> None:
        wrong_by = self.chance.choice(["3600", "-3600"])
        self.worker.kill()
        self.worker.env = self.studio.env | {"CLOCK_WRONG_BY": wrong_by}


class AllWorkersAway(Fault):
    name, cases = "all workers away", "3"
    strikes, lasts = WORKERS, (4, 7)

    def begin(self) -> None:
        for worker in self.studio.workers:
            worker.held = True
            worker.kill()

    def end(self) -> None:
        for worker in self.studio.workers:
            worker.held = False


class SweeperKilled(Fault):
    name = "sweeper killed with -9"
    strikes = ("sweeper",)

    def begin(self) -> None:
        self.studio.programs["sweeper"].kill()


class Deployment(Fault):
    name, cases = "everything stopped and started, as by a deployment", "4"
    strikes = ("web", "sweeper", *WORKERS)

    def begin(self) -> None:
        for program in self.studio.programs.values():
            program.signal(signal.SIGTERM)
        for program in self.studio.programs.values():
            program.stop(within=2)


class WebKilled(Fault):
    name, cases = "web killed with -9", "17"
    strikes = ("web",)

    def begin(self) -> None:
        self.studio.web.kill()


class WebDiesBeforeCommit(Fault):
    name, cases = "web killed before the commit", "15"
    strikes, lasts = ("web",), (6, 6)

    def begin(self) -> None:
        Mishap("before the commit", "dies").arrange(self.studio.var)

    @property
    def is_over(self) -> bool:
        return waiting(self.studio.var).exists()

    def end(self) -> None:
        Mishap.call_off(self.studio.var)
        waiting(self.studio.var).unlink(missing_ok=True)


class WebDiesBeforePublish(WebDiesBeforeCommit):
    name, cases = "web killed between commit and publish", "16"

    def begin(self) -> None:
        Mishap("before the publish", "dies").arrange(self.studio.var)


class OfAServer(Fault):
    """Ended by a signal, started again when the fault is over."""

    how: ClassVar[signal.Signals]

    def begin(self) -> None:
        end_server(self.server, self.how)

    def end(self) -> None:
        self.server.start()

    @property
    def server(self) -> Server:
        servers = self.studio.servers
        return servers.postgres if "postgres" in self.strikes else servers.valkey


def end_server(server: Server, how: signal.Signals) -> None:
    assert server.process is not None
    server.process.send_signal(how)
    server.process.wait(20)
    server.has_stopped()


class RedisStopped(OfAServer):
    name, cases = "Redis stopped", "8"
    strikes, lasts, how = ("redis",), (2, 5), signal.SIGTERM


class RedisKilled(OfAServer):
    name, cases = "Redis killed with -9", "8"
    strikes, lasts, how = ("redis",), (0, 1), signal.SIGKILL


class PostgresRestarted(OfAServer):
    name, cases = "PostgreSQL restarted", "12, 13, 14"
    strikes, lasts, how = ("postgres",), (0.5, 2), signal.SIGINT


class PostgresCrashed(OfAServer):
    name, cases = "PostgreSQL crashed", "13, 14"
    strikes, lasts, how = ("postgres",), (0, 1), signal.SIGQUIT


class ConnectionsCut(Fault):
    name, cases = "all connections to PostgreSQL cut", "13, 14"
    strikes = ("postgres",)

    def begin(self) -> None:
        self.studio.servers.end_all_backends()


class CourseLocked(Fault):
    """For longer than anybody waits for a lock."""

    name, cases = "a course locked by a shell that was left open", "25"
    strikes, lasts = ("postgres",), (3, 4)
    _shell: psycopg.Connection[tuple[object, ...]] | None = None

    def begin(self) -> None:
        self._shell = psycopg.connect(self.studio.servers.postgres.url)
        course = self.chance.choice(self.world.rooms).course
        self._shell.execute("SELECT 1 FROM courses_course WHERE id = %s FOR UPDATE", [course])

    def end(self) -> None:
        if self._shell is not None:
            self._shell.close()


class RedisFlushed(Fault):
    name, cases = "Redis emptied", "10"
    strikes = ("redis",)

    def begin(self) -> None:
        self.studio.redis.flushall()


class RedisFrozen(Fault):
    name, cases = "Redis frozen", "9"
    strikes, lasts = ("redis",), (3, 6)

    def begin(self) -> None:
        self._signal(signal.SIGSTOP)

    def end(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        process = self.studio.servers.valkey.process
        assert process is not None
        process.send_signal(number)


class RedisFull(Fault):
    name, cases = "Redis out of memory", "11"
    strikes, lasts = ("redis",), (3, 5)

    def begin(self) -> None:
        self.studio.redis.config_set("maxmemory", 1)

    def end(self) -> None:
        self.studio.redis.config_set("maxmemory", 0)


class CallsTaken(Fault):
    """Who has waited longest gets a message, and that is us, not the workers."""

    strikes = ("redis",)
    _pushed_back: ClassVar[int]
    _taken: list[bytes]

    @property
    def finds_work(self) -> bool:
        return self.studio.ready_workers > 0

    def begin(self) -> None:
        self._taken = []
        thieves = [threading.Thread(target=self._take) for _ in range(4)]
        for thief in thieves:
            thief.start()
        for thief in thieves:
            thief.join()
        self.about = f"{len(self._taken)} of them"
        self.targets = set()  # what comes later can wait for Redis

    def _take(self) -> None:
        deadline = time.monotonic() + 1.5
        with self._connected() as own, contextlib.suppress(redis.RedisError):
            while (patience := deadline - time.monotonic()) > 0.05:
                if message := own.brpop([_QUEUE], timeout=patience):
                    self._taken.append(cast(bytes, message[1]))

    @contextlib.contextmanager
    def _connected(self) -> Iterator[redis.Redis]:
        with redis.Redis.from_url(self.studio.servers.valkey.url, socket_timeout=5) as own:
            yield own

    def end(self) -> None:
        with self._connected() as own:
            for message in self._taken * self._pushed_back:
                own.lpush(_QUEUE, message)


class CallsLost(CallsTaken):
    name, cases = "calls lost", "16"
    _pushed_back = 0


class CallsFiveTimes(CallsTaken):
    name, cases = "calls delivered five times", "20"
    _pushed_back = 5


class CallsLate(CallsTaken):
    name, cases = "calls delayed for longer than a lease", "20"
    lasts = (_LONGER_THAN_A_LEASE, _LONGER_THAN_A_LEASE + 2)
    _pushed_back = 1


class StorageFault(Fault):
    cases = "29"
    strikes, lasts = ("storage",), (2, 5)

    @property
    def finds_work(self) -> bool:
        return self.studio.ready_workers > 0

    def begin(self) -> None:
        self.orders().give(self.studio.var)

    def end(self) -> None:
        StorageOrders().give(self.studio.var)

    def orders(self) -> StorageOrders:
        raise NotImplementedError


class StorageSlow(StorageFault):
    name = "storage slow"

    def orders(self) -> StorageOrders:
        return StorageOrders("slow", self.chance.uniform(0.3, 1.2))


class StorageAway(StorageFault):
    name = "storage away"

    def orders(self) -> StorageOrders:
        return StorageOrders("refuses")


class StorageHangs(StorageFault):
    name = "storage hangs"

    def orders(self) -> StorageOrders:
        return StorageOrders("hangs")


class StorageFull(StorageFault):
    name, cases = "storage full", "28"

    def orders(self) -> StorageOrders:
        return StorageOrders("full")


class StorageWrong(StorageFault):
    """Files that were good are missing, cut or overwritten, and come back as they were."""

    name, cases = "storage gives wrong files", "30"
    lasts = (4, 8)
    flawed: frozenset[str] = frozenset()

    def orders(self) -> StorageOrders:
        good = [media for library in self.world.libraries.values() for media in library.whole]
        self.flawed = frozenset(self.chance.sample(good, k=len(good) // 2))
        kinds: tuple[Flaw, ...] = get_args(Flaw)
        flaws = {f"files/{media}": self.chance.choice(kinds) for media in sorted(self.flawed)}
        self.about = ", ".join(flaws.values())
        return StorageOrders(flaws=flaws)


class EverythingKilled(Fault):
    name, cases = "every process killed at once", "2, 8, 14"
    strikes = ("web", "sweeper", "redis", "postgres", "storage", *WORKERS)

    def begin(self) -> None:
        for program in self.studio.programs.values():
            program.kill()
        end_server(self.studio.servers.postgres, signal.SIGQUIT)
        end_server(self.studio.servers.valkey, signal.SIGKILL)
        self.studio.servers.postgres.start()
        self.studio.servers.valkey.start()


KINDS: tuple[type[Fault], ...] = (
    WorkerKilled,
    WorkerFrozen,
    ProberKilled,
    ProbeKilled,
    ClockWrong,
    AllWorkersAway,
    SweeperKilled,
    Deployment,
    WebKilled,
    WebDiesBeforeCommit,
    WebDiesBeforePublish,
    RedisStopped,
    RedisKilled,
    RedisFlushed,
    RedisFrozen,
    RedisFull,
    PostgresRestarted,
    PostgresCrashed,
    ConnectionsCut,
    CourseLocked,
    CallsLost,
    CallsFiveTimes,
    CallsLate,
    StorageSlow,
    StorageAway,
    StorageHangs,
    StorageFull,
    StorageWrong,
    EverythingKilled,
)
