"""What counts as a change of the code."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config.dev.code_changes import CodeChanges


@pytest.fixture
def changes(tmp_path: Path) -> CodeChanges:
    for name in ("courses/views/editor.py", "tests/test_x.py", "var/x.py", "config/dev/dev.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    return CodeChanges(tmp_path, but_not=tmp_path / "var")


def after(changes: CodeChanges, *steps: Callable[[], object]) -> set[str]:
    """What is told at the second look: the first finds that something moves."""
    for step in steps:
        step()
        assert changes.since_last_time() == set()
    return changes.since_last_time()


def test_a_changed_file_is_told_once(changes: CodeChanges, tmp_path: Path) -> None:
    file = tmp_path / "courses" / "views" / "editor.py"
    assert after(changes, lambda: file.write_text("x = 1")) == {"courses/views/editor.py"}
    assert changes.since_last_time() == set()


def test_new_removed_and_renamed_files_are_told(changes: CodeChanges, tmp_path: Path) -> None:
    file = tmp_path / "courses" / "views" / "editor.py"
    told = after(changes, lambda: file.rename(file.with_name("chapters.py")))
    assert told == {"courses/views/editor.py", "courses/views/chapters.py"}


def test_the_dotenv_file_counts(changes: CodeChanges, tmp_path: Path) -> None:
    assert after(changes, lambda: (tmp_path / ".env").write_text("PORT=1")) == {".env"}


def test_writing_in_steps_is_one_change(changes: CodeChanges, tmp_path: Path) -> None:
    file = tmp_path / "courses" / "views" / "editor.py"
    told = after(changes, lambda: file.write_text("x"), lambda: file.write_text("x = 1"))
    assert told == {"courses/views/editor.py"}


@pytest.mark.parametrize(
    "name", ["tests/test_x.py", "var/x.py", "config/dev/dev.py", "courses/page.html"]
)
def test_what_the_running_studio_does_not_load_does_not_count(
    changes: CodeChanges, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("changed")
    assert changes.since_last_time() == set()
    assert changes.since_last_time() == set()
