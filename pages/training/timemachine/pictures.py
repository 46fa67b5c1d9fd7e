"""Kernels and feature maps of all epochs as the time machine colors them, on the page and on the sheet to take home."""

import numpy as np
from numpy.typing import NDArray

from core.charts import color
from core.charts.maps import kernel_pictures


def kernel_pixels(kernels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Color kernels (epochs, height, width, channels, filters); the full color is each epoch's largest weight.

    Returns:
        uint8 (epochs, filters, height, width, 3): three channels as red, green and blue, of others their mean.
    """
    if kernels.shape[3] == 3:
        return np.stack([kernel_pictures(each) for each in kernels])
    means = kernels.mean(axis=3).transpose(0, 3, 1, 2)  # (epochs, filters, height, width)
    return np.stack([color.signed(each, limit) for each, limit in zip(means, kernel_limits(kernels), strict=True)])


def kernel_limits(kernels: NDArray[np.float32]) -> list[float]:
    """Return the largest weight of every epoch."""
    limits: list[float] = np.abs(kernels).max(axis=(1, 2, 3, 4)).tolist()
    return limits


def map_pixels(maps: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Color maps (epochs, height, width, maps): gray of the same shape, black 0 or less, white each map's maximum."""
    highs = maps.max(axis=(1, 2))  # (epochs, maps)
    return color.gray(maps / np.maximum(highs, 1e-12)[:, None, None, :], 0.0, 1.0)
