"""What is in the demo world: files as instructors name them, and courses made of them."""
# ruff: noqa: E501 - a table

from dataclasses import dataclass, field

from config.dev.clips import Encoding
from config.dev.slides import Slide

_WIDE, _SMALL, _OLD, _TALL, _SQUARE = (640, 360), (480, 270), (480, 360), (360, 640), (480, 480)
_MP4 = Encoding(audio="aac")
_SILENT = Encoding()
_MOV = Encoding("mov", audio="aac")
_WEBM = Encoding("webm", "vp9", "opus")
_OLD_WEBM = Encoding("webm", "vp8", "opus")
_AV1 = Encoding("mp4", "av1", "aac")
_MKV = Encoding("matroska", "vp9", "opus")

_PYTHON, _STATISTICS, _COMPILERS = "Programming with Python", "Statistics", "How compilers work"
_BLUE, _TEAL, _PURPLE, _ROSE = 0.60, 0.47, 0.75, 0.95


@dataclass(frozen=True)
class DemoFile:
    name: str
    slide: Slide | None = None
    encoding: Encoding = _MP4
    keep: float = 1.0  # how much of it arrived
    text: str = ""  # instead of a video


@dataclass(frozen=True)
class DemoCourse:
    owner: str
    title: str
    description: str
    chapters: dict[str, list[str]]  # file names by chapter
    published: bool = False
    co_authors: list[str] = field(default_factory=list)


def _python(
    title: str, motif: str, seconds: float, turn: float = 0, size: tuple[int, int] = _WIDE
) -> Slide:
    return Slide(title, _PYTHON, _BLUE + turn, motif, seconds, size)


def _statistics(
    title: str, motif: str, seconds: float, turn: float = 0, size: tuple[int, int] = _WIDE
) -> Slide:
    return Slide(title, _STATISTICS, _TEAL + turn, motif, seconds, size)


def _compilers(
    title: str, motif: str, seconds: float, turn: float = 0, size: tuple[int, int] = _WIDE
) -> Slide:
    return Slide(title, _COMPILERS, _PURPLE + turn, motif, seconds, size)


# fmt: off
FILES: dict[str, list[DemoFile]] = {
    "ada": [
        DemoFile("01 Welcome.mp4", _python("Welcome", "rings", 14)),
        DemoFile("02 Installing Python.mp4", _python("Installing Python", "steps", 32, 0.02)),
        DemoFile("03 Your first program.mp4", _python("Your first program", "dots", 24, 0.04)),
        DemoFile("lecture-03 final (2).mov", _python("Values and names", "net", 40, 0.06), _MOV),
        DemoFile("lecture-04 strings.webm", _python("Strings", "waves", 21, -0.02), _WEBM),
        DemoFile("lecture-05 lists and tuples.webm", _python("Lists and tuples", "steps", 27, -0.04), _WEBM),
        DemoFile("if-else (screen recording).mov", _python("If, else and between", "leaves", 18, 0.08, _OLD), _MOV),
        DemoFile("for loops.mp4", _python("What a loop really does", "rings", 36, -0.06)),
        DemoFile("while loops AV1.mp4", _python("While we wait", "waves", 12, 0.1), _AV1),
        DemoFile("functions_part1.mp4", _python("Functions, part 1", "net", 29, -0.08)),
        DemoFile("functions_part2.mp4", _python("Functions, part 2", "dots", 31, -0.1)),
        DemoFile("VID_20260912_0931.mp4", Slide("A question from the audience", "Office hours", _ROSE, "waves", 9, _TALL)),
        DemoFile("VID_20260919_1402.mp4", Slide("Reading a traceback", "Office hours", _ROSE + 0.04, "net", 16, _TALL)),
        DemoFile("teaser for the website.webm", Slide("Learn Python this autumn", "Teaser", 0.08, "leaves", 6, _SQUARE), _WEBM),
        DemoFile("stats 01 why we count.mp4", _statistics("Why we count", "dots", 17)),
        DemoFile("stats 02 mean, median, mode.mp4", _statistics("Mean, median, mode", "bars", 26, 0.03)),
        DemoFile("stats 03 spread.mp4", _statistics("Spread", "waves", 19, -0.03)),
        DemoFile("stats 04 the bell curve.webm", _statistics("The bell curve", "bars", 34, -0.06), _WEBM),
        DemoFile("stats 05 sampling.mkv", _statistics("Sampling", "dots", 15, 0.06), _MKV),
        DemoFile("stats 06 correlation.mp4", _statistics("Correlation is not a cause", "net", 23, -0.09), _AV1),
        DemoFile("stats 07 tests (upload broke off).mp4", _statistics("Testing a hunch", "rings", 20), keep=0.6),
        DemoFile("stats 08 summary.mp4", text="Summary of part one\n\n- ask before you count\n- plot first\n"),
        DemoFile("intro music, no picture yet.mp4", Slide("Soon", "Placeholder", 0.58, "leaves", 2, _SMALL)),
        DemoFile("Old course (2014).webm", Slide("From the archive", "2014", 0.12, "steps", 11, _OLD), _OLD_WEBM),
        DemoFile("whiteboard timelapse.mp4", Slide("Sorting, drawn by hand", "Whiteboard", 0.33, "bars", 8), _SILENT),
        DemoFile("closing words.mp4", Slide("Thank you", "Closing words", 0.66, "rings", 5)),
    ],
    "grace": [
        DemoFile("Compilers 1 - From text to tokens.mp4", _compilers("From text to tokens", "steps", 28)),
        DemoFile("Compilers 2 - Grammars.mp4", _compilers("Grammars", "net", 33, 0.03)),
        DemoFile("Compilers 3 - Trees.webm", _compilers("Trees all the way down", "leaves", 22, 0.06), _WEBM),
        DemoFile("Nanoseconds.mp4", Slide("How long is a nanosecond?", "Guest lecture", 0.04, "waves", 12)),
        DemoFile("The first bug.mov", Slide("The first bug", "Guest lecture", 0.1, "dots", 7, _SQUARE), _MOV),
    ],
}
# fmt: on

COURSES = [
    DemoCourse(
        "ada",
        "Programming with Python",
        "From the first line to programs that are worth keeping. No experience needed, only curiosity.",
        {
            "Before you start": [
                "01 Welcome.mp4",
                "02 Installing Python.mp4",
                "03 Your first program.mp4",
            ],
            "Values": [
                "lecture-03 final (2).mov",
                "lecture-04 strings.webm",
                "lecture-05 lists and tuples.webm",
            ],
            "Decisions and loops": [
                "if-else (screen recording).mov",
                "for loops.mp4",
                "while loops AV1.mp4",
                "VID_20260912_0931.mp4",
            ],
            "Functions": ["functions_part1.mp4", "functions_part2.mp4", "VID_20260919_1402.mp4"],
        },
        published=True,
        co_authors=["grace"],
    ),
    DemoCourse(
        "ada",
        "Statistics for curious people",
        "What numbers can tell, and what they cannot.",
        {
            "Describing": [
                "stats 01 why we count.mp4",
                "stats 02 mean, median, mode.mp4",
                "stats 03 spread.mp4",
            ],
            "Guessing well": [
                "stats 04 the bell curve.webm",
                "stats 05 sampling.mkv",
                "stats 06 correlation.mp4",
                "stats 07 tests (upload broke off).mp4",
                "stats 08 summary.mp4",
            ],
        },
    ),
    DemoCourse(
        "grace",
        "How compilers work",
        "We write one together, in six weeks.",
        {
            "Reading": [
                "Compilers 1 - From text to tokens.mp4",
                "Compilers 2 - Grammars.mp4",
                "Compilers 3 - Trees.webm",
            ],
            "Guest lectures": ["Nanoseconds.mp4"],
            "Writing machine code": [],
        },
        published=True,
    ),
]
