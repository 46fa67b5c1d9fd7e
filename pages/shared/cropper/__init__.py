"""A picture with a square to move and resize: what lies inside goes to the network."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts import photo
from core.data.uploads import shrink, square_at
from pages.shared.component import component

_SHOWN_SIDE = 480

_component = component(__file__)

Square = tuple[int, int, int]
"""Left, top and side in pixels."""


def square_of(pixels: NDArray[np.uint8], key: str) -> Square:
    """Return the square chosen in the cropper `key`, or the largest one in the middle; always inside the picture."""
    height, width = pixels.shape[:2]
    state = st.session_state.get(key)
    chosen = state.get("square") if state else None
    if not isinstance(chosen, list) or len(chosen) != 3:
        return square_at((width, height))
    left, top, side = (min(max(float(value), 0.0), 1.0) for value in chosen)  # shares of width, height, shorter side
    side_px = min(max(1, round(side * min(width, height))), width, height)
    return min(round(left * width), width - side_px), min(round(top * height), height - side_px), side_px


def crop(pixels: NDArray[np.uint8], square: Square) -> NDArray[np.uint8]:
    """Return what lies inside the square, uint8 (side, side, 3); a view."""
    left, top, side = square
    return pixels[top : top + side, left : left + side]


def preview(pixels: NDArray[np.uint8]) -> str:
    """Return the picture as the cropper shows it; make it once, it takes longer than everything else."""
    return photo.data_uri(shrink(pixels, _SHOWN_SIDE))


def cropper(pixels: NDArray[np.uint8], source: str, alt: str, *, key: str) -> None:
    """Draw the picture with its square; `square_of` tells where it lies.

    Args:
        pixels: uint8 (height, width, 3).
        source: `preview(pixels)`.
        alt: what the picture is, for people who cannot see it.
        key: the widget's key, one for each picture.
    """
    height, width = pixels.shape[:2]
    left, top, side = square_of(pixels, key)
    data = {
        "src": source,
        "alt": alt,
        "aspect": width / height,
        "square": [left / width, top / height, side / min(width, height)],
    }
    _component(key=key, data=data, on_square_change=_ignore)


def _ignore() -> None:
    """Let Streamlit know that the state exists; `square_of` reads it."""
