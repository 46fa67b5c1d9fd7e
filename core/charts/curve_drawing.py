"""Curves as a drawing that needs no page around it: axes, ticks and a legend on white paper."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.charts.axes import Axes
from core.charts.drawing import ACCENT, Drawing

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 620, 40, 310
"""The plot's edges."""

COLORS = (ACCENT, "#d95f02", "#0862ae", "#6b6f6e")

Curves = Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
"""Names to (x, y) of equal length, x from 0 on; points that are not finite are left out."""


def curve_drawing(curves: Curves, *, title: str, x_title: str, high: float) -> Drawing:
    """Draw curves.

    Args:
        curves: the curves, and what they are called.
        title: what y is, over the plot.
        x_title: what x counts, under it.
        high: the value at the upper edge; the lower one is 0, and larger values run along the edge.

    Returns:
        A drawing in which a point (x, y) lies where the `plot` within `LEFT`, `RIGHT`, `TOP` and `BOTTOM` puts it.
    """
    drawing = Drawing(WIDTH, HEIGHT)
    drawing.words(title, (LEFT, 22), size=16)
    drawing.words(x_title, (RIGHT, HEIGHT - 8), "end")
    plot(drawing, curves, edges=(LEFT, RIGHT, TOP, BOTTOM), high=high)
    for number, name in enumerate(curves):
        drawing.words(name, (LEFT + 140 * number, HEIGHT - 8), color=COLORS[number % len(COLORS)])
    return drawing


def plot(drawing: Drawing, curves: Curves, *, edges: tuple[float, float, float, float], high: float) -> Axes:
    """Draw axes and curves within the edges left, right, top and bottom; return where points lie."""
    left, right, top, bottom = edges
    widest = max([1.0, *(float(x.max(initial=0)) for x, _ in curves.values())])
    axes = Axes(left=left, right=right, top=top, bottom=bottom, widest=widest, high=high)
    axes.draw(drawing)
    for number, (x, y) in enumerate(curves.values()):
        known = np.isfinite(x) & np.isfinite(y)
        points = [axes.place(*at) for at in zip(x[known].tolist(), y[known].tolist(), strict=True)]
        drawing.line(points, COLORS[number % len(COLORS)], width=2)
    return axes
