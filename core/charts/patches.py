"""What a filter saw: the square of an image that it looked at, marked in it, and cut out."""

import numpy as np
from numpy.typing import NDArray

from core.charts.maps import enlarge

BEYOND = 128
"""Gray of what lies beyond the image."""

_TIMES = 4
_FRAME = ((0, 0, 0), (255, 255, 255), (0, 0, 0))
"""Colors of the frame around a square, inward: seen on any picture."""


def marked(image: NDArray[np.uint8], top: int, left: int, side: int) -> NDArray[np.uint8]:
    """Return an image (height, width, 3), four times as large, with a frame around a square of its pixels.

    Args:
        image: uint8.
        top, left, side: of the square, in pixels of the image; the frame stays within the image.
    """
    large = image.repeat(_TIMES, axis=0).repeat(_TIMES, axis=1)
    ends = [
        (max(0, at * _TIMES - len(_FRAME)), min(limit * _TIMES, (at + side) * _TIMES + len(_FRAME)))
        for at, limit in zip((top, left), image.shape, strict=False)
    ]
    for inward, color in enumerate(_FRAME):
        (above, below), (before, after) = ((low + inward, high - inward) for low, high in ends)
        large[above, before:after] = large[below - 1, before:after] = color
        large[above:below, before] = large[above:below, after - 1] = color
    return large


def cut(image: NDArray[np.uint8], top: int, left: int, side: int, *, size: int) -> NDArray[np.uint8]:
    """Return a square of an image (height, width, 3), enlarged to size x size; gray beyond the image."""
    around = np.pad(image, ((side, side), (side, side), (0, 0)), constant_values=BEYOND)
    top, left = (min(max(at + side, 0), limit + side) for at, limit in zip((top, left), image.shape, strict=False))
    return enlarge(around[top : top + side, left : left + side], size)
