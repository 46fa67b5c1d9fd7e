"""Numbers to colors: the same few scales on every page."""

import numpy as np
from numpy.typing import NDArray

POSITIVE = (8, 98, 174)
"""Blue of the largest positive value, as sRGB bytes; `pages/shared/js/colors.js` repeats it."""
NEGATIVE = (217, 95, 2)
"""Orange of the most negative value."""
ZERO = (255, 255, 255)
"""White of zero."""


def signed(values: NDArray[np.floating], limit: float | None = None) -> NDArray[np.uint8]:
    """Color signed values: blue positive, white zero, orange negative, safe for color-blind eyes.

    Args:
        values: numbers of any shape (...).
        limit: magnitude that gets the full color; larger ones are clipped. Default: the largest magnitude.

    Returns:
        uint8 (..., 3), sRGB.

    >>> signed(np.array([-2.0, 0.0, 2.0])).tolist()
    [[217, 95, 2], [255, 255, 255], [8, 98, 174]]
    """
    values = np.asarray(values, np.float32)
    if limit is None:
        limit = float(np.abs(values).max(initial=0.0))
    weight = np.clip(values / limit, -1, 1) if limit > 0 else np.zeros_like(values)
    zero, positive, negative = np.array([ZERO, POSITIVE, NEGATIVE], np.float32)
    end = np.where(weight[..., None] >= 0, positive, negative)
    color = zero + np.abs(weight)[..., None] * (end - zero)
    return np.rint(color).astype(np.uint8)


def gray(values: NDArray[np.floating], low: float | None = None, high: float | None = None) -> NDArray[np.uint8]:
    """Color magnitudes from black (`low`) to white (`high`); values outside are clipped.

    Args:
        values: numbers of any shape (...).
        low, high: the values drawn black and white. Default: the smallest and the largest value.

    Returns:
        uint8 (...), one gray byte a value; all black where `low == high`.

    >>> gray(np.array([0.0, 0.5, 1.0])).tolist()
    [0, 128, 255]
    """
    values = np.asarray(values, np.float32)
    low = float(values.min(initial=np.inf)) if low is None else low
    high = float(values.max(initial=-np.inf)) if high is None else high
    if not high > low:
        return np.zeros(values.shape, np.uint8)
    return np.rint(np.clip((values - low) / (high - low), 0, 1) * 255).astype(np.uint8)
