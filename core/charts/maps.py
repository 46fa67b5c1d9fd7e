"""Feature maps, kernels and sensitivities to pictures. Every picture's true range is told beside it."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.charts import color
from core.charts.numbers import signed as written

Scale = Literal["map", "layer"]


def ranges(maps: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the true minimum and maximum of every feature map.

    Args:
        maps: (height, width, count).

    Returns:
        float64 (count, 2).
    """
    return np.stack([maps.min(axis=(0, 1)), maps.max(axis=(0, 1))], axis=1).astype(np.float64)


def range_texts(maps: NDArray[np.floating]) -> list[str]:
    """Write the true minimum and maximum of every feature map, for its caption.

    Args:
        maps: (height, width, count).

    >>> range_texts(np.array([[[-0.5, 0.0]], [[1.25, 0.0]]]))
    ['−0.50 to 1.25', '0 everywhere']
    """
    return [
        f"{written(low, '.2f')} to {written(high, '.2f')}" if low or high else "0 everywhere"
        for low, high in ranges(maps)
    ]


def map_pictures(
    maps: NDArray[np.floating], scale: Scale, *, signed: bool, limits: tuple[float, float] | None = None
) -> NDArray[np.uint8]:
    """Draw feature maps.

    Args:
        maps: (height, width, count).
        scale: "map" gives every map its own range, "layer" one range to all of them, so that they can be compared.
        limits: lowest and highest value of that one range, where it has to serve other maps too; default: of these.
        signed: blue positive, white zero, orange negative; else gray, black at the minimum, white at the maximum.

    Returns:
        uint8 (count, height, width, 3).
    """
    stack = np.moveaxis(np.asarray(maps, np.float32), -1, 0)  # (count, height, width)
    low = high = limit = None
    if scale == "layer":
        low, high = limits or (float(stack.min()), float(stack.max()))
        limit = max(abs(low), abs(high))
    if signed:
        return np.stack([color.signed(values, limit) for values in stack])
    gray = np.stack([color.gray(values, low, high) for values in stack])  # (count, height, width)
    return np.repeat(gray[..., None], 3, axis=-1)


def kernel_pictures(kernels: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Draw each filter's kernel over red, green and blue as one small color picture.

    Middle gray is zero, and one range serves all filters, so that weak and strong ones can be compared.

    Args:
        kernels: (height, width, 3, filters), Keras' order.

    Returns:
        uint8 (filters, height, width, 3).
    """
    if kernels.ndim != 4 or kernels.shape[2] != 3:
        raise ValueError(
            f"Expected kernels of shape (height, width, 3, filters). Received {kernels.shape}. "
            "Only the first layer sees red, green and blue."
        )
    limit = float(np.abs(kernels).max(initial=0.0)) or 1.0
    pictures = np.moveaxis(
        np.clip(np.asarray(kernels, np.float64) / limit, -1, 1), -1, 0
    )  # (filters, height, width, 3)
    return np.rint(127.5 + 127.5 * pictures).astype(np.uint8)


def heat_overlay(image: NDArray[np.uint8], heat: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Lay the heat of an explanation over its image: blue where an answer rests, orange what speaks against it.

    Args:
        image: uint8 (height, width, 3).
        heat: (height, width), positive where the answer rests.

    Returns:
        uint8 (height, width, 3): the image in gray under the signed colors.
    """
    gray = image.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)  # (height, width)
    limit = float(np.abs(heat).max(initial=0.0)) or 1.0
    weight = (np.abs(heat) / limit)[..., None] * 0.75
    tint = np.where(heat[..., None] >= 0, np.array(color.POSITIVE), np.array(color.NEGATIVE))
    mixed = (1 - weight) * gray[..., None] + weight * tint
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def enlarge(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Bring a square picture to side x side pixels by repeating its own; pictures of several sizes then fit a grid.

    >>> enlarge(np.array([[1, 2], [3, 4]], np.uint8), 4).tolist()
    [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    """
    rows = np.arange(side) * picture.shape[0] // side
    columns = np.arange(side) * picture.shape[1] // side
    return picture[rows][:, columns]
