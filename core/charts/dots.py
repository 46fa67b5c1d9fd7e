"""Places in a plane as a picture of dots, colored by class."""

import numpy as np
from numpy.typing import NDArray

COLORS = (
    "#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1", "#ff9da7", "#9c755f", "#8c8c8c",
)  # fmt: skip
"""Of the classes, in turn: Tableau's ten (Stone, "How we designed the new color palettes in Tableau 10", 2016)."""
SIDE = 1200


def dots(places: NDArray[np.floating], labels: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Draw every place as a small square on white.

    Args:
        places: (n, 2), x to the right and y upward, both within -1..1.
        labels: (n,), class of each.

    Returns:
        uint8 (SIDE, SIDE, 3).
    """
    size = round(max(4, min(14, SIDE / (4 * np.sqrt(max(1, len(places)))))))
    sheet = np.full((SIDE, SIDE, 3), 255, np.uint8)
    colors = np.array([[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in COLORS], np.uint8)
    left, top = np.rint((np.array([1, -1]) * places + 1) / 2 * (SIDE - size)).astype(int).T
    for row in range(size):
        for column in range(size):
            sheet[top + row, left + column] = colors[labels % len(COLORS)]
    return sheet
