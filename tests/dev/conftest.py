"""No test in this folder uses Django; all of them use real processes."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dev.studios import Studio, assert_nothing_is_left, studio_in


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where another user can come in: tests run by root run PostgreSQL as `nobody`."""
    folder = Path(tempfile.mkdtemp(prefix="lectern-dev-")).resolve()
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def var(folder: Path) -> Iterator[Path]:
    """The VAR_DIR of one studio. After the test nothing of it runs."""
    var = folder / "var"
    var.mkdir()
    yield var
    assert_nothing_is_left(var)


@pytest.fixture
def studio(var: Path, folder: Path) -> Iterator[Studio]:
    """Not started yet."""
    code = folder / "code"
    code.mkdir()
    (code / "lesson.py").write_text("TITLE = 'Fractions'\n")
    with studio_in(var, code) as studio:
        yield studio
