"""New names by a pattern."""

import time

import pytest

from media_library.renaming import Pattern


@pytest.mark.parametrize(
    ("pattern", "name", "becomes"),
    [
        (
            Pattern(pattern="Week {number} – {name}", start=3, digits=2),
            "Optics.mp4",
            "Week 04 – Optics.mp4",
        ),
        (Pattern(find="_", replace=" "), "a_b_c.mp4", "a b c.mp4"),
        (Pattern(find="mp4", replace="x"), "mp4 file.mp4", "x file.mp4"),
        (Pattern(pattern="{name}"), "no extension", "no extension"),
        (Pattern(pattern="{name} {name}"), "a.b.webm", "a.b a.b.webm"),
        (Pattern(pattern="{number}"), "{name}.mp4", "2.mp4"),
        (Pattern(pattern="{name}!"), "{number}.mp4", "{number}!.mp4"),
        (Pattern(pattern="{title}"), "a.mp4", "{title}.mp4"),
        (Pattern(pattern="a/b\\c"), "x.mp4", "a/b\\c.mp4"),
        (Pattern(pattern="  a \n b  "), "x.mp4", "a b.mp4"),
        (Pattern(pattern="a\u202eb\0"), "x.mp4", "ab.mp4"),
        (Pattern(pattern="{name}", find="x"), "x.mp4", ""),
        (Pattern(pattern="\u200b"), "x.mp4", ""),
        (Pattern(pattern=" "), "no extension", ""),
        (Pattern(pattern="a/"), "x.mp4", "a/.mp4"),
        (Pattern(pattern="Untitled"), "x", "Untitled"),
        (Pattern(pattern="{name}"), ".mp4", ".mp4"),
    ],
)
def test_a_name_becomes(pattern: Pattern, name: str, becomes: str) -> None:
    assert pattern.of(name, 2) == becomes


def test_names_stay_as_long_as_they_may_be() -> None:
    name = Pattern(pattern="{name}{name}").of("W" * 200 + ".mp4", 1)
    assert len(name) == 255
    assert name.endswith("W.mp4")


def test_what_would_be_cut_off_is_not_made() -> None:
    """Such a name took a second, for 1.7 million letters were made and looked at one by one."""
    pattern = Pattern(find="a", replace="b" * 200, pattern="{name}" * 33)
    began = time.process_time()
    assert pattern.of("a" * 251 + ".mp4", 1) == "b" * 251 + ".mp4"
    assert pattern.title("a" * 251, 1) == "b" * 255
    assert time.process_time() - began < 0.1
