"""A landscape of losses seen from above, with the path that was taken, as pixels."""

import numpy as np
from numpy.typing import NDArray

from core.charts.color import POSITIVE

_PAPER, _INK = 247, 130
_BANDS = 14


def landscape_map(losses: NDArray[np.floating], path: NDArray[np.float64], *, scale: int) -> NDArray[np.uint8]:
    """Draw bands of equal ratios of the loss, light where it is small, and the path.

    Args:
        losses: (rows, columns), the first row at the bottom; not finite is drawn as the highest.
        path: (e, 2), columns and rows of its places, which need not be whole.
        scale: pixels a place.

    Returns:
        uint8 (scale * (rows - 1) + 1, scale * (columns - 1) + 1, 3).
    """
    from PIL import Image, ImageDraw

    finite = np.where(np.isfinite(losses), losses, np.nan)
    low, first = float(np.nanmin(finite)), float(_between(finite, path[:1])[0])
    high = max(low * 1.01, min(float(np.nanmax(finite)), 3 * first))
    known = np.nan_to_num(finite, nan=high)
    fine = _enlarged(np.clip(known, max(low, 1e-3), high), scale)
    share = np.log(fine / max(low, 1e-3)) / np.log(high / max(low, 1e-3))
    gray = _PAPER + (_INK - _PAPER) * np.rint(share * _BANDS) / _BANDS
    pixels = np.repeat(np.rint(gray)[::-1, :, None], 3, axis=-1).astype(np.uint8)
    image = Image.fromarray(pixels)
    pen, bottom = ImageDraw.Draw(image), len(fine) - 1
    spots = [(float(x) * scale, bottom - float(y) * scale) for x, y in path]
    pen.line(spots, fill=POSITIVE, width=max(2, scale // 6), joint="curve")
    radius = max(2, scale // 4)
    for x, y in spots:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=POSITIVE)
    return np.asarray(image)


def _enlarged(values: NDArray[np.floating], scale: int) -> NDArray[np.float64]:
    """Return values between those given, on straight lines, `scale` steps from one to the next."""
    rows, columns = (np.arange(scale * (side - 1) + 1) / scale for side in values.shape)
    across = np.stack([np.interp(columns, np.arange(values.shape[1]), row) for row in values])
    return np.stack([np.interp(rows, np.arange(values.shape[0]), column) for column in across.T], axis=1)


def _between(values: NDArray[np.floating], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values nearest to places (n, 2), columns and rows."""
    columns, rows = np.rint(places).astype(int).T
    return np.asarray(values[np.clip(rows, 0, values.shape[0] - 1), np.clip(columns, 0, values.shape[1] - 1)])
