"""A studio of its own for each module of this folder: real processes, which its tests break."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.names import World
from tests.chaos.studio import Studio
from tests.chaos.studio import studio as a_studio
from tests.config.conftest import static_var  # noqa: F401


@pytest.fixture(scope="module")
def studio(static_var: Path) -> Iterator[Studio]:  # noqa: F811
    """Running, with a world inside."""
    with a_studio(static_var / "static") as studio:
        studio.start()
        yield studio


@pytest.fixture(scope="module")
def world(studio: Studio) -> World:
    return studio.world
