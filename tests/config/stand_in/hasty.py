"""The studio of the stand-in, with less patience for slow lines, and less memory, than people need."""

from config import lines
from tests.config.stand_in.settings import *  # noqa: F403

lines.HEAD = lines.WINDOW = 2.0
lines.MOST_COLLECTED = 4 << 20
