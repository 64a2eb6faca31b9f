"""The private PostgreSQL, under the circumstances in which others lose data or do not start."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from config.dev import clusters
from config.dev import postgres as postgres_module
from config.dev.minder import Minder
from config.dev.postgres import Postgres
from config.dev.trouble import Trouble
from tests.dev.studios import ROOT, is_free, number_in, wait_until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")


@contextmanager
def running(var: Path) -> Iterator[Postgres]:
    server = Postgres(var, var / "logs" / "postgres.log", Minder(), durable=False)
    try:
        server.start(within=20)
        yield server
    finally:
        server.stop()


def write(server: Postgres) -> None:
    with psycopg.connect(server.url) as database:
        database.execute("CREATE TABLE kept (word text)")
        database.execute("INSERT INTO kept VALUES ('yes')")
        database.execute("CHECKPOINT")  # these servers do not wait for the disk


def read(server: Postgres) -> str:
    with psycopg.connect(server.url) as database:
        row = database.execute("SELECT word FROM kept").fetchone()
    assert row
    return str(row[0])


@pytest.fixture
def written(var: Path) -> Path:
    """A VAR_DIR with a stopped cluster in which something stands."""
    with running(var) as server:
        write(server)
    return var


def test_what_was_written_is_there_after_a_restart(written: Path) -> None:
    with running(written) as server:
        assert read(server) == "yes"


def test_letters_of_all_scripts_are_letters(var: Path) -> None:
    with running(var) as server, psycopg.connect(server.url) as database:
        database.execute("CREATE EXTENSION pg_trgm")
        row = database.execute("SELECT show_trgm('д'), show_trgm('λ'), show_trgm('é')").fetchone()
    assert row
    assert all(row)


def test_it_starts_where_the_system_knows_no_locale(
    new_var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "CTYPES", ("xx_XX.UTF-8",))
    with running(new_var) as server:
        write(server)


def test_it_listens_on_no_port(var: Path) -> None:
    with running(var) as server, psycopg.connect(server.url) as database:
        row = database.execute("SHOW listen_addresses").fetchone()
    assert row == ("",)


def test_only_its_user_can_enter_the_folder_of_the_socket(var: Path) -> None:
    with running(var):
        assert stat.S_IMODE((var / "postgres" / "socket").stat().st_mode) == 0o700


@pytest.mark.parametrize("pid", [999_999_999, os.getpid()], ids=["of nobody", "of another process"])
def test_a_pid_file_that_was_left_behind_is_no_obstacle(written: Path, pid: int) -> None:
    (written / "postgres" / "data" / "postmaster.pid").write_text(
        f"{pid}\n/elsewhere\n1\n5432\n\n\n"
    )
    with running(written) as server:
        assert read(server) == "yes"


def test_a_lock_file_that_was_left_beside_the_socket_is_no_obstacle(written: Path) -> None:
    with running(written) as server:
        sockets = written / "postgres" / "socket"
        assert server.process
        server.process.kill()
        server.process.wait()
        assert list(sockets.iterdir())
        wait_until(lambda: is_free(written / "postgres" / "server.lock"))
    sockets.mkdir(mode=0o700, exist_ok=True)
    owner = (written / "postgres" / "data").stat()
    os.chown(sockets, owner.st_uid, owner.st_gid)
    (sockets / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    with running(written) as server:
        assert read(server) == "yes"


def test_an_interrupted_initdb_is_begun_anew(new_var: Path) -> None:
    half_made = new_var / "postgres" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    (new_var / "postgres").chmod(0o711)
    with running(new_var) as server:
        write(server)
        assert not half_made.exists()


def test_an_orphan_of_a_killed_supervisor_is_stopped_and_replaced(written: Path) -> None:
    orphan = Postgres(written, written / "logs" / "postgres.log", Minder(), durable=False)
    orphan.start()
    assert orphan.process
    with running(written) as server:
        assert read(server) == "yes"
        assert orphan.process.wait(10) == 0
        assert server.process
        assert server.process.pid != orphan.process.pid


def test_a_stranger_with_the_number_of_the_orphan_is_left_alone(written: Path) -> None:
    """The lock is held, but the number in it names a process that is not ours."""
    lock = written / "postgres" / "server.lock"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import fcntl, time; file = open({str(lock)!r}); \
fcntl.flock(file, fcntl.LOCK_EX); print(1, flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
    )
    with holder, subprocess.Popen(["sleep", "60"]) as stranger:
        assert holder.stdout
        holder.stdout.readline()
        lock.write_text(str(stranger.pid))
        server = Postgres(written, written / "logs" / "postgres.log", Minder(), durable=False)
        with pytest.raises(Trouble, match="another process holds"):
            server.start(within=0.3)
        assert stranger.poll() is None
        stranger.kill()
        holder.kill()


@pytest.fixture(params=["mit Leerzeichen, 'Haken' & Umläuten ß", "x" * 120], ids=["odd", "long"])
def odd_var(
    folder: Path, give_cluster: Callable[[Path], None], request: pytest.FixtureRequest
) -> Path:
    """One whose path cannot be that of a socket."""
    var: Path = folder / request.param
    give_cluster(var)
    return var


def test_any_path_will_do(odd_var: Path) -> None:
    with running(odd_var) as server:
        write(server)
        assert read(server) == "yes"
    with running(odd_var) as server:
        assert read(server) == "yes"


def test_an_odd_path_leaves_nothing_in_the_temporary_folder(odd_var: Path) -> None:
    with running(odd_var) as server:
        sockets = server.sockets
        assert not sockets.is_relative_to(odd_var)
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert not sockets.exists()


def test_a_folder_that_somebody_else_put_there_is_not_used(odd_var: Path) -> None:
    with running(odd_var) as server:
        sockets = server.sockets
    sockets.mkdir()
    sockets.chmod(0o755)
    try:
        with pytest.raises(Trouble, match="somebody else made it"), running(odd_var):
            pass
    finally:
        sockets.rmdir()


def test_a_temporary_folder_with_a_long_path_is_not_used(
    odd_var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(odd_var / ("t" * 100)))
    with running(odd_var) as server:
        assert server.sockets.parent == Path("/tmp")


def test_a_server_that_does_not_start_shows_the_end_of_its_log(written: Path) -> None:
    with (written / "postgres" / "data" / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = on\n")
    with pytest.raises(Trouble, match="did not start") as caught, running(written):
        pass
    assert "no_such_setting" in caught.value.detail


def test_a_cluster_of_another_version_is_left_alone(written: Path) -> None:
    version = written / "postgres" / "data" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(Trouble, match="was made by PostgreSQL 17"), running(written):
        pass
    version.write_text("18\n")
    with running(written) as server:
        assert read(server) == "yes"


def test_a_damaged_cluster_is_left_alone(written: Path) -> None:
    data = written / "postgres" / "data"
    (data / "PG_VERSION").unlink()
    before = sorted(data.iterdir())
    with pytest.raises(Trouble, match="is not a PostgreSQL cluster"), running(written):
        pass
    assert sorted(data.iterdir()) == before


def test_no_room_for_a_cluster_is_told_in_a_sentence(
    new_var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_module, "_ROOM_FOR_A_CLUSTER", 2**62)
    with pytest.raises(Trouble, match="The disk is full"), running(new_var):
        pass


@as_root
def test_root_in_a_closed_folder_changes_no_permission(folder: Path) -> None:
    closed, moved = folder / "closed", folder / "moved"
    (closed / "var").mkdir(parents=True)
    closed.chmod(0o700)
    link = closed / "var" / "postgres"
    try:
        with running(closed / "var") as server:
            write(server)
        home = link.resolve()
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert link.is_symlink()
        assert not home.is_relative_to(folder)
        closed.rename(moved)
        link = moved / "var" / "postgres"
        with running(moved / "var") as server:
            assert read(server) == "yes"
    finally:
        shutil.rmtree(link.resolve())
    with pytest.raises(Trouble, match="The database is gone"), running(moved / "var"):
        pass


@as_root
def test_root_works_under_a_strict_umask(folder: Path) -> None:
    before = os.umask(0o077)
    try:
        with running(folder) as server:
            write(server)
    finally:
        os.umask(before)
    assert not (folder / "postgres").is_symlink()


@pytest.mark.skipif("sys.platform != 'linux'", reason="only Linux tells children of our death")
def test_a_killed_owner_takes_the_server_along(var: Path) -> None:
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"""
import time
from pathlib import Path
from config.dev.minder import Minder
from config.dev.postgres import Postgres
Postgres(Path({str(var)!r}), Path({str(var / "log")!r}), Minder(), durable=False).start()
print("up", flush=True)
time.sleep(60)
""",
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    with owner:
        assert owner.stdout
        owner.stdout.readline()
        assert number_in((var / "postgres" / "server.lock").read_text())
        owner.send_signal(signal.SIGKILL)
    wait_until(lambda: is_free(var / "postgres" / "server.lock"))
