"""Curves as an SVG file that needs no page around it: axes, ticks and a legend on white paper."""

import html
import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 620, 40, 310
"""The plot's edges."""

_COLORS = ("#0f6e66", "#d95f02", "#0862ae", "#6b6f6e")
_INK, _GRID = "#1e2022", "#dcdfde"


def curve_file(
    curves: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]], *, title: str, x_title: str, high: float
) -> str:
    """Draw curves.

    Args:
        curves: names to (x, y) of equal length, x from 0 on; points that are not finite are left out.
        title: what y is, over the plot.
        x_title: what x counts, under it.
        high: the value at the upper edge; the lower one is 0, and larger values run along the edge.

    Returns:
        The text of an SVG file; a point (x, y) lies where `place` says.
    """
    widest = max([1.0, *(float(x.max(initial=0)) for x, _ in curves.values())])
    parts = [_text(LEFT, 22, title, "start", bold=True), _text(RIGHT, HEIGHT - 8, x_title, "end")]
    for tick in _ticks(high):
        level = place(0, tick, widest, high)[1]
        parts.append(f'<path d="M{LEFT} {level:.1f}H{RIGHT}" stroke="{_GRID}"/>')
        parts.append(_text(LEFT - 8, level + 5, f"{tick:g}", "end"))
    parts += [_text(place(tick, 0, widest, high)[0], BOTTOM + 20, f"{tick:g}", "middle") for tick in _ticks(widest)]
    for number, (name, (x, y)) in enumerate(curves.items()):
        known = np.isfinite(x) & np.isfinite(y)
        points = [place(*at, widest, high) for at in zip(x[known].tolist(), y[known].tolist(), strict=True)]
        line, color = " ".join(f"{across:.1f},{down:.1f}" for across, down in points), _COLORS[number % len(_COLORS)]
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts.append(_text(LEFT + 140 * number, HEIGHT - 8, name, "start", color=color))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def place(x: float, y: float, widest: float, high: float) -> tuple[float, float]:
    """Return where a point lies in the drawing whose right edge is `widest` and whose upper edge is `high`."""
    across = LEFT + x / widest * (RIGHT - LEFT)
    return across, BOTTOM - min(max(y, 0.0), high) / high * (BOTTOM - TOP)


def _ticks(high: float) -> Sequence[float]:
    """Return about five round numbers from 0 to `high`."""
    rough = high / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough)
    return [round(place * step, 10) for place in range(int(high / step + 1e-9) + 1)]


def _text(x: float, y: float, words: str, anchor: str, *, color: str = _INK, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}"{weight} font-size="14" '
        f'font-family="IBM Plex Sans, Helvetica, Arial, sans-serif">{html.escape(words)}</text>'
    )
