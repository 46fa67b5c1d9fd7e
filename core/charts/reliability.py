"""A reliability diagram: is a network right as often as it claims to be?

DeGroot and Fienberg, "The Comparison and Evaluation of Forecasters", 1983; for networks Guo, Pleiss, Sun and
Weinberger, "On Calibration of Modern Neural Networks", 2017.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.charts import drawing
from core.charts.axes import Axes
from core.charts.drawing import Drawing

ACCENT = "#22897e"
_SURE, _RIGHT = "how sure it is", "how often it is right"
_FONT = {"size": 16}
_AXIS = {
    "range": [0, 1.04],
    "tickformat": ".0%",
    "tickfont": _FONT,
    "dtick": 0.2,
    "zeroline": False,
    "fixedrange": True,
}
_LAYOUT = {
    "showlegend": False,
    "height": 420,
    "margin": {"l": 60, "r": 20, "t": 20, "b": 50},
    "xaxis": _AXIS | {"title": {"text": _SURE, "font": _FONT}},
    "yaxis": _AXIS | {"title": {"text": _RIGHT, "font": _FONT}},
}
_DIAGONAL = {
    "type": "scatter",
    "mode": "lines",
    "x": [0, 1],
    "y": [0, 1],
    "hoverinfo": "skip",
    "line": {"color": "#888888", "width": 1.5, "dash": "dash"},
}


def reliability_diagram(
    confidence: NDArray[np.float64], accuracy: NDArray[np.float64], count: NDArray[np.int64]
) -> dict[str, Any]:
    """Draw accuracy over confidence, one point a bin of answers, larger where there are more.

    Args:
        confidence: (bins,), mean largest probability of the answers in a bin, 0..1; NaN where a bin is empty.
        accuracy: (bins,), the part of them that is right, 0..1; NaN where a bin is empty.
        count: (bins,), how many they are.

    Returns:
        A Plotly figure as a plain dict. The dashed diagonal is where a network that knows what it knows would lie.
    """
    filled = count > 0
    texts = [
        f"{n:,} answers<br>{claimed:.1%} sure on average<br>{right:.1%} right"
        for n, claimed, right in zip(count[filled], confidence[filled], accuracy[filled], strict=True)
    ]
    points = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": confidence[filled].tolist(),
        "y": accuracy[filled].tolist(),
        "text": texts,
        "hoverinfo": "text",
        "line": {"color": ACCENT, "width": 2},
        "marker": {"color": ACCENT, "size": _sizes(count)[filled].tolist(), "opacity": 0.9},
    }
    return {"data": [_DIAGONAL, points], "layout": _LAYOUT}


PLOT = Axes(left=70, right=470, top=48, bottom=448, widest=1.0, high=1.0)
"""Where `reliability_drawing` draws a confidence and an accuracy."""


def reliability_drawing(
    confidence: NDArray[np.float64], accuracy: NDArray[np.float64], count: NDArray[np.int64], *, title: str
) -> Drawing:
    """Draw what `reliability_diagram` draws, for a place without a page; the arguments are its own, and a title."""
    sheet = Drawing(500, 500)
    sheet.words(title, (12, 22), size=16)
    PLOT.draw(sheet, of_x="{:.0%}".format, of_y="{:.0%}".format)
    sheet.words(f"{_RIGHT}, over {_SURE}", (PLOT.right, 490), "end")
    sheet.line([PLOT.place(0, 0), PLOT.place(1, 1)], drawing.QUIET, width=1.5, dashed=True)
    filled = count > 0
    points = [PLOT.place(*at) for at in zip(confidence[filled].tolist(), accuracy[filled].tolist(), strict=True)]
    sheet.line(points, drawing.ACCENT, width=2)
    for point, size in zip(points, _sizes(count)[filled], strict=True):
        sheet.dot(point, float(size) / 2, drawing.ACCENT)
    return sheet


def _sizes(count: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how wide the point of every bin is drawn: its area grows with the answers in it."""
    sizes: NDArray[np.float64] = 8 + 26 * np.sqrt(count / max(int(count.sum()), 1))
    return sizes
