"""A picture with a square to move and resize: what lies inside goes to the network."""

import numpy as np
from numpy.typing import NDArray

from core.charts import photo
from core.config import IMAGE_SHAPE
from core.data.pictures.parts import Size
from core.data.uploads import shrink, square_at
from pages.shared.component import component
from pages.shared.told import ignore, items, number, told

_SHOWN_SIDE = 480
_SMALLEST, _SMALLEST_OF_LARGE = 0.1, 0.02
"""Shares of the shorter side: a square may be as small as what the network sees where that can still be grasped."""

_component = component(__file__)

Square = tuple[int, int, int]
"""Left, top and side in pixels."""


def square_of(size: Size, key: str) -> Square:
    """Return the square chosen in the cropper `key`, or the largest one in the middle; always inside the picture.

    Args:
        size: width and height of the picture in pixels.
        key: the widget's key.
    """
    width, height = size
    left, top, side = (number(value, -1, 2) for value in items(told(key, "square"), 3))
    if left is None or top is None or side is None:
        return square_at(size)
    left, top, side = (min(max(share, 0.0), 1.0) for share in (left, top, side))  # of width, height, shorter side
    side_px = min(max(1, round(side * min(size))), *size)
    return min(round(left * width), width - side_px), min(round(top * height), height - side_px), side_px


def preview(pixels: NDArray[np.uint8]) -> str:
    """Return the picture as the cropper shows it; make it once, it takes longer than everything else."""
    return photo.data_uri(shrink(pixels, _SHOWN_SIDE))


def cropper(size: Size, source: str, alt: str, *, key: str) -> None:
    """Draw the picture with its square; `square_of` tells where it lies.

    Args:
        size: width and height of the picture in pixels.
        source: `preview` of its pixels.
        alt: what the picture is, for people who cannot see it.
        key: the widget's key, one for each picture.
    """
    width, height = size
    left, top, side = square_of(size, key)
    data = {
        "src": source,
        "alt": alt,
        "aspect": width / height,
        "square": [left / width, top / height, side / min(size)],
        "smallest": min(_SMALLEST, max(_SMALLEST_OF_LARGE, IMAGE_SHAPE[0] / min(size))),
    }
    _component(key=key, data=data, on_square_change=ignore)
