"""A drawing on white paper that is written as SVG and as pixels: lines, dots, boxes, pictures and words."""

import html
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.charts import png

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

INK, QUIET, GRID, ACCENT, PAPER = "#1e2022", "#5b5f61", "#dcdfde", "#0f6e66", "#ffffff"
SIZE = 14
"""Units of the words' height, where nothing else is said."""

_ON, _OFF = 6, 4  # units of a dash, and between two
_FINER = 2  # drawn so much finer and averaged: edges come out smooth
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


class Drawing:
    """What is drawn first lies below what is drawn later. All lengths are in units; colors are #rrggbb.

    Args:
        width, height: of the paper; its upper left corner is (0, 0).
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._parts: list[_Line | _Dot | _Box | _Picture | _Words] = []

    def line(self, points: Sequence[Point], color: str, *, width: float = 1.0, dashed: bool = False) -> None:
        """Draw a line from point to point."""
        self._parts.append(_Line(points, color, width, dashed))

    def dot(self, at: Point, radius: float, color: str) -> None:
        """Draw a filled circle."""
        self._parts.append(_Dot(at, radius, color))

    def box(self, at: Point, width: float, height: float, color: str) -> None:
        """Draw a filled rectangle whose upper left corner is `at`."""
        self._parts.append(_Box(at, width, height, color))

    def picture(self, pixels: NDArray[np.uint8], at: Point, width: float, height: float) -> None:
        """Draw pixels (h, w, 3), crisply, into a rectangle whose upper left corner is `at`."""
        self._parts.append(_Picture(pixels, at, width, height))

    def words(self, text: str, at: Point, anchor: Anchor = "start", *, color: str = INK, size: float = SIZE) -> None:
        """Write a text on a line that begins, has its middle or ends `at`."""
        self._parts.append(_Words(text, at, anchor, color, size))

    def svg(self) -> str:
        """Return the text of an SVG file that needs nothing around it."""
        size = f'width="{self.width}" height="{self.height}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" {size} '
            f'font-family="IBM Plex Sans, Helvetica, Arial, sans-serif"><rect {size} fill="{PAPER}"/>'
            f"{''.join(part.svg() for part in self._parts)}</svg>"
        )

    def pixels(self, font_file: str, *, scale: int = 2) -> NDArray[np.uint8]:
        """Return the drawing as pixels.

        Args:
            font_file: path of the words' font.
            scale: pixels of a unit.

        Returns:
            uint8 (scale * height, scale * width, 3).
        """
        from PIL import Image

        fine = scale * _FINER
        image = Image.new("RGB", (fine * self.width, fine * self.height), PAPER)
        for part in self._parts:
            part.paint(image, fine, font_file)
        return np.asarray(image.reduce(_FINER))


class _Line:
    def __init__(self, points: Sequence[Point], color: str, width: float, dashed: bool) -> None:
        self.points, self.color, self.width, self.dashed = points, color, width, dashed

    def svg(self) -> str:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)
        dashes = f' stroke-dasharray="{_ON} {_OFF}"' if self.dashed else ""
        return f'<polyline points="{points}" fill="none" stroke="{self.color}" stroke-width="{self.width:g}"{dashes}/>'

    def paint(self, image: "Image", scale: int, font_file: str) -> None:
        width = max(1, round(self.width * scale))
        for piece in _dashes(self.points) if self.dashed else [self.points]:
            if len(piece) > 1:
                _pen(image).line([_scaled(at, scale) for at in piece], self.color, width, joint="curve")


class _Dot:
    def __init__(self, at: Point, radius: float, color: str) -> None:
        self.at, self.radius, self.color = at, radius, color

    def svg(self) -> str:
        return f'<circle cx="{self.at[0]:.1f}" cy="{self.at[1]:.1f}" r="{self.radius:.1f}" fill="{self.color}"/>'

    def paint(self, image: "Image", scale: int, font_file: str) -> None:
        _pen(image).circle(_scaled(self.at, scale), self.radius * scale, self.color)


class _Box:
    def __init__(self, at: Point, width: float, height: float, color: str) -> None:
        self.at, self.width, self.height, self.color = at, width, height, color

    def svg(self) -> str:
        return f'<rect {_rectangle(self.at, self.width, self.height)} fill="{self.color}"/>'

    def paint(self, image: "Image", scale: int, font_file: str) -> None:
        left, top, right, bottom = _corners(self.at, self.width, self.height, scale)
        if right > left and bottom > top:
            _pen(image).rectangle((left, top, right - 1, bottom - 1), self.color)


class _Picture:
    def __init__(self, pixels: NDArray[np.uint8], at: Point, width: float, height: float) -> None:
        self.drawn, self.at, self.width, self.height = pixels, at, width, height

    def svg(self) -> str:
        source = png.data_uri(self.drawn)
        look = 'preserveAspectRatio="none" style="image-rendering: pixelated"'
        return f'<image {_rectangle(self.at, self.width, self.height)} href="{source}" {look}/>'

    def paint(self, image: "Image", scale: int, font_file: str) -> None:
        from PIL import Image

        left, top, right, bottom = _corners(self.at, self.width, self.height, scale)
        small = Image.fromarray(np.ascontiguousarray(self.drawn))
        image.paste(small.resize((right - left, bottom - top), Image.Resampling.NEAREST), (left, top))


class _Words:
    def __init__(self, text: str, at: Point, anchor: Anchor, color: str, size: float) -> None:
        self.text, self.at, self.anchor, self.color, self.size = text, at, anchor, color, size

    def svg(self) -> str:
        place = f'x="{self.at[0]:.1f}" y="{self.at[1]:.1f}" text-anchor="{self.anchor}"'
        return f'<text {place} fill="{self.color}" font-size="{self.size:g}">{html.escape(self.text)}</text>'

    def paint(self, image: "Image", scale: int, font_file: str) -> None:
        from PIL import ImageFont

        font = ImageFont.truetype(font_file, self.size * scale)
        _pen(image).text(_scaled(self.at, scale), self.text, self.color, font, anchor=_ANCHORS[self.anchor])


def _pen(image: "Image") -> "ImageDraw":
    from PIL import ImageDraw

    return ImageDraw.Draw(image)


def _scaled(at: Point, scale: int) -> Point:
    return at[0] * scale, at[1] * scale


def _corners(at: Point, width: float, height: float, scale: int) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a rectangle in whole pixels."""
    (left, top), (right, bottom) = _scaled(at, scale), _scaled((at[0] + width, at[1] + height), scale)
    return round(left), round(top), round(right), round(bottom)


def _rectangle(at: Point, width: float, height: float) -> str:
    return f'x="{at[0]:.1f}" y="{at[1]:.1f}" width="{width:.1f}" height="{height:.1f}"'


def _dashes(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Cut every stretch of a line into dashes."""
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        length = math.dist((x, y), (to_x, to_y)) or 1.0
        for begin in range(0, math.ceil(length), _ON + _OFF):
            ends = begin / length, min(begin + _ON, length) / length
            yield [(x + share * (to_x - x), y + share * (to_y - y)) for share in ends]
