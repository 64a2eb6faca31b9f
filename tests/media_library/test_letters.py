"""What is asked of the system about letters, where it does not know the usual names for that."""

import pytest

from config.dev import clusters
from media_library import letters


@pytest.mark.django_db
def test_a_name_that_the_system_does_not_know_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "_TEACHABLE", "SELECT true")
    monkeypatch.setattr(clusters, "CTYPES", ("xx_XX.UTF-8",))
    assert not letters.teach()
