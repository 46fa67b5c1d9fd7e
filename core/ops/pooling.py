"""Max and average pooling of feature maps, and where each maximum came from."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from core.errors import KernelError

Padding = Literal["valid", "same"]


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


def max_pool(maps: NDArray, *, size: int = 2, stride: int | None = None, padding: Padding = "valid") -> MaxPooled:
    """Keep the largest value of each `size` x `size` window, channel by channel.

    Args:
        maps: (height, width, channels), any real dtype and range.
        size: edge of the square window in pixels.
        stride: step between windows in pixels; None means `size`, windows side by side.
        padding: "valid" drops what does not fill a window; "same" borders the input, as Keras does, with
            pixels that never win.

    Returns:
        The maxima and where they stood.

    Raises:
        KernelError: the window does not fit, or an option makes no sense.

    >>> pooled = max_pool(np.array([[1, 5], [7, 2]])[..., np.newaxis])
    >>> pooled.values[..., 0].tolist(), pooled.rows[..., 0].tolist(), pooled.columns[..., 0].tolist()
    ([[7]], [[1]], [[0]])
    """
    step = _checked_stride(maps, size, stride)
    top, bottom, left, right = _borders(maps, size, step, padding)
    lowest = -np.inf if np.issubdtype(maps.dtype, np.floating) else np.iinfo(maps.dtype).min
    padded = np.pad(maps, ((top, bottom), (left, right), (0, 0)), constant_values=lowest)
    windows = _windows(padded, size, step)
    # A border pixel must not win even where the input holds the lowest value of its type.
    inside = _windows(np.pad(np.ones(maps.shape, bool), ((top, bottom), (left, right), (0, 0))), size, step)
    flat, flat_inside = (w.reshape(*w.shape[:3], size * size) for w in (windows, inside))
    values = flat.max(axis=-1)
    winner = np.argmax((flat == values[..., np.newaxis]) & flat_inside, axis=-1)  # (out_height, out_width, channels)
    out_height, out_width = values.shape[:2]
    rows = np.arange(out_height)[:, np.newaxis, np.newaxis] * step + winner // size - top
    columns = np.arange(out_width)[np.newaxis, :, np.newaxis] * step + winner % size - left
    return MaxPooled(values=values, rows=rows, columns=columns)


def average_pool(
    maps: NDArray, *, size: int = 2, stride: int | None = None, padding: Padding = "valid"
) -> NDArray[np.float64]:
    """Average each `size` x `size` window, channel by channel.

    Args:
        maps: (height, width, channels), any real dtype and range.
        size: edge of the square window in pixels.
        stride: step between windows in pixels; None means `size`, windows side by side.
        padding: as in `max_pool`; bordering pixels are left out of the average, as in Keras.

    Returns:
        float64 (out_height, out_width, channels).

    Raises:
        KernelError: the window does not fit, or an option makes no sense.

    >>> average_pool(np.array([[1, 5], [7, 3]])[..., np.newaxis])[..., 0].tolist()
    [[4.0]]
    """
    step = _checked_stride(maps, size, stride)
    top, bottom, left, right = _borders(maps, size, step, padding)
    border = ((top, bottom), (left, right), (0, 0))
    sums = _windows(np.pad(maps.astype(np.float64), border), size, step).sum(axis=(-2, -1))
    counts = _windows(np.pad(np.ones(maps.shape), border), size, step).sum(axis=(-2, -1))
    return sums / counts


def _windows(padded: NDArray, size: int, step: int) -> NDArray:
    """Every window as a view: (out_height, out_width, channels, size, size)."""
    return sliding_window_view(padded, (size, size), axis=(0, 1))[::step, ::step]


def _checked_stride(maps: NDArray, size: int, stride: int | None) -> int:
    if maps.ndim != 3:
        raise KernelError(
            f"Expected feature maps (height, width, channels). Received shape {maps.shape}. "
            "Add a channel axis, for example maps[..., np.newaxis]."
        )
    step = size if stride is None else stride
    if size < 1 or step < 1:
        raise KernelError(
            f"Expected a window and a stride of at least 1 pixel. Received window {size}, stride {step}. "
            "Choose 2 and 2."
        )
    return step


def _borders(maps: NDArray, size: int, step: int, padding: Padding) -> tuple[int, int, int, int]:
    """Rows above and below, columns left and right that `padding` adds; "same" puts the odd one below and right."""
    height, width = maps.shape[:2]
    if padding == "same":
        missing = [max((-(-n // step) - 1) * step + size - n, 0) for n in (height, width)]
        return missing[0] // 2, missing[0] - missing[0] // 2, missing[1] // 2, missing[1] - missing[1] // 2
    if size > min(height, width):
        raise KernelError(
            f"Expected a window no larger than the maps. Received a {size} x {size} window on "
            f"{height} x {width} pixels. Choose a smaller window."
        )
    return 0, 0, 0, 0
