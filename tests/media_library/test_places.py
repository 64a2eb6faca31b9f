"""Nobody takes all threads of the web server with slow uploads."""

from contextlib import ExitStack

import pytest

from config.ids import uuid7
from media_library.places import NoPlaceFree, Places

ADA, GRACE = uuid7(), uuid7()


def test_one_person_never_has_the_last() -> None:
    places = Places(4, of_one=3)
    with ExitStack() as taken:
        for _ in range(3):
            taken.enter_context(places.taken_by(ADA))
        with pytest.raises(NoPlaceFree), places.taken_by(ADA):
            pass
        taken.enter_context(places.taken_by(GRACE))
        with pytest.raises(NoPlaceFree), places.taken_by(GRACE):
            pass


def test_what_is_given_back_is_free() -> None:
    places = Places(1, of_one=1)
    for person in (ADA, ADA, GRACE):
        with places.taken_by(person):
            pass


def test_a_place_is_given_back_whatever_happens() -> None:
    places = Places(1, of_one=1)
    with pytest.raises(KeyError), places.taken_by(ADA):
        raise KeyError
    with places.taken_by(ADA):
        pass
