"""A reliability diagram: is a network right as often as it claims to be?

DeGroot and Fienberg, "The Comparison and Evaluation of Forecasters", 1983; for networks Guo, Pleiss, Sun and
Weinberger, "On Calibration of Modern Neural Networks", 2017.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

ACCENT = "#22897e"
_AXIS = {"range": [0, 1.04], "tickformat": ".0%", "dtick": 0.2, "zeroline": False, "fixedrange": True}
_LAYOUT = {
    "showlegend": False,
    "height": 420,
    "margin": {"l": 60, "r": 20, "t": 20, "b": 50},
    "xaxis": _AXIS | {"title": {"text": "how sure it is"}},
    "yaxis": _AXIS | {"title": {"text": "how often it is right"}},
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
    share = count[filled] / max(int(count.sum()), 1)
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
        "marker": {"color": ACCENT, "size": (8 + 26 * np.sqrt(share)).tolist(), "opacity": 0.9},
    }
    return {"data": [_DIAGONAL, points], "layout": _LAYOUT}
