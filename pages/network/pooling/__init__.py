"""Pooling on real numbers: a patch of the input, its windows, the winners, and what is left."""

import numpy as np
from numpy.typing import NDArray

from core.config import WHITE
from core.ops import pooling
from pages.shared.component import component

_component = component(__file__)


def pooling_view(values: NDArray, *, key: str, label: str, size: int, average: bool) -> None:
    """Draw one channel, an enlarged patch of it with numbers, and the pooled result.

    Args:
        values: (height, width), the channel to pool: uint8 pixels 0..255, or float responses of any range.
        label: what the channel is, for the text alternative.
        size: window and step in pixels.
        average: average the windows instead of keeping their largest value.
    """
    maps = values[..., np.newaxis]
    largest = pooling.max_pool(maps, size=size)
    pooled = pooling.average_pool(maps, size=size) if average else largest.values
    digits = 0 if np.issubdtype(values.dtype, np.integer) else 2
    _component(
        key=key,
        data={
            "label": label,
            "input": _rounded(values, digits),
            "output": _rounded(pooled[..., 0], digits + 1 if average and not digits else digits),
            "winners": None if average else np.stack([largest.rows, largest.columns], -1)[:, :, 0].tolist(),
            "decimals": digits > 0,
            "size": size,
            "low": float(min(values.min(), 0)),
            "high": float(WHITE) if values.dtype == np.uint8 else float(values.max()),
        },
    )


def _rounded(values: NDArray, digits: int) -> list[list[float]]:
    return [[round(float(v), digits) if digits else round(float(v)) for v in row] for row in values]
