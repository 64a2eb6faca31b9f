"""What holds for every text that people write, wherever it stands."""

from config.texts import Described


def write(thing: Described, name: str, text: str, version: int | None = None) -> int | None:
    verb = thing.describe if name == "description" else thing.rename
    return verb(text, version)


def text_of(thing: Described, name: str) -> tuple[str, int]:
    thing.refresh_from_db()
    return getattr(thing, name), getattr(thing, f"{name}_version")


def check_versions(thing: Described, name: str) -> None:
    """Nobody overwrites what they have not seen, and nobody is in conflict with themselves."""
    before = text_of(thing, name)[1]
    assert write(thing, name, "One", before) is not None
    assert text_of(thing, name) == ("One", before + 1)
    assert write(thing, name, "Two", before) is None, "overwritten unseen"
    assert write(thing, name, "One", before) is not None, "it was saved, and its answer was lost"
    assert text_of(thing, name) == ("One", before + 1)
    assert write(thing, name, "Two", before + 1) is not None
    assert write(thing, name, "Three") is not None, "scripts of others know of no versions"
    assert text_of(thing, name) == ("Three", before + 3)


def check_that_fields_do_not_meet(thing: Described, one: str, other: str) -> None:
    seen = text_of(thing, one)[1], text_of(thing, other)[1]
    assert write(thing, one, "First", seen[0]) is not None
    assert write(thing, other, "Second", seen[1]) is not None
    assert text_of(thing, one) == ("First", seen[0] + 1)
    assert text_of(thing, other) == ("Second", seen[1] + 1)
