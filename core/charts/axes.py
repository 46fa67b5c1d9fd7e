"""Where a plot lies in a drawing: its edges, its grid and its ticks."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.charts.drawing import GRID, Drawing, Point

Write = Callable[[float], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """A plot that begins at (0, 0) in its lower left corner.

    Attributes:
        left, right, top, bottom: its edges, in units of the drawing.
        widest, high: the values at its right and its upper edge; larger ones in y lie on the edge.
    """

    left: float
    right: float
    top: float
    bottom: float
    widest: float
    high: float

    def place(self, x: float, y: float) -> Point:
        """Return where a point lies in the drawing."""
        across = self.left + x / self.widest * (self.right - self.left)
        return across, self.bottom - min(max(y, 0.0), self.high) / self.high * (self.bottom - self.top)

    def draw(self, drawing: Drawing, *, of_x: Write = "{:g}".format, of_y: Write = "{:g}".format) -> None:
        """Draw the grid, and the ticks as `of_x` and `of_y` write them."""
        for tick in _ticks(self.high):
            level = self.place(0, tick)[1]
            drawing.line([(self.left, level), (self.right, level)], GRID)
            drawing.words(of_y(tick), (self.left - 8, level + 5), "end")
        for tick in _ticks(self.widest):
            drawing.words(of_x(tick), (self.place(tick, 0)[0], self.bottom + 20), "middle")


def _ticks(high: float) -> Sequence[float]:
    """Return about five round numbers from 0 to `high`."""
    rough = high / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough)
    return [round(place * step, 10) for place in range(int(high / step + 1e-9) + 1)]
