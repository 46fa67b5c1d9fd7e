"""Which images of a split to show, and what there is to say about them: shapes, classes, channels."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.config import WHITE
from core.data.dataset import Dataset, Split

_IMAGES_AT_ONCE = 500


class ChannelStatistics(NamedTuple):
    """Mean and spread of red, green and blue after division by 255.

    Attributes:
        means: float64 (3,), each 0..1.
        spreads: float64 (3,), standard deviations.
    """

    means: NDArray[np.float64]
    spreads: NDArray[np.float64]


def positions(split: Split, *, label: int | None = None, seed: int | None = None) -> NDArray[np.int64]:
    """Return the positions of the images to show.

    Args:
        label: keep only this class; None keeps all.
        seed: shuffle with this seed; None keeps the order of the data set.

    Returns:
        int64 (m,), positions in the split.
    """
    chosen = np.arange(len(split)) if label is None else np.flatnonzero(split.labels == label)
    return chosen if seed is None else np.random.default_rng(seed).permutation(chosen)


def page_count(images: int, size: int) -> int:
    """Return the number of pages of `size` images; no images still make one empty page.

    >>> page_count(50, 25), page_count(51, 25), page_count(0, 25)
    (2, 3, 1)
    """
    return max(1, -(-images // size))


def page(chosen: NDArray[np.int64], number: int, size: int) -> NDArray[np.int64]:
    """Return the positions on page `number`, counted from 1; past the end: none."""
    return chosen[(number - 1) * size : number * size]


def position_of(split: Split, index: int) -> int | None:
    """Return the position of the image with this index in the official split, or None when it is not at hand."""
    found = np.flatnonzero(split.indices == index)
    return int(found[0]) if len(found) else None


def class_counts(split: Split, classes: int) -> NDArray[np.int64]:
    """Return the number of images of each class, int64 (classes,)."""
    return np.bincount(split.labels, minlength=classes)


def channel_statistics(split: Split) -> ChannelStatistics:
    """Measure mean and standard deviation of red, green and blue after division by 255, over every pixel."""
    counts = np.zeros((3, WHITE + 1), np.int64)  # how often each channel takes each value
    for start in range(0, len(split), _IMAGES_AT_ONCE):  # a memory map stays where it is
        pixels = split.images[start : start + _IMAGES_AT_ONCE].reshape(-1, 3)
        for channel in range(3):
            counts[channel] += np.bincount(pixels[:, channel], minlength=WHITE + 1)
    shares, levels = counts / counts.sum(axis=1, keepdims=True), np.arange(WHITE + 1) / WHITE
    means = shares @ levels
    variances = shares @ levels**2 - means**2
    return ChannelStatistics(means=means, spreads=np.sqrt(np.maximum(variances, 0)))


def printed(dataset: Dataset) -> str:
    """Write shapes, dtype and first labels of a data set as the tutorial's code prints them."""
    lines = []
    for name in ("train", "test"):
        split = dataset.split(name)
        lines.append((f"{name}_images.shape", str(split.images.shape)))
    name = dataset.split_names[0]
    split = dataset.split(name)
    first = split.labels[:5]
    lines.append((f"{name}_images.dtype", str(split.images.dtype)))
    lines.append((f"({name}_images / 255.0).dtype", str((split.images[:1] / 255.0).dtype)))
    names = ", ".join(dataset.class_names[label] for label in first)
    lines.append((f"{name}_labels[:5]", f"{first.tolist()}  {names}"))
    width = max(len(code) for code, _ in lines)
    return "\n".join(f"{code:<{width}}   {value}" for code, value in lines)
