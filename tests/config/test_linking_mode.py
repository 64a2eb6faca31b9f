"""LINKING_MODE: how many videos a worker links at once."""

import pytest

from tests.config.production import environment, run

ASK = "from config.celery import app; print(app.conf.worker_concurrency)"


@pytest.mark.parametrize(("mode", "at_once"), [("parallel", "9"), ("sequential", "1")])
def test_a_worker_has_so_many_threads(mode: str, at_once: str) -> None:
    asked = run("-c", ASK, env=environment(LINKING_MODE=mode, LINK_CONCURRENCY="7"))
    assert asked.stdout.strip() == at_once, asked.stderr


def test_another_mode_is_one_clear_sentence() -> None:
    asked = run("-c", ASK, env=environment(LINKING_MODE="fast"))
    assert "LINKING_MODE must be one of parallel, sequential, not 'fast'." in asked.stderr
