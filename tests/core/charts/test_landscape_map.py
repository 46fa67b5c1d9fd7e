"""The map is as large as it says, light in the valley, and shows the path where it lies."""

import numpy as np

from core.charts.color import POSITIVE
from core.charts.landscape_map import landscape_map

ROWS, COLUMNS = np.mgrid[:5, :9]
BOWL = 0.1 + (COLUMNS - 6.0) ** 2 + (ROWS - 1.0) ** 2


def test_the_valley_is_light_and_the_path_ends_in_it() -> None:
    pixels = landscape_map(BOWL, np.array([[1.0, 3.0], [6.0, 1.0]]), scale=8)
    assert pixels.shape == (4 * 8 + 1, 8 * 8 + 1, 3)
    assert tuple(pixels[3 * 8, 6 * 8]) == POSITIVE  # row 1 is the second from below
    gray = pixels[..., 0].astype(int)
    assert gray[3 * 8, 7 * 8] > gray[0, 8 * 8]


def test_what_is_not_finite_is_high_ground() -> None:
    losses = BOWL.copy()
    losses[4, 8] = np.nan
    pixels = landscape_map(losses, np.array([[1.0, 3.0], [6.0, 1.0]]), scale=4)
    assert pixels[0, -1, 0] == pixels.min(axis=(0, 1))[1] or pixels[0, -1, 0] <= 140
