"""Max and average pooling of feature maps by windows side by side, and where each maximum came from."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from core.errors import KernelError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaxPooled:
    """The result of max pooling.

    Attributes:
        values: (out_height, out_width, channels), the largest value of each window; dtype as the input.
        rows, columns: int64 (out_height, out_width, channels), where in the input that value stands.
            Of equal values the first in reading order wins.
    """

    values: NDArray
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]


def max_pool(maps: NDArray, *, size: int) -> MaxPooled:
    """Keep the largest value of each `size` x `size` window, channel by channel.

    Args:
        maps: (height, width, channels), any real dtype and range; what does not fill a window is dropped.
        size: edge of the square window in pixels.

    Returns:
        The maxima and where they stood.

    Raises:
        KernelError: the window does not fit.

    >>> pooled = max_pool(np.array([[1, 5], [7, 2]])[..., np.newaxis], size=2)
    >>> pooled.values[..., 0].tolist(), pooled.rows[..., 0].tolist(), pooled.columns[..., 0].tolist()
    ([[7]], [[1]], [[0]])
    """
    windows = _windows(maps, size)
    winner = windows.argmax(axis=-1)  # (out_height, out_width, channels)
    out_height, out_width = winner.shape[:2]
    rows = np.arange(out_height)[:, np.newaxis, np.newaxis] * size + winner // size
    columns = np.arange(out_width)[np.newaxis, :, np.newaxis] * size + winner % size
    return MaxPooled(values=windows.max(axis=-1), rows=rows, columns=columns)


def average_pool(maps: NDArray, *, size: int) -> NDArray[np.float64]:
    """Average each `size` x `size` window, channel by channel.

    Args:
        maps: (height, width, channels), any real dtype and range; what does not fill a window is dropped.
        size: edge of the square window in pixels.

    Returns:
        float64 (out_height, out_width, channels).

    Raises:
        KernelError: the window does not fit.

    >>> average_pool(np.array([[1, 5], [7, 3]])[..., np.newaxis], size=2)[..., 0].tolist()
    [[4.0]]
    """
    return _windows(maps, size).mean(axis=-1, dtype=np.float64)


def _windows(maps: NDArray, size: int) -> NDArray:
    """Every window's values in reading order: (out_height, out_width, channels, size * size)."""
    if maps.ndim != 3:
        raise KernelError(
            f"Expected feature maps (height, width, channels). Received shape {maps.shape}. "
            "Add a channel axis, for example maps[..., np.newaxis]."
        )
    if not 1 <= size <= min(maps.shape[:2]):
        raise KernelError(
            f"Expected a window of at least 1 pixel that is no larger than the maps. Received a {size} x {size} window "
            f"on {maps.shape[0]} x {maps.shape[1]} pixels. Choose 2."
        )
    windows = sliding_window_view(maps, (size, size), axis=(0, 1))[::size, ::size]
    return windows.reshape(*windows.shape[:3], size * size)
