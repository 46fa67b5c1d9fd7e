"""A drawing on white paper that is written as SVG and as pixels: lines, dots, boxes, pictures and words."""

import html
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.charts import png

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
Paint = Callable[["Image", "ImageDraw", int, str], None]
"""Draws one part into an image, by its pen, at so many pixels a unit, its words in the font of a file."""

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
        self._svg: list[str] = []
        self._paints: list[Paint] = []

    def line(self, points: Sequence[Point], color: str, *, width: float = 1.0, dashed: bool = False) -> None:
        """Draw a line from point to point."""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{_ON} {_OFF}"' if dashed else ""
        svg = f'<polyline points="{places}" fill="none" stroke="{color}" stroke-width="{width:g}"{dashes}/>'

        def paint(image: "Image", pen: "ImageDraw", scale: int, font_file: str) -> None:
            for piece in _dashes(points) if dashed else [points]:
                if len(piece) > 1:
                    pen.line([_scaled(at, scale) for at in piece], color, max(1, round(width * scale)), joint="curve")

        self._add(svg, paint)

    def dot(self, at: Point, radius: float, color: str) -> None:
        """Draw a filled circle."""
        svg = f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:.1f}" fill="{color}"/>'
        self._add(svg, lambda image, pen, scale, font_file: pen.circle(_scaled(at, scale), radius * scale, color))

    def box(self, at: Point, width: float, height: float, color: str) -> None:
        """Draw a filled rectangle whose upper left corner is `at`."""

        def paint(image: "Image", pen: "ImageDraw", scale: int, font_file: str) -> None:
            left, top, right, bottom = _corners(at, width, height, scale)
            if right > left and bottom > top:
                pen.rectangle((left, top, right - 1, bottom - 1), color)

        self._add(f'<rect {_rectangle(at, width, height)} fill="{color}"/>', paint)

    def picture(self, pixels: NDArray[np.uint8], at: Point, width: float, height: float) -> None:
        """Draw pixels (h, w, 3), crisply, into a rectangle whose upper left corner is `at`."""
        look = 'preserveAspectRatio="none" style="image-rendering: pixelated"'

        def paint(image: "Image", pen: "ImageDraw", scale: int, font_file: str) -> None:
            from PIL import Image

            left, top, right, bottom = _corners(at, width, height, scale)
            small = Image.fromarray(np.ascontiguousarray(pixels))
            image.paste(small.resize((right - left, bottom - top), Image.Resampling.NEAREST), (left, top))

        self._add(f'<image {_rectangle(at, width, height)} href="{png.data_uri(pixels)}" {look}/>', paint)

    def words(self, text: str, at: Point, anchor: Anchor = "start", *, color: str = INK, size: float = SIZE) -> None:
        """Write a text on a line that begins, has its middle or ends `at`."""
        place = f'x="{at[0]:.1f}" y="{at[1]:.1f}" text-anchor="{anchor}"'

        def paint(image: "Image", pen: "ImageDraw", scale: int, font_file: str) -> None:
            from PIL import ImageFont

            font = ImageFont.truetype(font_file, size * scale)
            pen.text(_scaled(at, scale), text, color, font, anchor=_ANCHORS[anchor])

        self._add(f'<text {place} fill="{color}" font-size="{size:g}">{html.escape(text)}</text>', paint)

    def _add(self, svg: str, paint: Paint) -> None:
        self._svg.append(svg)
        self._paints.append(paint)

    def svg(self) -> str:
        """Return the text of an SVG file that needs nothing around it."""
        size = f'width="{self.width}" height="{self.height}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" {size} '
            f'font-family="IBM Plex Sans, Helvetica, Arial, sans-serif"><rect {size} fill="{PAPER}"/>'
            f"{''.join(self._svg)}</svg>"
        )

    def pixels(self, font_file: str, *, scale: int = 2) -> NDArray[np.uint8]:
        """Return the drawing as pixels.

        Args:
            font_file: path of the words' font.
            scale: pixels of a unit.

        Returns:
            uint8 (scale * height, scale * width, 3).
        """
        from PIL import Image, ImageDraw

        fine = scale * _FINER
        image = Image.new("RGB", (fine * self.width, fine * self.height), PAPER)
        pen = ImageDraw.Draw(image)
        for paint in self._paints:
            paint(image, pen, fine, font_file)
        return np.asarray(image.reduce(_FINER))


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
