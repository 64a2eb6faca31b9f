"""The pictures of the demo videos: a calm ground, a motif, a large title. Nothing is copied from anybody."""

import colorsys
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from PIL import Image, ImageDraw, ImageFont

Color = tuple[int, int, int]
Pen = ImageDraw.ImageDraw

_FINER = 2  # drawn twice as large, then made smaller: smooth edges


@dataclass(frozen=True)
class Slide:
    """`hue` from 0 to 1; the motif is one of MOTIFS."""

    title: str
    over_title: str
    hue: float
    motif: str
    seconds: float
    size: tuple[int, int] = (640, 360)

    def at(self, second: float) -> Image.Image:
        """Only a line along the lower edge moves: it tells that the video plays, and costs nothing."""
        picture = self._still.copy()
        width, height = self.size
        done = round(width * min(second / self.seconds, 1))
        ImageDraw.Draw(picture).rectangle(
            (0, height - 6, done, height), fill=self._color(0.55, 0.98)
        )
        return picture

    @cached_property
    def _still(self) -> Image.Image:
        picture = self._ground()
        picture.paste(Image.new("RGB", self.size, self._color(0.30, 1.0)), mask=self._motif())
        self._write(picture)
        return picture

    def _color(self, saturation: float, value: float, turn: float = 0.0) -> Color:
        red, green, blue = colorsys.hsv_to_rgb((self.hue + turn) % 1, saturation, value)
        return round(red * 255), round(green * 255), round(blue * 255)

    def _ground(self) -> Image.Image:
        dark = Image.new("RGB", self.size, self._color(0.72, 0.26))
        light = Image.new("RGB", self.size, self._color(0.62, 0.62, turn=0.07))
        slope = (
            Image.linear_gradient("L").rotate(45, Image.Resampling.BICUBIC).crop((45, 45, 211, 211))
        )
        return Image.composite(light, dark, slope.resize(self.size, Image.Resampling.BICUBIC))

    def _motif(self) -> Image.Image:
        """As a mask: how much of the light colour shines through."""
        width, height = (side * _FINER for side in self.size)
        mask = Image.new("L", (width, height), 0)
        MOTIFS[self.motif](ImageDraw.Draw(mask), width, height, random.Random(self.title))
        return mask.resize(self.size, Image.Resampling.LANCZOS)

    def _write(self, picture: Image.Image) -> None:
        width, height = picture.size
        pen = ImageDraw.Draw(picture)
        margin = round(width * 0.07)
        font, lines = self._fitting_title(width - 2 * margin)
        line = font.size * 1.12
        top = height - margin * 0.9 - line * len(lines)
        small = _font(max(13, min(width, height) * 0.055))
        pen.text(
            (margin, top - small.size * 1.8), self.over_title.upper(), self._color(0.25, 1.0), small
        )
        for number, words in enumerate(lines):
            pen.text((margin, top + number * line), words, "white", font)

    def _fitting_title(self, room: int) -> tuple[ImageFont.FreeTypeFont, list[str]]:
        size = min(self.size) * 0.16
        while True:
            font = _font(size)
            lines = _broken(self.title, font, room)
            if len(lines) <= 3 and all(font.getlength(words) <= room for words in lines):
                return font, lines
            size *= 0.9


def _font(size: float) -> ImageFont.FreeTypeFont:
    return cast(ImageFont.FreeTypeFont, ImageFont.load_default(size))


def _broken(text: str, font: ImageFont.FreeTypeFont, room: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _rings(pen: Pen, width: int, height: int, _: random.Random) -> None:
    x, y = width * 0.82, height * 0.24
    for number in range(9):
        radius = height * (0.06 + number * 0.085)
        shine = 150 - number * 15
        pen.ellipse(
            (x - radius, y - radius, x + radius, y + radius), outline=shine, width=height // 90
        )


def _waves(pen: Pen, width: int, height: int, chance: random.Random) -> None:
    for number in range(7):
        phase, depth = chance.random() * math.tau, height * (0.04 + 0.015 * number)
        points = [
            (
                x,
                height * (0.14 + 0.06 * number)
                + depth * math.sin(x / width * math.tau * 1.4 + phase),
            )
            for x in range(0, width + 20, 20)
        ]
        pen.line(points, fill=140 - number * 14, width=height // 80, joint="curve")


def _bars(pen: Pen, width: int, height: int, chance: random.Random) -> None:
    """A distribution."""
    count, base = 15, height * 0.56
    for number in range(count):
        bell = math.exp(-(((number - count * 0.62) / 3.2) ** 2))
        top = base - height * (0.04 + 0.42 * bell * (0.85 + 0.3 * chance.random()))
        left = width * (0.07 + 0.86 * number / count)
        pen.rounded_rectangle(
            (left, top, left + width * 0.042, base), radius=height // 70, fill=70 + round(70 * bell)
        )


def _net(pen: Pen, width: int, height: int, chance: random.Random) -> None:
    points = [
        (width * (0.1 + 0.8 * chance.random()), height * (0.07 + 0.5 * chance.random()))
        for _ in range(13)
    ]
    for point in points:
        for other in sorted(points, key=lambda other: math.dist(point, other))[1:3]:
            pen.line((point, other), fill=80, width=height // 130)
    for x, y in points:
        radius = height * chance.choice((0.016, 0.022, 0.034))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=170)


def _steps(pen: Pen, width: int, height: int, _: random.Random) -> None:
    for number in range(7):
        side = height * 0.085
        left = width * 0.40 + number * side * 1.25
        for up in range(number + 1):
            top = height * 0.62 - (up + 1) * side * 1.1
            pen.rounded_rectangle(
                (left, top, left + side, top + side * 0.92),
                radius=side * 0.14,
                fill=45 + 13 * number,
            )


def _dots(pen: Pen, width: int, height: int, _: random.Random) -> None:
    gap = height / 14
    for row in range(1, 9):
        for column in range(1, int(width / gap)):
            x, y = column * gap, row * gap
            near = 1 - min(1, math.dist((x, y), (width * 0.72, height * 0.3)) / (height * 0.75))
            radius = gap * (0.07 + 0.3 * near)
            pen.ellipse(
                (x - radius, y - radius, x + radius, y + radius), fill=40 + round(120 * near)
            )


def _leaves(pen: Pen, width: int, height: int, _: random.Random) -> None:
    """Arcs that turn around a corner."""
    for number in range(10):
        reach = height * (0.22 + 0.11 * number)
        box = (width - reach, -reach * 0.6, width + reach, reach * 1.1)
        pen.arc(box, start=95, end=200, fill=150 - 12 * number, width=height // 55)


MOTIFS: dict[str, Callable[[Pen, int, int, random.Random], None]] = {
    "rings": _rings,
    "waves": _waves,
    "bars": _bars,
    "net": _net,
    "steps": _steps,
    "dots": _dots,
    "leaves": _leaves,
}
